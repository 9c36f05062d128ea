import { encodeHuffman } from "../../src/hpack/huffman.ts";
import { PREFACE } from "../../src/http2/constants.ts";

const NOTHING = new Uint8Array(0);

/** A frame. */
export function frame(
  type: number,
  flags: number,
  id: number,
  payload: Uint8Array = NOTHING,
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(id, 5);
  return Buffer.concat([head, payload]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** Preface and empty SETTINGS. */
export const OPENING = Buffer.concat([PREFACE, frame(4, 0, 0)]);

/** One header of a block. */
export interface BlockField {
  readonly name: string;
  readonly value: string;
  readonly isIndexed?: boolean;
  readonly isCoded?: boolean;
}

/** A header block of literals. */
export function block(fields: readonly BlockField[]): Buffer {
  return Buffer.concat(
    fields.flatMap(({ name, value, isIndexed, isCoded }) => [
      Buffer.of(isIndexed ? 0x40 : 0),
      text(name, isCoded),
      text(value, isCoded),
    ]),
  );
}

export function text(value: string, isCoded = false): Buffer {
  const plain = Buffer.from(value, "latin1");
  const bytes = isCoded ? Buffer.from(encodeHuffman(plain)) : plain;
  return Buffer.concat([integer(bytes.length, 7, isCoded ? 0x80 : 0), bytes]);
}

export function integer(value: number, prefixBits: number, high: number): Buffer {
  const max = 2 ** prefixBits - 1;
  if (value < max) return Buffer.of(high | value);
  const bytes = [high | max];
  for (let rest = value - max; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

export const ECHO = "/test.Service/Echo";

export function callFields(
  path = ECHO,
  more: Readonly<Record<string, string>> = {},
): readonly BlockField[] {
  const fields = {
    ":method": "POST",
    ":scheme": "http",
    ":path": path,
    ":authority": "x",
    "content-type": "application/grpc",
    ...more,
  };
  return Object.entries(fields).map(([name, value]) => ({ name, value }));
}

export function headers(id: number, fields = callFields(), flags = 4): Buffer {
  return frame(1, flags, id, block(fields));
}

/** A length-prefixed message. */
export function message(body: Uint8Array, flag = 0): Buffer {
  return Buffer.concat([Buffer.of(flag), u32(body.length), body]);
}

export function data(id: number, payload: Uint8Array, flags = 1): Buffer {
  return frame(0, flags, id, payload);
}

/** A whole call. */
export function call(id: number, body: Uint8Array = NOTHING, fields = callFields()): Buffer {
  return Buffer.concat([headers(id, fields), data(id, message(body))]);
}
