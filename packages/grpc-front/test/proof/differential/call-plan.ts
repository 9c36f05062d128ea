import { gzipSync } from "node:zlib";
import type { SeededRandom } from "@ofs/testkit";
import { grpcMessage } from "../support/frames.ts";
import type { Header, Representation } from "../support/hpack.ts";
import { SERVICE } from "../support/proof-routes.ts";

/** A request, and how its bytes are laid out in frames. */
export interface CallPlan {
  /** What is odd about it, or the method if nothing is: differences are explained by kind. */
  readonly kind: string;
  readonly headers: readonly Header[];
  readonly how: Representation;
  readonly isHuffman: boolean;
  /** Sizes of the parts of the header block, before the rest. */
  readonly cuts: readonly number[];
  readonly headersPadding: number | undefined;
  readonly hasPriority: boolean;
  /** Parts of the body; END_STREAM is on the last, or on a block of trailers after it. */
  readonly parts: readonly Buffer[];
  readonly dataPadding: number | undefined;
  readonly hasTrailers: boolean;
  /** Sends RST_STREAM after so many parts: what is answered by then is left to chance. */
  readonly resetAfter: number | undefined;
}

/** What a kind of request changes of an ordinary one. */
interface Draft {
  readonly path?: string;
  /** Replaces headers of these names; undefined leaves one out. */
  readonly set?: Readonly<Record<string, string | undefined>>;
  readonly more?: readonly Header[];
  readonly body?: Buffer;
  readonly hasTrailers?: boolean;
  readonly resets?: boolean;
}

const KIBIBYTE = 1_024;
const MEBIBYTE = 1_024 * KIBIBYTE;
/** Sizes of messages around every limit there is: frame, windows, largest message. */
const EDGES = [0, 1, 5, 16_379, 16_384, 65_530, 65_535, 65_540, MEBIBYTE, 4 * MEBIBYTE];

type Draw = (random: SeededRandom) => Draft;

/** Kinds by name; those in order are tried as often as all others together. */
export const ORDERLY: Readonly<Record<string, Draw>> = {
  Echo: (random) => ({ path: `${SERVICE}/Echo`, body: message(random, sizeOf(random)) }),
  Later: (random) => ({ path: `${SERVICE}/Later`, body: message(random, sizeOf(random)) }),
  Sized: (random) => ({
    path: `${SERVICE}/Sized`,
    body: text(String(random.pick([0, 1, 70_000, random.integer(0, 200_000), 5 * MEBIBYTE]))),
  }),
  Fail: (random) => ({
    path: `${SERVICE}/Fail`,
    more: [["x-code", random.pick(["INVALID_ARGUMENT", "UNAVAILABLE", "ABORTED"])]],
    body: text(random.pick(["plain", "with space", "日本 50%", "a\r\nb", "\u0000\u007f", ""])),
  }),
  Throw: () => ({ path: `${SERVICE}/Throw` }),
  Trailers: (random) => ({
    path: `${SERVICE}/Trailers`,
    body: text("t".repeat(sizeOf(random) % 99)),
  }),
  Headers: (random) => ({
    path: `${SERVICE}/Headers`,
    more: [
      ["x-a", "one"],
      ["x-b", "v".repeat(random.integer(0, 3_000))],
      ["x-a", "two"],
    ],
    set: { "grpc-timeout": random.pick([undefined, "1H", "30S", "99999999m", "5000000u"]) },
    body: text(JSON.stringify(["x-a", "x-b", "x-none", "user-agent"])),
  }),
  deadline: (random) => ({
    path: `${SERVICE}/Hang`,
    set: { "grpc-timeout": random.pick(["30m", "30000u", "30000000n"]) },
  }),
  gzip: (random) => ({
    set: { "grpc-encoding": "gzip" },
    body: grpcMessage(gzipSync(bytes(random, sizeOf(random) % MEBIBYTE)), true),
  }),
};

