import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeReply,
  decodeRequest,
  encodeGet,
  encodeReply,
  encodeSet,
  MAX_PACKET_BYTES,
} from "../../src/peer/packet.ts";
import { MacSeal } from "../../src/peer/packet-seal.ts";
import vectors from "./vectors.json" with { type: "json" };

const { OFS_PROPERTY_RUNS = "2000" } = process.env;
const RUNS = Number(OFS_PROPERTY_RUNS);
const { get, reply, notFound, set, sealedGet } = vectors.packets;
const hex = (text: string): Buffer => Buffer.from(text, "hex");

describe("golden vectors", () => {
  test("get", () => {
    expect(encodeGet(get.key)?.toString("hex")).toBe(get.hex);
    expect(decodeRequest(hex(get.hex))).toMatchObject({ kind: "get", key: get.key });
  });

  test("reply, found and not", () => {
    expect(encodeReply(Buffer.from(reply.key), hex(reply.value)).toString("hex")).toBe(reply.hex);
    expect(encodeReply(Buffer.from(notFound.key), undefined).toString("hex")).toBe(notFound.hex);
    expect(decodeReply(hex(reply.hex))).toEqual({
      kind: "reply",
      key: reply.key,
      value: hex(reply.value),
    });
    expect(decodeReply(hex(notFound.hex))).toMatchObject({ kind: "reply", value: undefined });
  });

  test("set", () => {
    expect(encodeSet(set.key, set.ttlSeconds, hex(set.value))?.toString("hex")).toBe(set.hex);
    expect(decodeRequest(hex(set.hex))).toEqual({
      kind: "set",
      key: set.key,
      ttlSeconds: set.ttlSeconds,
      value: hex(set.value),
    });
  });

  test("a sealed get", () => {
    const seal = new MacSeal(sealedGet.secret);
    expect(seal.seal(Buffer.from(sealedGet.key)).toString("hex")).toBe(sealedGet.hex);
    expect(seal.open(hex(sealedGet.hex))).toEqual(Buffer.from(sealedGet.key));
  });
});

describe("requests that say nothing", () => {
  const long = Buffer.alloc(MAX_PACKET_BYTES, "a");
  test.each([
    ["an empty datagram", Buffer.alloc(0), "empty"],
    ["00 00", Buffer.from([0, 0]), "bad_key"],
    ["00 alone", Buffer.from([0]), "no_separator"],
    ["a SET without a TTL", Buffer.from([0, 0x61, 0]), "no_ttl"],
    ["a SET without an end of the key", Buffer.from([0, 0x61]), "no_separator"],
    ["a SET with 7 bytes of TTL", Buffer.from([0, 0x61, 0, ...Buffer.alloc(7)]), "no_ttl"],
    ["a SET without a value", Buffer.from([0, 0x61, 0, ...Buffer.alloc(8)]), "no_value"],
    ["a GET of 4096 bytes, whose answer would not fit", long, "bad_key"],
    ["a GET of 4097 bytes", Buffer.alloc(MAX_PACKET_BYTES + 1, "a"), "too_large"],
    ["a GET with a zero byte", Buffer.from("a\0b"), "bad_key"],
    ["a GET that is not UTF-8", Buffer.from([0xff, 0xfe]), "bad_key"],
  ])("%s", (_, bytes, reason) => {
    expect(decodeRequest(bytes)).toEqual({ kind: "malformed", reason });
  });
});

describe("replies that say nothing", () => {
  test.each([
    ["an empty datagram", Buffer.alloc(0), "empty"],
    ["a key alone", Buffer.from("abc"), "no_separator"],
    ["no value at all", Buffer.from("abc\0"), "no_value"],
    ["no key", Buffer.from("\0abc"), "bad_key"],
    ["4097 bytes", Buffer.alloc(MAX_PACKET_BYTES + 1, "a"), "too_large"],
  ])("%s", (_, bytes, reason) => {
    expect(decodeReply(bytes)).toEqual({ kind: "malformed", reason });
  });
});

