import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeMessage,
  encodeHeartbeat,
  encodeKeys,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGE_KEYS,
} from "../../src/invalidation/message.ts";

const SENDER = Buffer.from("0123456789abcdef", "hex");

function encode(keys: readonly string[], first = 1): Buffer[] {
  let next = first;
  return encodeKeys(SENDER, keys, () => next++);
}

describe("messages between processes", () => {
  test("any keys come through, in order, each message numbered", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" }), { maxLength: 50 }), (keys) => {
        const messages = encode(keys, 7).map((bytes) => decodeMessage(bytes));
        expect(
          messages.flatMap((message) => (message?.kind === "keys" ? message.keys : [])),
        ).toEqual(keys);
        for (const [i, message] of messages.entries()) {
          expect(message).toMatchObject({ sender: "0123456789abcdef", sequence: 7 + i });
        }
      }),
      { numRuns: 200 },
    );
  });

  test("no keys are no message", () => {
    expect(encode([])).toEqual([]);
  });

  test("many keys, or long ones, are several messages within the limits", () => {
    const many = encode(Array.from({ length: 2 * MAX_MESSAGE_KEYS + 1 }, (_, i) => `k${i}`));
    expect(
      many.map((bytes) => (decodeMessage(bytes) as { keys: readonly string[] }).keys.length),
    ).toEqual([MAX_MESSAGE_KEYS, MAX_MESSAGE_KEYS, 1]);
    const long = encode(Array.from({ length: 10 }, () => "x".repeat(20_000)));
    expect(long).toHaveLength(4);
    for (const bytes of long) expect(bytes.length).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  });

  test("a key that is larger than a message is sent alone", () => {
    const huge = "x".repeat(2 * MAX_MESSAGE_BYTES);
    const messages = encode(["a", huge, "b"]).map((bytes) => decodeMessage(bytes));
    expect(messages).toMatchObject([{ keys: ["a"] }, { keys: [huge] }, { keys: ["b"] }]);
  });

  test("a heartbeat tells the last sequence and its own number", () => {
    expect(decodeMessage(encodeHeartbeat(SENDER, 2 ** 40, 3))).toEqual({
      kind: "heartbeat",
      sender: "0123456789abcdef",
      sequence: 2 ** 40,
      beat: 3,
    });
  });

  test("what is cut, longer, of another version or kind is no message", () => {
    for (const whole of [...encode(["user:1", "user:2"]), encodeHeartbeat(SENDER, 5, 1)]) {
      for (let length = 0; length < whole.length; length++) {
        const cut = decodeMessage(whole.subarray(0, length));
        // A cut right behind a key is a message of fewer keys: Redis does not cut.
        if (cut !== undefined) expect(cut).toMatchObject({ kind: "keys", keys: ["user:1"] });
      }
      expect(decodeMessage(Buffer.concat([whole, Buffer.from([0])]))).toBeUndefined();
      for (const [offset, value] of [
        [0, 2],
        [1, 9],
      ] as const) {
        const other = Buffer.from(whole);
        other[offset] = value;
        expect(decodeMessage(other)).toBeUndefined();
      }
    }
  });

  test("any bytes are a message or none, without a throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.boolean(), (bytes, isOurs) => {
        const buffer = Buffer.from(bytes);
        if (isOurs && buffer.length > 1) buffer.set([1, 1]);
        const message = decodeMessage(buffer);
        if (message?.kind === "keys") expect(message.keys.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
