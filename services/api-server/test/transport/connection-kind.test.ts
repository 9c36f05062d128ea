import { expect, test } from "vitest";
import { connectionKind } from "../../src/transport/connection-kind.ts";

test.each([
  ["", undefined],
  ["P", undefined],
  ["PR", undefined],
  ["PRI", "http2"],
  ["PRI * HTTP/2.0\r\n", "http2"],
  ["PO", "http1"],
  ["POST /", "http1"],
  ["GET / HTTP/1.1", "http1"],
  ["G", "http1"],
  ["\x16\x03\x01", "http1"],
])("%j is %s", (bytes, expected) => {
  expect(connectionKind(Buffer.from(bytes, "latin1"))).toBe(expected);
});
