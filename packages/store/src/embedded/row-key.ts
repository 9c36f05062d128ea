import { createHash } from "node:crypto";
import type { KeyValues } from "../block-store.ts";

/**
 * Longest key that is stored as it is, in bytes; longer ones are stored by their hash. lmdb takes 1978, but
 * long keys leave room for few entries in a page.
 */
const MAX_PLAIN_KEY_SIZE = 511;

/** First byte of a database key. */
const KIND_PLAIN = 0;
const KIND_HASHED = 1;

/** 16 KB take the keys of nearly all entities; grows when one needs more. */
const INITIAL_SCRATCH_SIZE = 16 * 1024;

/** Up to here a loop over ASCII is faster than two calls into native code; the length takes one byte. */
const MAX_LOOP_LENGTH = 64;

/** UTF-8 bytes that one UTF-16 unit can take at most. */
const MAX_BYTES_PER_UNIT = 3;

/** Bytes of the longest length prefix: 7 bits a byte, for lengths below 2^35. */
const MAX_LENGTH_SIZE = 5;

/** Where a row is. Views of a buffer that the next `encode` overwrites. */
export interface RowKey {
  /** Key in the database. */
  readonly database: Uint8Array;
  /** The plain key that the record must repeat, where `database` is only its hash. */
  readonly full: Uint8Array | undefined;
}

/**
 * Makes database keys. Each part (table, entity label, key values in sequence order) follows its length, so
 * that no two rows share a key: `a|b` + `c` is not `a` + `b|c`.
 *
 * ```text
 * plain    00, then for each part: length (LEB128), UTF-8 bytes
 * hashed   01, SHA-256 of the plain key (32 bytes)
 * ```
 */
export class RowKeyEncoder {
  #scratch: Buffer = Buffer.allocUnsafeSlow(INITIAL_SCRATCH_SIZE);
  /** Views of the start of `#scratch`, by their size. */
  readonly #views = new Array<Uint8Array | undefined>(MAX_PLAIN_KEY_SIZE + 1).fill(undefined);
  #prefixSize = 0;

  /** Chooses the rows that the next keys are of. */
  startTable(table: string, entityLabel: string): void {
    this.#reserve(0, table);
    this.#scratch[0] = KIND_PLAIN;
    let end = this.#append(1, table);
    this.#reserve(end, entityLabel);
    end = this.#append(end, entityLabel);
    this.#prefixSize = end;
  }

  encode(key: KeyValues): RowKey {
    let end = this.#prefixSize;
    for (let index = 0; index < key.length; index++) {
      const value = key[index] as string;
      this.#reserve(end, value);
      end = this.#append(end, value);
    }
    if (end <= MAX_PLAIN_KEY_SIZE) return { database: this.#view(end), full: undefined };
    const plain = this.#scratch.subarray(0, end);
    return { database: hashedKey(plain), full: plain };
  }

  #append(position: number, part: string): number {
    if (part.length <= MAX_LOOP_LENGTH) {
      const end = this.#appendAscii(position, part);
      if (end >= 0) return end;
    }
    const size = Buffer.byteLength(part);
    let start = position;
    let rest = size;
    while (rest >= 0x80) {
      this.#scratch[start++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#scratch[start++] = rest;
    this.#scratch.write(part, start, size, "utf8");
    return start + size;
  }

  /** @returns -1 at the first character that takes more than a byte */
  #appendAscii(position: number, part: string): number {
    const scratch = this.#scratch;
    const start = position + 1;
    scratch[position] = part.length;
    for (let index = 0; index < part.length; index++) {
      const unit = part.charCodeAt(index);
      if (unit >= 0x80) return -1;
      scratch[start + index] = unit;
    }
    return start + part.length;
  }

  /** Keys of one entity have few lengths, and a view costs more than the bytes that it shows. */
  #view(size: number): Uint8Array {
    const known = this.#views[size];
    if (known !== undefined) return known;
    const view = this.#scratch.subarray(0, size);
    this.#views[size] = view;
    return view;
  }

  #reserve(position: number, part: string): void {
    const needed = position + 1 + MAX_LENGTH_SIZE + part.length * MAX_BYTES_PER_UNIT;
    if (needed <= this.#scratch.length) return;
    const grown = Buffer.allocUnsafeSlow(needed * 2);
    this.#scratch.copy(grown, 0, 0, position);
    this.#scratch = grown;
    this.#views.fill(undefined);
  }
}

function hashedKey(plain: Uint8Array): Uint8Array {
  const digest = createHash("sha256").update(plain).digest();
  const key = Buffer.allocUnsafe(1 + digest.length);
  key[0] = KIND_HASHED;
  digest.copy(key, 1);
  return key;
}
