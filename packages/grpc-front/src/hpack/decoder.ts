import { DynamicTable } from "./dynamic-table.ts";
import { HeaderField } from "./header-field.ts";
import { decodeHuffman } from "./huffman.ts";
import { STATIC_TABLE } from "./static-table.ts";

/** Size of the header table unless SETTINGS say otherwise; ours do not. */
export const HEADER_TABLE_BYTES = 4_096;

/** A Huffman code has five bits at least. */
const MOST_BYTES_PER_CODED_BYTE = 8 / 5;

/** Largest number that is read: beyond any size or index that could be right. */
const MAX_INTEGER = 0x0fff_ffff;

/** A header block that cannot be decoded: COMPRESSION_ERROR. */
export class HpackError extends Error {
  override readonly name = "HpackError";
}

export interface HeaderLimits {
  readonly maxListBytes: number;
  readonly maxCount: number;
  /** Blocks are no larger than this: their owner has seen to it. */
  readonly maxBlockBytes: number;
}

/** Reads the header blocks of one connection, in order. */
export class HpackDecoder {
  readonly #table = new DynamicTable(HEADER_TABLE_BYTES);
  readonly #limits: HeaderLimits;
  /** Of Huffman's code; shared by all connections, since nothing of it is kept. */
  readonly #scratch: Buffer;
  #bytes: Buffer = EMPTY;
  #at = 0;
  #end = 0;

  /** Size of the list that was decoded last, as `maxListBytes` counts it. */
  listBytes = 0;

  /** @param scratch see `scratchFor` */
  constructor(limits: HeaderLimits, scratch: Buffer) {
    this.#limits = limits;
    this.#scratch = scratch;
  }

  /** @returns memory large enough for any text in a block of that size */
  static scratchFor(maxBlockBytes: number): Buffer {
    return Buffer.alloc(Math.ceil(maxBlockBytes * MOST_BYTES_PER_CODED_BYTE));
  }

  get tableBytes(): number {
    return this.#table.sizeBytes;
  }

  /**
   * @returns the headers; undefined if there are more than the limits allow: then they are dropped, but the table is as
   * the sender takes it to be
   * @throws {HpackError} if the block is malformed; no other can be decoded after it
   */
  decode(bytes: Buffer, start: number, end: number): HeaderField[] | undefined {
    const { maxBlockBytes, maxCount, maxListBytes } = this.#limits;
    if (end - start > maxBlockBytes) throw new HpackError(`the block has ${end - start} bytes`);
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#takeSizeUpdates();
    const fields: HeaderField[] = [];
    let sizeBytes = 0;
    let isTooLarge = false;
    while (this.#at < end) {
      const field = this.#field(bytes[this.#at] as number);
      sizeBytes += field.sizeBytes;
      isTooLarge ||= sizeBytes > maxListBytes || fields.length === maxCount;
      if (!isTooLarge) fields.push(field);
    }
    this.#bytes = EMPTY;
    this.listBytes = sizeBytes;
    return isTooLarge ? undefined : fields;
  }

  /** They come first, and there are two at most (RFC 7541, 4.2). */
  #takeSizeUpdates(): void {
    for (let count = 0; this.#at < this.#end; count += 1) {
      if (((this.#bytes[this.#at] as number) & 0xe0) !== 0x20) return;
      if (count === 2) throw new HpackError("the table's size is changed more than twice");
      const size = this.#integer(5);
      if (!this.#table.resize(size)) throw new HpackError(`a table of ${size} bytes`);
    }
  }

  #field(first: number): HeaderField {
    if ((first & 0x80) !== 0) return this.#indexed(this.#integer(7));
    if ((first & 0x40) !== 0) {
      const field = this.#literal(6);
      this.#table.add(field);
      return field;
    }
    if ((first & 0x20) !== 0) throw new HpackError("the table's size is changed after a header");
    return this.#literal(4);
  }

  #indexed(index: number): HeaderField {
    const field =
      index < STATIC_TABLE.length
        ? STATIC_TABLE[index]
        : this.#table.at(index - STATIC_TABLE.length);
    if (field === undefined) throw new HpackError(`no header has index ${index}`);
    return field;
  }

  #literal(prefixBits: number): HeaderField {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#text() : this.#indexed(index).name;
    return new HeaderField(name, this.#text());
  }

  #text(): string {
    if (this.#at >= this.#end) throw new HpackError("the block ends before a text");
    const isCoded = ((this.#bytes[this.#at] as number) & 0x80) !== 0;
    const size = this.#integer(7);
    const start = this.#at;
    const end = start + size;
    if (end > this.#end) throw new HpackError(`a text of ${size} bytes goes beyond the block`);
    this.#at = end;
    if (!isCoded) return this.#bytes.toString("latin1", start, end);
    const decodedSize = decodeHuffman(this.#bytes, start, end, this.#scratch);
    if (decodedSize < 0) throw new HpackError("a text is not properly coded");
    return this.#scratch.toString("latin1", 0, decodedSize);
  }

  /** RFC 7541, 5.1. */
  #integer(prefixBits: number): number {
    const mask = (1 << prefixBits) - 1;
    let value = (this.#bytes[this.#at++] as number) & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.#at >= this.#end) throw new HpackError("the block ends within a number");
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value;
      if (value > MAX_INTEGER) break;
    }
    throw new HpackError("a number is too large");
  }
}

const EMPTY = Buffer.alloc(0);
