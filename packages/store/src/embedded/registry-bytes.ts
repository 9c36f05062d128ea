import { createHash } from "node:crypto";
import { CodecError } from "@ofs/codec";
import type { RegistryChange } from "@ofs/registry";

/*
 * The registry's rows; numbers are little endian, except in keys.
 *
 *   registry      key    00 and the path in UTF-8; of a long path 01 and its SHA-256
 *                 value  length of the path (4), path, value
 *   registry_log  key    revision (8, big endian: in order)
 *                 value  changes, each: length of the path (4), path,
 *                        1 and length of the value (4) and value, or 0 if the path was deleted
 */

/** Longest path that is a key as it is, in bytes. */
const MAX_PLAIN_PATH_SIZE = 510;
const KIND_PLAIN = 0;
const KIND_HASHED = 1;

const LENGTH_SIZE = 4;
const MARK_DELETED = 0;
const MARK_VALUE = 1;

const TWO_TO_32 = 4_294_967_296;

/** Key of a path's row. */
export function entryKey(path: string): Buffer {
  const bytes = Buffer.from(path);
  const isPlain = bytes.length <= MAX_PLAIN_PATH_SIZE;
  const rest = isPlain ? bytes : createHash("sha256").update(bytes).digest();
  return Buffer.concat([Buffer.of(isPlain ? KIND_PLAIN : KIND_HASHED), rest]);
}

/** Keys of the rows below a path, as far as their paths are keys as they are; undefined if none can be. */
export function plainEntriesBelow(
  path: string,
): { readonly start: Buffer; readonly end: Buffer } | undefined {
  if (Buffer.byteLength(path) >= MAX_PLAIN_PATH_SIZE) return undefined;
  if (path === "") return { start: Buffer.of(KIND_PLAIN, 0), end: Buffer.of(KIND_HASHED) };
  const prefix = Buffer.concat([Buffer.of(KIND_PLAIN), Buffer.from(path)]);
  // "0" is the character after "/".
  return {
    start: Buffer.concat([prefix, Buffer.from("/")]),
    end: Buffer.concat([prefix, Buffer.from("0")]),
  };
}

/** Keys of all rows whose keys are hashes: few, if any. */
export const HASHED_ENTRIES = { start: Buffer.of(KIND_HASHED), end: Buffer.of(KIND_HASHED + 1) };

export function encodeEntry(path: string, value: Uint8Array): Buffer {
  return Buffer.concat([lengthAndBytes(Buffer.from(path)), value]);
}

/** @throws {CodecError} TRUNCATED */
export function decodeEntry(bytes: Uint8Array): { path: string; value: Uint8Array } {
  const reader = new Reader(bytes);
  const path = reader.text();
  return { path, value: reader.rest() };
}

/** Key of what one revision changed. */
export function revisionKey(revision: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(Math.floor(revision / TWO_TO_32), 0);
  key.writeUInt32BE(revision % TWO_TO_32, 4);
  return key;
}

export function encodeChanges(changes: readonly RegistryChange[]): Buffer {
  return Buffer.concat(
    changes.flatMap(({ path, value }) => [
      lengthAndBytes(Buffer.from(path)),
      ...(value === undefined
        ? [Buffer.of(MARK_DELETED)]
        : [Buffer.of(MARK_VALUE), lengthAndBytes(value)]),
    ]),
  );
}

/** @throws {CodecError} TRUNCATED */
export function decodeChanges(bytes: Uint8Array): RegistryChange[] {
  const reader = new Reader(bytes);
  const changes: RegistryChange[] = [];
  while (!reader.isAtEnd) {
    const path = reader.text();
    const hasValue = reader.byte() === MARK_VALUE;
    changes.push({ path, value: hasValue ? reader.bytes() : undefined });
  }
  return changes;
}

function lengthAndBytes(bytes: Uint8Array): Buffer {
  const length = Buffer.allocUnsafe(LENGTH_SIZE);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Reads fields one after the other; what it gives are copies. */
class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.#offset === this.#bytes.length;
  }

  byte(): number {
    return this.#take(1)[0] as number;
  }

  bytes(): Buffer {
    const size = this.#take(LENGTH_SIZE).readUInt32LE();
    return Buffer.from(this.#take(size));
  }

  text(): string {
    return this.bytes().toString("utf8");
  }

  rest(): Buffer {
    return Buffer.from(this.#take(this.#bytes.length - this.#offset));
  }

  #take(size: number): Buffer {
    const end = this.#offset + size;
    if (end > this.#bytes.length) {
      throw new CodecError(
        "TRUNCATED",
        `registry row of ${this.#bytes.length} bytes`,
        this.#offset,
      );
    }
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }
}
