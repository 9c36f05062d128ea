import { ProtoError } from "./errors.ts";
import { asBuffer, readText } from "./text.ts";

/*
 * Protocol buffer wire format: a message is a sequence of fields, each a tag and a value.
 *
 *   tag     varint: field number << 3 | wire type
 *   varint  seven bits a byte, lowest first; the high bit says that more follow; at most ten bytes
 */

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
/** Size as a varint, then that many bytes. */
export const WIRE_BYTES = 2;
export const WIRE_GROUP_START = 3;
export const WIRE_GROUP_END = 4;
export const WIRE_FIXED32 = 5;

/** Largest size of a length-delimited value: lengths are signed 32-bit. */
const SIZE_MAX = 0x7fff_ffff;
const VARINT_SIZE_MAX = 10;
/** How deep groups may nest in an unknown field. */
const GROUP_DEPTH_MAX = 100;

/**
 * Cursor over one message. Everything it reads lies before `end`; a nested message is read by narrowing
 * `end` with `enter` and widening it again with `leave`.
 *
 * All methods throw {@link ProtoError} on bytes that are cut off or not well-formed.
 */
export class WireReader {
  readonly bytes: Buffer;
  /** Next byte to read. */
  pos: number;
  /** First byte after the message being read. */
  end: number;
  #view: DataView | undefined = undefined;

  constructor(bytes: Uint8Array) {
    this.bytes = asBuffer(bytes);
    this.pos = 0;
    this.end = bytes.length;
  }

  /** @returns field number << 3 | wire type, as an unsigned 32-bit number */
  readTag(): number {
    const start = this.pos;
    const first = start < this.end ? (this.bytes[start] as number) : 0x80;
    if (first < 0x80) {
      this.pos = start + 1;
      if (first < 8) throw new ProtoError("field number 0", start);
      return first;
    }
    const tag = this.#readLimitedVarint(0xffff_ffff, "tag");
    if (tag < 8) throw new ProtoError("field number 0", start);
    return tag;
  }

  /** Reads a length prefix. @returns size in bytes; that many bytes are there */
  readSize(): number {
    const start = this.pos;
    let size = start < this.end ? (this.bytes[start] as number) : 0x80;
    if (size < 0x80) this.pos = start + 1;
    else size = this.#readLimitedVarint(SIZE_MAX, "length");
    if (size > this.end - this.pos) {
      throw new ProtoError(`truncated: ${size} bytes expected, ${this.end - this.pos} left`, start);
    }
    return size;
  }

  /** Reads a varint that must not exceed `max` (at most 2^32 - 1), in at most five bytes. */
  #readLimitedVarint(max: number, what: string): number {
    const start = this.pos;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 5; i++) {
      const byte = this.#readByte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > max) throw new ProtoError(`${what} ${value} is out of range`, start);
        return value;
      }
      scale *= 0x80;
    }
    throw new ProtoError(`${what} is longer than 5 bytes`, start);
  }

  #readByte(): number {
    if (this.pos >= this.end) throw new ProtoError("truncated", this.pos);
    return this.bytes[this.pos++] as number;
  }

  /** Reads a varint of up to 64 bits and keeps the lowest 32. @returns unsigned */
  readVarint32(): number {
    const first = this.pos < this.end ? (this.bytes[this.pos] as number) : 0x80;
    if (first < 0x80) {
      this.pos += 1;
      return first;
    }
    let value = 0;
    const start = this.pos;
    for (let i = 0; i < VARINT_SIZE_MAX; i++) {
      const byte = this.#readByte();
      if (i < 5) value |= (byte & 0x7f) << (i * 7);
      if (byte < 0x80) return value >>> 0;
    }
    throw new ProtoError("varint is longer than 10 bytes", start);
  }

  /** Reads a varint of up to 64 bits. @returns 0 to 2^64 - 1 */
  readVarint64(): bigint {
    const start = this.pos;
    let low = 0;
    let high = 0;
    for (let i = 0; i < VARINT_SIZE_MAX; i++) {
      const byte = this.#readByte();
      const bits = byte & 0x7f;
      if (i < 4) low |= bits << (i * 7);
      else if (i > 4) high |= bits << (i * 7 - 32);
      else {
        low |= bits << 28;
        high |= bits >>> 4;
      }
      if (byte < 0x80) {
        if (high === 0) return BigInt(low >>> 0);
        return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
      }
    }
    throw new ProtoError("varint is longer than 10 bytes", start);
  }

  /** Reads a varint. @returns whether any of its bits is set */
  readBool(): boolean {
    const start = this.pos;
    let bits = 0;
    for (let i = 0; i < VARINT_SIZE_MAX; i++) {
      const byte = this.#readByte();
      bits |= byte & 0x7f;
      if (byte < 0x80) return bits !== 0;
    }
    throw new ProtoError("varint is longer than 10 bytes", start);
  }

  /** Reads eight bytes. */
  readDouble(): number {
    const start = this.pos;
    this.#advance(8);
    return this.#dataView().getFloat64(start, true);
  }

  /** Reads eight bytes a number, up to `end`, and appends the numbers to `list`. */
  readDoubles(list: number[]): void {
    const view = this.#dataView();
    const start = this.pos;
    const count = (this.end - start) >>> 3;
    const before = list.length;
    this.#advance(count * 8);
    list.length = before + count;
    for (let i = 0; i < count; i++) list[before + i] = view.getFloat64(start + i * 8, true);
    if (this.pos < this.end) this.#advance(8);
  }

  #dataView(): DataView {
    this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    return this.#view;
  }

  /** Reads a length-delimited text, which must be valid UTF-8. */
  readString(): string {
    const size = this.readSize();
    const start = this.pos;
    this.pos = start + size;
    return readText(this.bytes, start, this.pos);
  }

  /** Reads a length prefix and narrows `end` to what it covers. @returns the outer `end`, for `leave` */
  enter(): number {
    const outerEnd = this.end;
    const size = this.readSize();
    this.end = this.pos + size;
    return outerEnd;
  }

  leave(outerEnd: number): void {
    this.end = outerEnd;
  }

  /** Skips the value of a field that the reader does not know. */
  skip(tag: number): void {
    this.#skip(tag, 0);
  }

  #skip(tag: number, depth: number): void {
    switch (tag & 7) {
      case WIRE_VARINT:
        this.readBool();
        return;
      case WIRE_FIXED64:
        this.#advance(8);
        return;
      case WIRE_BYTES:
        this.#advance(this.readSize());
        return;
      case WIRE_GROUP_START:
        this.#skipGroup(tag, depth + 1);
        return;
      case WIRE_FIXED32:
        this.#advance(4);
        return;
      default:
        throw new ProtoError(`wire type ${tag & 7} of field ${tag >>> 3}`, this.pos);
    }
  }

  #skipGroup(startTag: number, depth: number): void {
    if (depth > GROUP_DEPTH_MAX) throw new ProtoError("groups nest too deeply", this.pos);
    const endTag = (startTag & ~7) | WIRE_GROUP_END;
    for (;;) {
      const tag = this.readTag();
      if (tag === endTag >>> 0) return;
      this.#skip(tag, depth);
    }
  }

  #advance(size: number): void {
    if (size > this.end - this.pos) {
      throw new ProtoError(
        `truncated: ${size} bytes expected, ${this.end - this.pos} left`,
        this.pos,
      );
    }
    this.pos += size;
  }
}
