import { type Conversation, noise } from "./http2-bytes.ts";

/*
 * HTTP/1.1 by hand: what tells servers in a row apart, what never ends, what is no HTTP at all.
 */

const PATH = "/api/v1/features/retrieve";
const GET = "GET /health/self HTTP/1.1\r\nhost: x\r\n\r\n";

function post(headers: string, body = ""): string {
  return `POST ${PATH} HTTP/1.1\r\nhost: x\r\n${headers}\r\n${body}`;
}

function fixed(kind: string, text: string): Conversation {
  return { kind, make: () => Buffer.from(text, "latin1") };
}

export const HTTP1_CONVERSATIONS: readonly Conversation[] = [
  fixed("pipelined", GET.repeat(20)),
  fixed(
    "both lengths",
    post("content-length: 5\r\ntransfer-encoding: chunked\r\n", `0\r\n\r\n${GET}`),
  ),
  fixed("two lengths", post("content-length: 5\r\ncontent-length: 6\r\n", `hello${GET}`)),
  fixed("length with a sign", post("content-length: +5\r\n", "hello")),
  fixed("negative length", post("content-length: -5\r\n", "hello")),
  fixed("length of hex", post("content-length: 0x5\r\n", "hello")),
  fixed("huge length", post("content-length: 99999999999999999999\r\n", "hello")),
  fixed("chunked twice", post("transfer-encoding: chunked, chunked\r\n", `0\r\n\r\n${GET}`)),
  fixed("chunked, hidden", post("transfer-encoding: xchunked\r\n", `0\r\n\r\n${GET}`)),
  fixed("chunked by tab", post("transfer-encoding:\tchunked\r\n", `0\r\n\r\n${GET}`)),
  fixed("chunked, spaced name", post("transfer-encoding : chunked\r\n", `0\r\n\r\n${GET}`)),
  fixed("chunk of a huge size", post("transfer-encoding: chunked\r\n", "fffffffffffffffff\r\nx")),
  fixed("chunk of a negative size", post("transfer-encoding: chunked\r\n", "-1\r\nx\r\n")),
  fixed(
    "chunk with a long extension",
    post("transfer-encoding: chunked\r\n", `1;${"a".repeat(20_000)}\r\nx\r\n0\r\n\r\n`),
  ),
  fixed(
    "chunks of one byte",
    post("transfer-encoding: chunked\r\n", `${"1\r\nx\r\n".repeat(2_000)}0\r\n\r\n`),
  ),
  fixed(
    "many trailers",
    post("transfer-encoding: chunked\r\n", `0\r\n${"x: y\r\n".repeat(3_000)}\r\n`),
  ),
  fixed("bare line feeds", "GET /health/self HTTP/1.1\nhost: x\n\n"),
  fixed("folded header", "GET /health/self HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\n\r\n"),
  fixed("no host", "GET /health/self HTTP/1.1\r\n\r\n"),
  fixed("two hosts", "GET /health/self HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n"),
  fixed("HTTP/1.0", "GET /health/self HTTP/1.0\r\n\r\n"),
  fixed("HTTP/0.9", "GET /health/self\r\n"),
  fixed("HTTP/9.9", "GET /health/self HTTP/9.9\r\nhost: x\r\n\r\n"),
  fixed("absolute path", "GET http://x/health/self HTTP/1.1\r\nhost: x\r\n\r\n"),
  fixed("CONNECT", "CONNECT x:443 HTTP/1.1\r\nhost: x\r\n\r\n"),
  fixed(
    "upgrade to HTTP/2",
    "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n\r\n",
  ),
  fixed(
    "upgrade to websocket",
    "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
  ),
  fixed("expect", post("expect: 100-continue\r\ncontent-length: 3\r\n", "abc")),
  fixed("unknown expectation", post("expect: 200-maybe\r\ncontent-length: 3\r\n", "abc")),
  fixed("huge header", `GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(100_000)}\r\n\r\n`),
  fixed("many headers", `GET / HTTP/1.1\r\nhost: x\r\n${"x: y\r\n".repeat(5_000)}\r\n`),
  fixed("huge path", `GET /${"y".repeat(100_000)} HTTP/1.1\r\nhost: x\r\n\r\n`),
  fixed("huge method", `${"Y".repeat(100_000)} / HTTP/1.1\r\nhost: x\r\n\r\n`),
  fixed("zero bytes", "GET /\0 HTTP/1.1\r\nhost: \0\r\n\r\n"),
  fixed("body of a stranger", post("content-length: 100000\r\n", "x".repeat(1_000))),
  fixed("method of another case", "get /health/self HTTP/1.1\r\nhost: x\r\n\r\n"),
  { kind: "noise", make: (random) => noise(random, random.integer(1, 300)) },
  {
    kind: "cut",
    make: (random) =>
      Buffer.from(post("content-length: 5\r\n", "hello")).subarray(0, random.integer(1, 60)),
  },
  {
    kind: "TLS hello",
    make: (random) => Buffer.concat([Buffer.of(0x16, 3, 1, 2, 0), noise(random, 100)]),
  },
];
