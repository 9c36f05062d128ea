import { gzipSync } from "node:zlib";
import { FeatureStoreError } from "@ofs/platform";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DeadlineWatch } from "../../src/grpc/deadline-watch.ts";
import { decompress, decompressNow } from "../../src/grpc/decompress.ts";
import { MessageReader } from "../../src/grpc/message-reader.ts";
import { statusAnswer, statusTrailers } from "../../src/grpc/reply-frames.ts";
import { encodeStatusText, sendableStatus } from "../../src/grpc/status-text.ts";
import { parseTimeout } from "../../src/grpc/timeout.ts";
import { HpackDecoder } from "../../src/hpack/decoder.ts";
import { message } from "../support/frames.ts";

const { OFS_PROPERTY_RUNS = "200" } = process.env;
const RUNS = Number(OFS_PROPERTY_RUNS);

test.each([
  ["1H", 3_600_000],
  ["2M", 120_000],
  ["3S", 3_000],
  ["99999999m", 99_999_999],
  ["1500u", 1],
  ["999n", 0],
  ["0S", 0],
  ["", undefined],
  ["S", undefined],
  ["123456789S", undefined],
  ["1s", undefined],
  [" 1S", undefined],
  ["1S ", undefined],
  ["-1S", undefined],
  ["1.5S", undefined],
])("the timeout %j is %s ms", (text, timeoutMs) => {
  expect(parseTimeout(text)).toBe(timeoutMs);
});

describe("status text", () => {
  test.each([
    ["plain text ~", "plain text ~"],
    ["100%", "100%25"],
    ["é\n", "%C3%A9%0A"],
    ["\ud800x", "%EF%BF%BDx"],
  ])("%j is sent as %j", (text, encoded) => {
    expect(encodeStatusText(text)).toBe(encoded);
  });

  test("a long one is cut, one not meant to be seen is not sent", () => {
    const { message: text } = sendableStatus(new FeatureStoreError("NOT_FOUND", "x".repeat(5_000)));
    expect(text).toHaveLength(1_024);
    expect(sendableStatus(new Error("secret"))).toMatchObject({
      grpc: 13,
      message: "internal error",
    });
  });
});

describe("reply frames", () => {
  const decode = (frame: Buffer) => {
    const limits = { maxListBytes: 1e5, maxCount: 100, maxBlockBytes: 1e5 };
    const decoder = new HpackDecoder(limits, HpackDecoder.scratchFor(1e5));
    expect(frame.readUIntBE(0, 3)).toBe(frame.length - 9);
    const fields = decoder.decode(frame, 9, frame.length) ?? [];
    return fields.map(({ name, value }) => `${name}: ${value}`);
  };

  test("a status has its text and what is given along", () => {
    expect(decode(statusTrailers(5, "no é", { "x-a": "1" }, 1_000))).toEqual([
      "grpc-status: 5",
      "grpc-message: no %C3%A9",
      "x-a: 1",
    ]);
  });

  test("what the caller would not take is left out", () => {
    expect(decode(statusTrailers(5, "no", { "x-a": "1".repeat(100) }, 100))).toEqual([
      "grpc-status: 5",
    ]);
    expect(decode(statusTrailers(5, "", { "x-a": "1".repeat(20_000) }, 1e9))).toEqual([
      "grpc-status: 5",
    ]);
    const answer = decode(statusAnswer(8, "much", 60));
    expect(answer).toEqual([":status: 200", "content-type: application/grpc", "grpc-status: 8"]);
  });
});

describe("MessageReader", () => {
  test("messages in any pieces are the same messages", () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 });
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 20 }), (parts, size) => {
        const seen: string[] = [];
        const reader = new MessageReader(50);
        const sink = {
          onMessage: (flag: number, bytes: Buffer) =>
            void seen.push(`${flag} ${bytes.toString("hex")}`),
          onTooLarge: () => void seen.push("too large"),
        };
        const bytes = Buffer.concat(parts.map((part, index) => message(part, index & 1)));
        for (let at = 0; at < bytes.length; at += size) {
          reader.read(bytes, at, Math.min(bytes.length, at + size), sink);
        }
        expect(seen).toEqual(
          parts.map((part, i) => `${i & 1} ${Buffer.from(part).toString("hex")}`),
        );
        expect(reader.isWithin).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test("one that says it is too large is refused by its head, and nothing follows", () => {
    const seen: unknown[] = [];
    const reader = new MessageReader(10);
    const bytes = Buffer.concat([
      message(Buffer.alloc(10)),
      message(Buffer.alloc(11)),
      message(Buffer.alloc(1)),
    ]);
    reader.read(bytes, 0, bytes.length, {
      onMessage: (_, { length }) => void seen.push(length),
      onTooLarge: (size) => void seen.push(`too large: ${size}`),
    });
    expect(seen).toEqual([10, "too large: 11"]);
  });

  test("one larger than its first memory grows", () => {
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index & 255));
    const bytes = message(body);
    let seen: Buffer | undefined;
    const reader = new MessageReader(1e6);
    for (let at = 0; at < bytes.length; at += 10_007) {
      reader.read(bytes, at, Math.min(bytes.length, at + 10_007), {
        onMessage: (_, whole) => {
          seen = whole;
        },
        onTooLarge: () => undefined,
      });
    }
    expect(seen?.equals(body)).toBe(true);
  });
});

describe("compressed messages", () => {
  const packed = gzipSync(Buffer.alloc(1_000));
  const expand = (encoding: string | undefined, bytes: Buffer, maxBytes: number) =>
    new Promise<number | string>((resolve) => {
      decompress(encoding, bytes, maxBytes, (error, expanded) => {
        resolve(error === undefined ? expanded.length : error.code);
      });
    });

  test.each([
    ["whole", "gzip", packed, 1_000, 1_000],
    ["too large", "gzip", packed, 999, "RESOURCE_EXHAUSTED"],
    ["damaged", "gzip", packed.subarray(0, 15), 1_000, "INTERNAL"],
    ["of another kind", "deflate", packed, 1_000, "INTERNAL"],
    ["of an unknown kind", "snappy", packed, 1_000, "UNIMPLEMENTED"],
    ["not said to be compressed", "identity", packed, 1_000, "INTERNAL"],
    ["not said to be compressed", undefined, packed, 1_000, "INTERNAL"],
  ])("%s (%s)", async (_, encoding, bytes, maxBytes, expected) => {
    expect(await expand(encoding, bytes, maxBytes)).toBe(expected);
    const now = () => decompressNow(encoding, bytes, maxBytes).length;
    if (typeof expected === "number") expect(now()).toBe(expected);
    else expect(now).toThrow(expect.objectContaining({ code: expected }));
  });
});

describe("DeadlineWatch", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("ends each call at its time, with one timer", () => {
    const watch = new DeadlineWatch();
    const startMs = Date.now();
    const ended: string[] = [];
    const callAt = (ms: number) => ({
      deadlineMs: startMs + ms,
      expire: () => void ended.push(`${ms} at ${Date.now() - startMs}`),
    });
    const calls = [500, 100, 300, 200].map(callAt);
    for (const call of calls) watch.add(call);
    watch.delete(calls[3] as (typeof calls)[0]);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(ended).toEqual(["100 at 100", "300 at 300", "500 at 500"]);
    expect(vi.getTimerCount()).toBe(0);
    watch.add(callAt(2_000));
    watch.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