describe("limits", () => {
  test("a key that cannot be sent is not", () => {
    for (const key of ["", "a\0b", "a".repeat(MAX_PACKET_BYTES - 1)]) {
      expect(encodeGet(key)).toBeUndefined();
      expect(encodeSet(key, 1, new Uint8Array(1))).toBeUndefined();
    }
    expect(encodeGet("a".repeat(MAX_PACKET_BYTES - 2))).toHaveLength(MAX_PACKET_BYTES - 2);
  });

  test("a value that does not fit is not sent, and answered as not found", () => {
    const room = MAX_PACKET_BYTES - 2;
    expect(encodeReply(Buffer.from("k"), new Uint8Array(room).fill(1))).toHaveLength(4096);
    const reply = encodeReply(Buffer.from("k"), new Uint8Array(room + 1).fill(1));
    expect(decodeReply(reply)).toMatchObject({ kind: "reply", key: "k", value: undefined });
    expect(encodeSet("k", 1, new Uint8Array(room - 9))).toHaveLength(MAX_PACKET_BYTES);
    expect(encodeSet("k", 1, new Uint8Array(room - 8))).toBeUndefined();
  });

  test("a TTL beyond 68 years counts as that", () => {
    const packet = encodeSet("k", 1, new Uint8Array([1])) as Buffer;
    packet.writeBigUInt64BE(2n ** 64n - 1n, 3);
    expect(decodeRequest(packet)).toMatchObject({ ttlSeconds: 0x7fff_ffff });
  });
});

const bytes = fc.uint8Array({ maxLength: 64 });
const keys = fc.string({ minLength: 1, maxLength: 40, unit: "grapheme" }).filter((key) => {
  return !key.includes("\0");
});

describe("any bytes", () => {
  test("are read or named as malformed, never thrown at", () => {
    fc.assert(
      fc.property(bytes, (some) => {
        const request = decodeRequest(some);
        expect(["get", "set", "malformed"]).toContain(request.kind);
        expect(["reply", "malformed"]).toContain(decodeReply(some).kind);
        if (request.kind === "get") expect(encodeGet(request.key)).toEqual(Buffer.from(some));
      }),
      { numRuns: RUNS },
    );
  });

  test("what is encoded is read as it was", () => {
    const values = fc.uint8Array({ minLength: 1, maxLength: 64 });
    const ttls = fc.nat({ max: 0x7fff_ffff });
    fc.assert(
      fc.property(keys, values, ttls, (key, value, ttlSeconds) => {
        const set = decodeRequest(encodeSet(key, ttlSeconds, value) as Buffer);
        expect(set).toEqual({ kind: "set", key, ttlSeconds, value: Buffer.from(value) });
        const get = decodeRequest(encodeGet(key) as Buffer);
        expect(get).toMatchObject({ kind: "get", key });
        const reply = decodeReply(encodeReply(Buffer.from(key), value));
        const isNotFound = value.length === 1 && value[0] === 0;
        expect(reply).toEqual({
          kind: "reply",
          key,
          value: isNotFound ? undefined : Buffer.from(value),
        });
      }),
      { numRuns: RUNS },
    );
  });

  test("a sealed datagram opens with its secret only, and not if any bit is changed", () => {
    const seal = new MacSeal("secret of one cluster");
    const other = new MacSeal("secret of another one");
    fc.assert(
      fc.property(bytes, fc.nat(), (some, at) => {
        const sealed = seal.seal(Buffer.from(some));
        expect(sealed).toHaveLength(some.length + seal.sizeBytes);
        expect(seal.open(sealed)).toEqual(Buffer.from(some));
        expect(other.open(sealed)).toBeUndefined();
        const bit = at % (sealed.length * 8);
        sealed[bit >>> 3] = (sealed[bit >>> 3] as number) ^ (1 << (bit & 7));
        expect(seal.open(sealed)).toBeUndefined();
        expect(seal.open(some)).toBeUndefined();
      }),
      { numRuns: Math.min(RUNS, 20_000) },
    );
  });
});
