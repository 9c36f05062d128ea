import type { SeededRandom } from "@ofs/testkit";
import { type Header, HpackWriter, hpackInteger, hpackText, huffman } from "../support/hpack.ts";
import { SERVICE } from "../support/proof-routes.ts";

/** Any bytes. */
export function noise(random: SeededRandom, size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => random.integer(0, 255)));
}

const METHODS = ["Echo", "Later", "Sized", "Fail", "Trailers", "Headers", "Nope", "Throw"];

/** The headers of a good call; those of `Hang` end by their deadline. */
export function callHeaders(random: SeededRandom, method = random.pick(METHODS)): Header[] {
  const headers: Header[] = [
    [":method", "POST"],
    [":scheme", "http"],
    [":path", `${SERVICE}/${method}`],
    [":authority", "fuzz"],
    ["content-type", "application/grpc"],
    ["te", "trailers"],
  ];
  if (random.next() < 0.3) headers.push(["grpc-timeout", `${random.integer(1, 500)}m`]);
  if (random.next() < 0.3)
    headers.push([`x-${random.integer(0, 20)}`, "v".repeat(random.integer(0, 90))]);
  return headers;
}

const ODD_HEADERS: readonly Header[] = [
  ["", "empty name"],
  ["UPPER", "case"],
  ["connection", "close"],
  ["te", "gzip"],
  ["content-length", "99999999999999999999"],
  [":unknown", "pseudo"],
  [":path", "/twice"],
  [":status", "200"],
  ["x", "a\r\nb: c"],
  ["x", "\0"],
  ["x\u00ff", "y"],
  ["__proto__", "z"],
  ["constructor", "z"],
  ["grpc-timeout", "1u\0"],
  ["grpc-timeout", "99999999999999H"],
  ["grpc-encoding", "gzip"],
  ["content-type", "text/html"],
  ["cookie", "a=b; ".repeat(900)],
];

type MakePart = (random: SeededRandom) => Buffer;

/** Pieces of header blocks, good in form or not. */
const PARTS: readonly MakePart[] = [
  // References: into the static table, into what may be kept, beyond any table, and one that is no reference.
  (random) => hpackInteger(random.integer(1, 61), 7, 0x80),
  (random) => hpackInteger(random.integer(62, 70), 7, 0x80),
  (random) => hpackInteger(random.pick([0, 1_000, 2 ** 28, 2 ** 31, 2 ** 40]), 7, 0x80),
  // Literals of every representation, with names by reference.
  (random) =>
    Buffer.concat([
      hpackInteger(random.integer(0, 70), 6, 0x40),
      hpackText("x-kept"),
      hpackText("v".repeat(random.integer(0, 300)), random.next() < 0.5),
    ]),
  (random) =>
    Buffer.concat([
      hpackInteger(random.integer(0, 70), 4, random.pick([0, 0x10])),
      hpackText("x-plain", random.next() < 0.5),
      hpackText("value"),
    ]),
  // The table's size: to nothing, back, too large, endless.
  (random) => hpackInteger(random.pick([0, 1, 32, 4_096, 4_097, 2 ** 31]), 5, 0x20),
  // Integers that never end, or are longer than any number.
  (random) =>
    Buffer.concat([Buffer.of(random.pick([0xff, 0x7f, 0x3f, 0x0f])), Buffer.alloc(12, 0xff)]),
  // Texts that end beyond the block.
  (random) => Buffer.concat([Buffer.of(0x40), hpackInteger(random.integer(1, 90_000), 7)]),
  // Huffman's code: with a wrong end, with the symbol that must not occur, noise.
  (random) =>
    huffmanPart(Buffer.concat([huffman(noise(random, 9)), Buffer.of(random.integer(0, 255))])),
  () => huffmanPart(Buffer.alloc(4, 0xff)),
  (random) => huffmanPart(noise(random, random.integer(0, 200))),
  (random) => noise(random, random.integer(1, 40)),
];

function huffmanPart(coded: Buffer): Buffer {
  return Buffer.concat([
    Buffer.of(0),
    hpackText("x-h"),
    hpackInteger(coded.length, 7, 0x80),
    coded,
  ]);
}

/** A header block: of a good call, of one with an odd header, or of odd pieces. `writer` knows what the server keeps. */
export function randomBlock(random: SeededRandom, writer: HpackWriter, oddShare: number): Buffer {
  const headers = callHeaders(random);
  const isHuffman = random.next() < 0.5;
  const luck = random.next();
  if (luck >= oddShare) {
    return writer.block(headers, random.pick(["plain", "indexed", "kept", "never"]), isHuffman);
  }
  if (luck < oddShare / 3) {
    const at = random.integer(0, headers.length);
    return writer.block(headers.toSpliced(at, 0, random.pick(ODD_HEADERS)), "plain", isHuffman);
  }
  if (luck < oddShare / 2) {
    return writer.block(headers.toSpliced(random.integer(0, 5), 1), "indexed", isHuffman);
  }
  const parts = Array.from({ length: random.integer(1, 4) }, () => random.pick(PARTS)(random));
  return Buffer.concat([random.next() < 0.7 ? writer.block(headers) : Buffer.alloc(0), ...parts]);
}

/** A table of their own for each connection. */
export function newWriter(): HpackWriter {
  return new HpackWriter();
}
