import { HUFFMAN_CODES, MAX_CODE_BITS, STATIC_TABLE } from "./hpack-tables.ts";

export type Header = readonly [name: string, value: string];

/** How one header is written: as text that is kept, not kept, or must never be kept; or by reference. */
export type Representation = "indexed" | "kept" | "plain" | "never";

/** Integer with a prefix of so many bits, the bits before it given by `head`. */
export function hpackInteger(value: number, prefixBits: number, head = 0): Buffer {
  const max = 2 ** prefixBits - 1;
  if (value < max) return Buffer.of(head | value);
  const bytes = [head | max];
  let rest = value - max;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

export function hpackText(text: string, isHuffman = false): Buffer {
  const bytes = isHuffman ? huffman(Buffer.from(text, "latin1")) : Buffer.from(text, "latin1");
  return Buffer.concat([hpackInteger(bytes.length, 7, isHuffman ? 0x80 : 0), bytes]);
}

export function huffman(text: Uint8Array): Buffer {
  const out: number[] = [];
  let waiting = 0;
  let waitingBits = 0;
  for (const byte of text) {
    const { code, bits } = HUFFMAN_CODES[byte] as { code: number; bits: number };
    for (let bit = bits - 1; bit >= 0; bit--) {
      waiting = (waiting << 1) | ((code >>> bit) & 1);
      waitingBits += 1;
      if (waitingBits < 8) continue;
      out.push(waiting);
      waiting = 0;
      waitingBits = 0;
    }
  }
  if (waitingBits > 0) out.push((waiting << (8 - waitingBits)) | (0xff >> waitingBits));
  return Buffer.from(out);
}

const ENTRY_OVERHEAD_BYTES = 32;

/** The sending half: writes headers as it is told, and keeps the table that the other side keeps. */
export class HpackWriter {
  readonly #kept: Header[] = [];
  #keptBytes = 0;
  readonly #maxBytes: number;

  /** @param maxBytes of the table; what the other side allows */
  constructor(maxBytes = 4_096) {
    this.#maxBytes = maxBytes;
  }

  /** `indexed` falls back to `kept` for a header that no table holds. */
  header([name, value]: Header, how: Representation = "plain", isHuffman = false): Buffer {
    if (how === "indexed") {
      const index = this.#find(name, value);
      if (index > 0) return hpackInteger(index, 7, 0x80);
    }
    const isKept = how === "kept" || how === "indexed";
    const nameIndex = how === "plain" ? 0 : this.#find(name, undefined);
    const [bits, head] = isKept ? [6, 0x40] : [4, how === "never" ? 0x10 : 0];
    const parts = [hpackInteger(nameIndex, bits as number, head)];
    if (nameIndex === 0) parts.push(hpackText(name, isHuffman));
    parts.push(hpackText(value, isHuffman));
    if (isKept) this.#keep([name, value]);
    return Buffer.concat(parts);
  }

  block(headers: readonly Header[], how: Representation = "plain", isHuffman = false): Buffer {
    return Buffer.concat(headers.map((header) => this.header(header, how, isHuffman)));
  }

  #find(name: string, value: string | undefined): number {
    const matches = (entry: Header) =>
      entry[0] === name && (value === undefined || entry[1] === value);
    const fixed = STATIC_TABLE.findIndex((entry, i) => i > 0 && matches(entry));
    if (fixed > 0) return fixed;
    const kept = this.#kept.findIndex(matches);
    return kept < 0 ? 0 : STATIC_TABLE.length + kept;
  }

  #keep(header: Header): void {
    this.#kept.unshift(header);
    this.#keptBytes += sizeOf(header);
    while (this.#keptBytes > this.#maxBytes) {
      this.#keptBytes -= sizeOf(this.#kept.pop() as Header);
    }
  }
}

function sizeOf([name, value]: Header): number {
  return name.length + value.length + ENTRY_OVERHEAD_BYTES;
}

/** The receiving half, for peers that have been told to keep no table (SETTINGS_HEADER_TABLE_SIZE 0). */
export function readHeaders(block: Buffer): Header[] {
  const headers: Header[] = [];
  const reader = new Reader(block);
  while (!reader.isAtEnd) {
    const header = reader.header();
    if (header !== undefined) headers.push(header);
  }
  return headers;
}

/** Symbols by code, behind a leading 1 that keeps its zeros. */
const SYMBOLS = new Map(
  HUFFMAN_CODES.map(({ code, bits }, symbol) => [2 ** bits + code, symbol] as const),
);

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** @returns undefined for a change of the table's size */
  header(): Header | undefined {
    const first = this.#bytes[this.#at] as number;
    if (first >= 0x80) return staticEntry(this.#integer(7));
    if (first >= 0x20 && first < 0x40) {
      if (this.#integer(5) !== 0) throw new Error("the server keeps a table that it must not keep");
      return undefined;
    }
    const index = this.#integer(first >= 0x40 ? 6 : 4);
    const name = index === 0 ? this.#text() : staticEntry(index)[0];
    return [name, this.#text()];
  }

  #integer(prefixBits: number): number {
    const max = 2 ** prefixBits - 1;
    let value = (this.#bytes[this.#at++] as number) & max;
    if (value < max) return value;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  #text(): string {
    const isHuffman = (this.#bytes[this.#at] as number) >= 0x80;
    const size = this.#integer(7);
    if (this.#at + size > this.#bytes.length) throw new Error("a text ends beyond its block");
    const bytes = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return isHuffman ? huffmanText(bytes) : bytes.toString("latin1");
  }
}

function staticEntry(index: number): Header {
  const entry = STATIC_TABLE[index];
  if (entry === undefined || index === 0) throw new Error(`index ${index} is in no table`);
  return entry;
}

function huffmanText(bytes: Buffer): string {
  const text: number[] = [];
  let code = 1;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      const symbol = SYMBOLS.get(code);
      if (code > 2 ** (MAX_CODE_BITS + 1)) throw new Error("no such Huffman code");
      if (symbol === undefined) continue;
      text.push(symbol);
      code = 1;
    }
  }
  return Buffer.from(text).toString("latin1");
}
