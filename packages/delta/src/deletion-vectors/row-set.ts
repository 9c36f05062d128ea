import { brokenTable } from "../errors.ts";

/*
 * A serialised vector, little-endian (Delta protocol, "Deletion Vector Format"):
 *
 * | bytes | content |
 * | --- | --- |
 * | 4 | magic number 1681511377 |
 * | 8 | count of bitmaps |
 * | each: 4 | high 32 bits of its row numbers |
 * | then | 32-bit roaring bitmap in its portable form |
 *
 * A roaring bitmap (RoaringFormatSpec): a cookie (12346 and a count of containers, or 12347 with count - 1 in the high
 * half and a bit per container: is it runs?), then for each container its 16 high bits and cardinality - 1, offsets
 * unless it has runs and fewer than four containers, and the containers.
 */

const MAGIC = 1681511377;
const COOKIE_NO_RUNS = 12346;
const COOKIE_RUNS = 12347;
/** Containers from which on a bitmap with runs has offsets. */
const OFFSETS_MIN = 4;
/** Values from which on a container is a bitmap. */
const BITMAP_MIN = 4097;
const BITMAP_BYTES = 8192;
const CONTAINER_SIZE = 65_536;
const CONTAINERS_MAX = 65_536;
/** Row numbers stay safe integers. */
const HIGH_WORDS_MAX = 2 ** 21;

type Container =
  | { readonly kind: "array"; readonly values: Uint16Array }
  | { readonly kind: "bitmap"; readonly bits: Uint8Array }
  | { readonly kind: "runs"; readonly starts: Uint16Array; readonly lengths: Uint16Array };

/** Numbers of deleted rows. */
export class RowSet {
  readonly #containers: ReadonlyMap<number, Container>;
  /** Rows in it. */
  readonly size: number;
  /** Largest row number; -1 if it is empty. */
  readonly lastRow: number;

  private constructor(containers: ReadonlyMap<number, Container>, size: number, lastRow: number) {
    this.#containers = containers;
    this.size = size;
    this.lastRow = lastRow;
  }

  /** @param source names it in errors. @throws {DeltaError} FAILED_PRECONDITION if it is broken */
  static decode(bytes: Uint8Array, source: string): RowSet {
    const input = new Input(bytes, source);
    if (input.uint32() !== MAGIC) throw brokenTable(`${source}: the magic number is wrong`);
    const bitmapCount = input.uint64();
    const containers = new Map<number, Container>();
    let size = 0;
    let lastHigh = -1;
    let lastRow = -1;
    for (let bitmap = 0; bitmap < bitmapCount; bitmap++) {
      const high = input.uint32();
      if (high <= lastHigh || high >= HIGH_WORDS_MAX)
        throw brokenTable(`${source}: keys in disorder`);
      lastHigh = high;
      for (const { key, count, container } of readBitmap(input)) {
        const number = high * CONTAINERS_MAX + key;
        containers.set(number, container);
        size += count;
        lastRow = number * CONTAINER_SIZE + lastOf(container);
      }
    }
    if (!input.isAtEnd) throw brokenTable(`${source}: bytes after the end`);
    return new RowSet(containers, size, lastRow);
  }

  has(row: number): boolean {
    const container = this.#containers.get(Math.floor(row / CONTAINER_SIZE));
    if (container === undefined) return false;
    const low = row % CONTAINER_SIZE;
    switch (container.kind) {
      case "bitmap":
        return (((container.bits[low >>> 3] ?? 0) >>> (low & 7)) & 1) === 1;
      case "array":
        return container.values[countUpTo(container.values, low) - 1] === low;
      case "runs": {
        const run = countUpTo(container.starts, low) - 1;
        return run >= 0 && low - (container.starts[run] ?? 0) <= (container.lengths[run] ?? 0);
      }
    }
  }
}

