import { CodecError } from "@ofs/codec";
import type { CellBytes } from "../../row-store.ts";
import { ROW_ENTRY } from "./row-tree.ts";

/*
 * One row, big endian:
 *
 *   offset  size
 *   0       1     00: it is a row (see RowTree)
 *   1       1     number of keys
 *   2       8     write time of the row's existence, microseconds (float64)
 *   10      4     its expiry in Unix seconds; 0 = none
 *   14            each key: length (2), bytes
 *                 each cell, by rising column id:
 *                   column id (2), write time (8, float64), expiry (4), length (4), bytes
 *
 * A length of ffffffff is a cell whose value was dropped once it had expired, or without an expiry, a cell that was
 * deleted: its time still keeps older writes out.
 */
const HEADER_SIZE = 14;
const KEY_COUNT_OFFSET = 1;
const TIME_OFFSET = 2;
const EXPIRY_OFFSET = 10;
const KEY_LENGTH_SIZE = 2;

const CELL_TIME_OFFSET = 2;
const CELL_EXPIRY_OFFSET = 10;
const CELL_LENGTH_OFFSET = 14;
const CELL_HEADER_SIZE = 18;
const DROPPED = 0xffff_ffff;

/** Bytes that a record takes beside keys and values. */
export function recordOverheadBytes(keyCount: number, cellCount: number): number {
  return HEADER_SIZE + keyCount * KEY_LENGTH_SIZE + cellCount * CELL_HEADER_SIZE;
}

/** When something was written and until when it counts. */
export interface Stamp {
  /** Unix microseconds. */
  readonly timeMicros: number;
  /** Unix seconds; 0 = for ever. */
  readonly expirySeconds: number;
}

/** What one write does to a row. */
export interface RowChange extends Stamp {
  readonly key: readonly CellBytes[];
  /** Rising. */
  readonly columnIds: Uint16Array;
  /** One for each of `columnIds`; undefined deletes them. The expiry is then that of the row's existence alone. */
  readonly values: readonly CellBytes[] | undefined;
}

/** The cell of a record that was stepped to; the same object for all of them. */
export interface CellView {
  columnId: number;
  timeMicros: number;
  expirySeconds: number;
  /** Of the value, in the record. */
  start: number;
  end: number;
  isDropped: boolean;
}

/** Reads a record from its first cell to its last. */
export class RecordReader {
  readonly bytes: Uint8Array;
  readonly stamp: Stamp;
  readonly keyCount: number;
  readonly cell: CellView = {
    columnId: 0,
    timeMicros: 0,
    expirySeconds: 0,
    start: 0,
    end: 0,
    isDropped: false,
  };
  readonly #view: DataView;
  readonly #size: number;
  #next: number;

  /** @throws {CodecError} if the bytes are no record */
  constructor(bytes: Uint8Array, size: number = bytes.length) {
    if (size < HEADER_SIZE || bytes[0] !== ROW_ENTRY) {
      throw new CodecError("CORRUPT", `${size} bytes are no row`, 0);
    }
    this.bytes = bytes;
    this.#size = size;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, size);
    this.keyCount = bytes[KEY_COUNT_OFFSET] as number;
    this.stamp = {
      timeMicros: this.#view.getFloat64(TIME_OFFSET),
      expirySeconds: this.#view.getUint32(EXPIRY_OFFSET),
    };
    this.#next = this.#keyEnd(this.keyCount);
  }

  /** @returns false after the last. @throws {CodecError} if the record ends inside a cell */
  nextCell(): boolean {
    const offset = this.#next;
    if (offset === this.#size) return false;
    const start = this.#checked(offset + CELL_HEADER_SIZE);
    const length = this.#view.getUint32(offset + CELL_LENGTH_OFFSET);
    const { cell } = this;
    cell.columnId = this.#view.getUint16(offset);
    cell.timeMicros = this.#view.getFloat64(offset + CELL_TIME_OFFSET);
    cell.expirySeconds = this.#view.getUint32(offset + CELL_EXPIRY_OFFSET);
    cell.isDropped = length === DROPPED;
    cell.start = start;
    cell.end = cell.isDropped ? start : this.#checked(start + length);
    this.#next = cell.end;
    return true;
  }

  /** Of the record, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** @returns a view of the cell's value; undefined if it was dropped */
  value(): Uint8Array | undefined {
    const { end, isDropped, start } = this.cell;
    return isDropped ? undefined : this.bytes.subarray(start, end);
  }

  /** @returns a view */
  key(index: number): Uint8Array {
    const start = this.#keyEnd(index) + KEY_LENGTH_SIZE;
    return this.bytes.subarray(start, this.#keyEnd(index + 1));
  }

  /** Keys with their lengths. */
  keyBytes(): Uint8Array {
    return this.bytes.subarray(HEADER_SIZE, this.#keyEnd(this.keyCount));
  }

  #keyEnd(keyCount: number): number {
    let offset = HEADER_SIZE;
    for (let index = 0; index < keyCount; index++) {
      const length = this.#view.getUint16(
        this.#checked(offset + KEY_LENGTH_SIZE) - KEY_LENGTH_SIZE,
      );
      offset = this.#checked(offset + KEY_LENGTH_SIZE + length);
    }
    return offset;
  }

  #checked(end: number): number {
    if (end <= this.#size) return end;
    throw new CodecError("TRUNCATED", `a row of ${this.#size} bytes goes on to ${end}`, this.#size);
  }
}

/** Writes a record from its first cell to its last. */
export class RecordWriter {
  readonly #bytes: Buffer;
  #offset = HEADER_SIZE;

  /** @param maxSize bytes that it takes at most */
  constructor(maxSize: number, keyCount: number, { expirySeconds, timeMicros }: Stamp) {
    this.#bytes = Buffer.allocUnsafe(maxSize);
    this.#bytes[0] = ROW_ENTRY;
    this.#bytes[KEY_COUNT_OFFSET] = keyCount;
    this.#bytes.writeDoubleBE(timeMicros, TIME_OFFSET);
    this.#bytes.writeUInt32BE(expirySeconds, EXPIRY_OFFSET);
  }

  /** What was written. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#offset);
  }

  keys(key: readonly CellBytes[]): void {
    for (const part of key) {
      this.#offset = this.#bytes.writeUInt16BE(part.length, this.#offset);
      this.#append(part);
    }
  }

  /** Keys with their lengths. */
  keyBytes(bytes: Uint8Array): void {
    this.#append(bytes);
  }

  /** @param value undefined: it has expired, or was deleted */
  cell(
    columnId: number,
    { expirySeconds, timeMicros }: Stamp,
    value: Uint8Array | undefined,
  ): void {
    let offset = this.#bytes.writeUInt16BE(columnId, this.#offset);
    offset = this.#bytes.writeDoubleBE(timeMicros, offset);
    offset = this.#bytes.writeUInt32BE(expirySeconds, offset);
    this.#offset = this.#bytes.writeUInt32BE(value?.length ?? DROPPED, offset);
    if (value !== undefined) this.#append(value);
  }

  #append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#offset);
    this.#offset += bytes.length;
  }
}

/** Whether the cell says that there is nothing, for ever. */
export function isDeleted({ expirySeconds, isDropped }: CellView): boolean {
  return isDropped && expirySeconds === 0;
}

/** Whether it counts at a time, in Unix seconds. */
export function isLive(
  { expirySeconds }: Pick<Stamp, "expirySeconds">,
  nowSeconds: number,
): boolean {
  return expirySeconds === 0 || expirySeconds > nowSeconds;
}