export const ODD: Readonly<Record<string, Draw>> = {
  "unknown method": () => ({ path: `${SERVICE}/Nope` }),
  "unknown service": () => ({ path: "/no.Such/Echo" }),
  "odd path": (random) => ({
    path: random.pick(["/", "/proof.Echo", `${SERVICE}/Echo/`, `${SERVICE}/Echo?x=1`, "*", "//"]),
  }),
  "odd content type": (random) => ({
    set: {
      "content-type": random.pick([
        "application/grpc+proto",
        "application/grpc+json",
        "application/grpc;charset=utf-8",
      ]),
    },
  }),
  "wrong content type": (random) => ({
    set: {
      "content-type": random.pick([
        undefined,
        "text/plain",
        "application/json",
        "application/grpcx",
        "application/grpc-web",
      ]),
    },
  }),
  "te left out": () => ({ set: { te: undefined } }),
  "te of another value": () => ({ set: { te: "gzip" } }),
  "other HTTP method": (random) => ({
    set: { ":method": random.pick(["GET", "PUT", "HEAD", "OPTIONS"]) },
  }),
  "malformed timeout": (random) => ({
    set: { "grpc-timeout": random.pick(["5", "x", "-1S", "123456789S", "1 S", "1s", "S", "1.5S"]) },
  }),
  "timeout of nothing": (random) => ({
    path: `${SERVICE}/Hang`,
    set: { "grpc-timeout": random.pick(["0S", "1n"]) },
  }),
  "unknown encoding": () => ({
    set: { "grpc-encoding": "snappy" },
    body: grpcMessage(Buffer.from("x"), true),
  }),
  "encoding named, not used": () => ({
    set: { "grpc-encoding": "gzip" },
    body: grpcMessage(Buffer.from("plain"), false),
  }),
  "encoding used, not named": () => ({ body: grpcMessage(gzipSync("x"), true) }),
  "bad gzip": (random) => ({
    set: { "grpc-encoding": "gzip" },
    body: grpcMessage(bytes(random, 40), true),
  }),
  "cut gzip": () => ({
    set: { "grpc-encoding": "gzip" },
    body: grpcMessage(gzipSync(Buffer.alloc(500, "ab")).subarray(0, 15), true),
  }),
  "gzip bomb": () => ({
    set: { "grpc-encoding": "gzip" },
    body: grpcMessage(gzipSync(Buffer.alloc(20 * MEBIBYTE)), true),
  }),
  "message too large": (random) => ({ body: message(random, 5 * MEBIBYTE) }),
  "size claimed too large": () => ({ body: Buffer.from([0, 0x7f, 255, 255, 255, 1, 2, 3]) }),
  "no message": () => ({ body: Buffer.alloc(0) }),
  "two messages": () => ({ body: Buffer.concat([text("one"), text("two")]) }),
  "cut message": (random) => ({ body: message(random, 500).subarray(0, random.integer(1, 504)) }),
  "bytes after the message": () => ({ body: Buffer.concat([text("one"), Buffer.of(0, 0)]) }),
  "odd compression flag": (random) => ({
    body: Buffer.concat([Buffer.of(random.integer(2, 255)), text("abc").subarray(1)]),
  }),
  trailers: () => ({ hasTrailers: true }),
  "upper-case header": () => ({ more: [["X-Upper", "1"]] }),
  "connection header": (random) => ({
    more: [
      random.pick([["connection", "close"] as const, ["transfer-encoding", "chunked"] as const]),
    ],
  }),
  "pseudo header left out": (random) => ({
    set: { [random.pick([":path", ":method", ":scheme"])]: undefined },
  }),
  "unknown pseudo header": () => ({ more: [[":odd", "1"]] }),
  "pseudo header twice": () => ({ more: [[":path", `${SERVICE}/Echo`]] }),
  "content length": (random) => ({
    body: text("abc"),
    more: [["content-length", random.pick(["8", "9", "0", "-1", "x"])]],
  }),
  "odd header text": (random) => ({
    more: [random.pick([["x-t", "tab\there"] as const, ["x-l", "\u00e9\u00ff"] as const])],
  }),
  "many headers": (random) => ({
    more: Array.from({ length: random.integer(20, 90) }, (_, i) => [`x-${i}`, "value"] as const),
  }),
  reset: (random) => ({ path: `${SERVICE}/Later`, body: message(random, 40_000), resets: true }),
  "reset while it hangs": () => ({ path: `${SERVICE}/Hang`, resets: true }),
};

/** @param wanted draws this kind */
export function drawCall(random: SeededRandom, wanted?: string): CallPlan {
  const kinds = random.next() < 0.5 ? ORDERLY : ODD;
  const kind = wanted ?? random.pick(Object.keys(kinds));
  const draw = ORDERLY[kind] ?? ODD[kind];
  if (draw === undefined) throw new Error(`no such kind of call: ${kind}`);
  const draft = draw(random);
  const parts = partsOf(random, draft.body ?? text("hello"));
  return {
    kind,
    headers: headersOf(draft),
    how: random.pick(["plain", "indexed", "indexed", "kept", "never"]),
    isHuffman: random.next() < 0.5,
    cuts: random.next() < 0.2 ? [random.integer(0, 40), random.integer(0, 40)] : [],
    headersPadding: random.next() < 0.1 ? random.integer(0, 255) : undefined,
    hasPriority: random.next() < 0.1,
    parts,
    dataPadding: random.next() < 0.15 ? random.integer(0, 255) : undefined,
    hasTrailers: draft.hasTrailers ?? false,
    resetAfter: draft.resets === true ? random.integer(0, parts.length) : undefined,
  };
}

function headersOf(draft: Draft): Header[] {
  const ordinary: Record<string, string | undefined> = {
    ":method": "POST",
    ":scheme": "http",
    ":path": draft.path ?? `${SERVICE}/Echo`,
    ":authority": "proof.test",
    "content-type": "application/grpc",
    te: "trailers",
    "user-agent": "proof/1",
    ...draft.set,
  };
  const headers: Header[] = [];
  for (const [name, value] of Object.entries(ordinary)) {
    if (value !== undefined) headers.push([name, value]);
  }
  return [...headers, ...(draft.more ?? [])];
}

/** Mostly small; now and then at an edge, or anything up to the largest. */
function sizeOf(random: SeededRandom): number {
  const luck = random.next();
  if (luck < 0.8) return random.integer(0, 2_000);
  if (luck < 0.95) return random.integer(0, 100_000);
  return random.pick(EDGES);
}

function bytes(random: SeededRandom, size: number): Buffer {
  const block = Buffer.from(Array.from({ length: 64 }, () => random.integer(0, 255)));
  return Buffer.alloc(size, block);
}

function message(random: SeededRandom, size: number): Buffer {
  return grpcMessage(bytes(random, size));
}

function text(of: string): Buffer {
  return grpcMessage(Buffer.from(of));
}

/** The body in DATA frames of random sizes: few if it is long, also empty ones. */
function partsOf(random: SeededRandom, body: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  const mostBytes = 16_000;
  const isFine = body.length < 200 && random.next() < 0.5;
  for (let at = 0; at < body.length; ) {
    const isShort = body.length < 50_000 || random.next() < 0.05;
    const size = isShort ? random.integer(isFine ? 0 : 1, isFine ? 3 : mostBytes) : mostBytes;
    parts.push(body.subarray(at, at + size));
    at += size;
  }
  return parts.length === 0 ? [Buffer.alloc(0)] : parts;
}
