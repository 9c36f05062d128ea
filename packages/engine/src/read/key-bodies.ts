import type { KeyName } from "@ofs/cache";
import type { RetrieveQueryView } from "@ofs/proto";

const COL_TAG = 0x0a;
const SEPARATOR = 0x7c;
/** A size below this takes one byte. */
const SHORT_SIZES = 0x80;

/**
 * The `Keys` bodies of a query whose keys can be told from their bytes: nothing but columns of less than 128 bytes,
 * as many as the entity has keys, and none of several with a `|` in it.
 *
 *   0x0a  size  value   for each column
 */
export class KeyBodies {
  readonly #bytes: Uint8Array;
  readonly #starts: readonly number[];

  private constructor({ bytes, rawKeys }: RetrieveQueryView) {
    this.#bytes = bytes;
    this.#starts = rawKeys.start;
  }

  /** @returns undefined if any key is another: then the texts have to be looked at */
  static of(query: RetrieveQueryView, columnCount: number): KeyBodies | undefined {
    const { bytes, rawKeys, keyCount } = query;
    for (let row = 0; row < keyCount; row++) {
      const start = rawKeys.start[row] as number;
      const end = rawKeys.end[row] as number;
      const isUsual =
        columnCount === 1
          ? bytes[start] === COL_TAG && start + 2 + shortSize(bytes, start + 1) === end
          : areUsual(bytes, start, end, columnCount);
      if (!isUsual) return undefined;
    }
    return new KeyBodies(query);
  }

  /** @param position of the column in the key, as the caller wrote it */
  appendValue(row: number, position: number, name: KeyName): void {
    const bytes = this.#bytes;
    let at = this.#starts[row] as number;
    for (let i = 0; i < position; i++) at += 2 + (bytes[at + 1] as number);
    const start = at + 2;
    name.append(bytes, start, start + (bytes[at + 1] as number));
  }
}

/** @returns `NaN` for a size of more than one byte */
function shortSize(bytes: Uint8Array, at: number): number {
  const size = bytes[at] as number;
  return size < SHORT_SIZES ? size : Number.NaN;
}

function areUsual(bytes: Uint8Array, start: number, end: number, columnCount: number): boolean {
  let at = start;
  for (let i = 0; i < columnCount; i++) {
    if (at + 2 > end || bytes[at] !== COL_TAG) return false;
    const valueStart = at + 2;
    at = valueStart + shortSize(bytes, at + 1);
    if (!(at <= end)) return false;
    for (let b = valueStart; b < at; b++) if (bytes[b] === SEPARATOR) return false;
  }
  return at === end;
}
