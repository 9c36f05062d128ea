/*
 * As much of HPACK as answers of the server need, when it has been told to keep no table: static statuses, literals
 * with and without Huffman's code, ASCII only.
 */

const STATIC_STATUS = [200, 204, 206, 304, 400, 404, 500];
const FIRST_STATUS_INDEX = 8;

/** Symbols by the length of their code in bits; the code is canonical, and longer ones are not of use here. */
const SYMBOLS_BY_LENGTH: Readonly<Record<number, string>> = {
  5: "012aceiost",
  6: " %-./3456789=A_bdfghlmnpru",
  7: ":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz",
  8: "&*,;XZ",
  10: '!"()?',
  11: "'+|",
  12: "#>",
  13: "\0$@[]~",
  14: "^}",
  15: "<`{",
};

/** Symbols by code, behind a leading 1 that keeps zeros. */
const SYMBOLS = new Map<number, string>();
let nextCode = 0;
for (let length = 5; length <= 15; length++) {
  for (const symbol of SYMBOLS_BY_LENGTH[length] ?? "") {
    SYMBOLS.set((1 << length) | nextCode, symbol);
    nextCode += 1;
  }
  nextCode <<= 1;
}

/** @returns texts by name; those of names that this does not know by `#<index>` */
export function decodeHeaders(block: Buffer): Map<string, string> {
  const headers = new Map<string, string>();
  const reader = new Reader(block);
  while (!reader.isAtEnd) readHeader(reader, headers);
  return headers;
}

function readHeader(reader: Reader, headers: Map<string, string>): void {
  const first = reader.peek();
  if (first >= 0x80) {
    const status = STATIC_STATUS[reader.integer(7) - FIRST_STATUS_INDEX];
    headers.set(":status", String(status));
    return;
  }
  const isResize = first >= 0x20 && first < 0x40;
  if (isResize) {
    reader.integer(5);
    return;
  }
  const index = reader.integer(first >= 0x40 ? 6 : 4);
  const name = index === 0 ? reader.text() : `#${index}`;
  headers.set(index === FIRST_STATUS_INDEX ? ":status" : name, reader.text());
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  peek(): number {
    return this.#bytes[this.#at] as number;
  }

  integer(prefixBits: number): number {
    const max = 2 ** prefixBits - 1;
    let value = (this.#bytes[this.#at++] as number) & max;
    if (value < max) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++] as number;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const isCoded = this.peek() >= 0x80;
    const size = this.integer(7);
    const bytes = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return isCoded ? huffmanText(bytes) : bytes.toString("latin1");
  }
}

function huffmanText(bytes: Buffer): string {
  let text = "";
  let code = 1;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((byte >> bit) & 1);
      const symbol = SYMBOLS.get(code);
      if (symbol === undefined) continue;
      text += symbol;
      code = 1;
    }
  }
  return text;
}
