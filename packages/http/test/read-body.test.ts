import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { readBody, readBodyBytes } from "../src/read-body.ts";

function body(chunks: readonly string[], headers: Record<string, string> = {}) {
  return Object.assign(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), { headers });
}

describe("readBody", () => {
  it("gives text and bytes of all chunks", async () => {
    expect(await readBody(body(["a", "b"]), 2)).toBe("ab");
    expect(await readBodyBytes(body(["a", "b"]), 2)).toEqual(Buffer.from("ab"));
  });

  it.each([
    [body(["abc"]), 413],
    [body(["a"], { "content-length": "3" }), 413],
    [body(["a"], { "content-encoding": "gzip" }), 415],
  ])("refuses what is too large or compressed (%#)", async (request, status) => {
    await expect(readBody(request, 2)).rejects.toMatchObject({ status });
  });
});