/** @returns how many of the ascending values are not above the limit */
function countUpTo(values: Uint16Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lastOf(container: Container): number {
  switch (container.kind) {
    case "array":
      return container.values.at(-1) ?? 0;
    case "runs":
      return (container.starts.at(-1) ?? 0) + (container.lengths.at(-1) ?? 0);
    case "bitmap": {
      const byte = container.bits.findLastIndex((bits) => bits !== 0);
      return byte * 8 + 31 - Math.clz32(container.bits[byte] ?? 0);
    }
  }
}

interface Entry {
  readonly key: number;
  readonly count: number;
  readonly container: Container;
}

function readBitmap(input: Input): Entry[] {
  const cookie = input.uint32();
  const hasRuns = (cookie & 0xffff) === COOKIE_RUNS;
  if (!hasRuns && cookie !== COOKIE_NO_RUNS) throw brokenTable(`${input.source}: cookie ${cookie}`);
  const count = hasRuns ? (cookie >>> 16) + 1 : input.uint32();
  if (count > CONTAINERS_MAX) throw brokenTable(`${input.source}: ${count} containers`);
  const runFlags = hasRuns ? input.bytes(Math.ceil(count / 8)) : undefined;
  const heads = Array.from({ length: count }, () => ({
    key: input.uint16(),
    count: input.uint16() + 1,
  }));
  if (heads.some(({ key }, index) => index > 0 && key <= (heads[index - 1]?.key ?? -1))) {
    throw brokenTable(`${input.source}: containers in disorder`);
  }
  // Containers follow each other without a gap, so where they begin need not be read.
  if (!hasRuns || count >= OFFSETS_MIN) input.bytes(4 * count);
  return heads.map((head, index) => {
    const isRuns = (((runFlags?.[index >>> 3] ?? 0) >>> (index & 7)) & 1) === 1;
    return { ...head, container: readContainer(input, head.count, isRuns) };
  });
}

function readContainer(input: Input, count: number, isRuns: boolean): Container {
  if (isRuns) return readRuns(input, count);
  if (count < BITMAP_MIN) {
    const values = input.uint16s(count);
    requireAscending(values, input.source);
    return { kind: "array", values };
  }
  const bits = input.bytes(BITMAP_BYTES).slice();
  let set = 0;
  for (let byte of bits) for (; byte !== 0; byte &= byte - 1) set++;
  if (set !== count) throw brokenTable(`${input.source}: ${set} bits are set, not ${count}`);
  return { kind: "bitmap", bits };
}

function readRuns(input: Input, count: number): Container {
  const pairs = input.uint16s(2 * input.uint16());
  const starts = pairs.filter((_, index) => index % 2 === 0);
  const lengths = pairs.filter((_, index) => index % 2 === 1);
  let total = 0;
  let end = -1;
  for (const [run, start] of starts.entries()) {
    const length = lengths[run] ?? 0;
    if (start <= end || start + length >= CONTAINER_SIZE) {
      throw brokenTable(`${input.source}: runs in disorder`);
    }
    end = start + length;
    total += length + 1;
  }
  if (total !== count) throw brokenTable(`${input.source}: runs of ${total} rows, not ${count}`);
  return { kind: "runs", starts, lengths };
}

function requireAscending(values: Uint16Array, source: string): void {
  for (let index = 1; index < values.length; index++) {
    if ((values[index] ?? 0) <= (values[index - 1] ?? 0)) {
      throw brokenTable(`${source}: row numbers in disorder`);
    }
  }
}

/** Reads on; never past the end. */
class Input {
  readonly source: string;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array, source: string) {
    this.source = source;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  uint16s(count: number): Uint16Array {
    const start = this.#take(2 * count);
    return Uint16Array.from({ length: count }, (_, i) => this.#view.getUint16(start + 2 * i, true));
  }

  bytes(count: number): Uint8Array {
    const start = this.#take(count);
    return this.#bytes.subarray(start, start + count);
  }

  #take(count: number): number {
    const start = this.#offset;
    if (start + count > this.#bytes.length) {
      throw brokenTable(`${this.source}: it ends after ${this.#bytes.length} bytes`);
    }
    this.#offset = start + count;
    return start;
  }
}
