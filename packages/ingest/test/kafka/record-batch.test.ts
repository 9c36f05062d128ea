import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KafkaDataError } from "../../src/kafka/byte-reader.ts";
import { decodeRecords } from "../../src/kafka/record-batch.ts";
import { encodeBatch, encodeMarker, type TestRecord, TRANSACTIONAL } from "./batch-builder.ts";

const { OFS_PROPERTY_RUNS = "300" } = process.env;
const OF = { topic: "t", partition: 3 };
const text = (value: string): Buffer => Buffer.from(value);
const plain = (bytes: Uint8Array | undefined): number[] | undefined => bytes && [...bytes];

function records(from: number, count: number): TestRecord[] {
  return Array.from({ length: count }, (_, index) => ({
    offset: from + index,
    value: text(`${from + index}`),
  }));
}

function offsetsOf(bytes: Uint8Array, fromOffset = 0, aborted: [number, number][] = []): number[] {
  const transactions = aborted.map(([producerId, firstOffset]) => ({ producerId, firstOffset }));
  return decodeRecords(OF, bytes, fromOffset, transactions).records.map(({ offset }) => offset);
}

describe("decodeRecords", () => {
  it("reads what was written, whatever it is", () => {
    const bytes = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined });
    const record = fc.record({
      gap: fc.nat(3),
      timeMs: fc.integer({ min: 0, max: 2 ** 41 }),
      key: bytes,
      value: bytes,
      headers: fc.array(fc.tuple(fc.string({ maxLength: 8, unit: "grapheme" }), bytes), {
        maxLength: 3,
      }),
    });
    const run = fc.property(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      fc.nat(2 ** 40),
      fc.boolean(),
      (drawn, baseOffset, isCompressed) => {
        let offset = baseOffset;
        const sent = drawn.map(({ gap, ...rest }) => {
          offset += gap + 1;
          return { ...rest, offset };
        });
        const batch = encodeBatch({
          baseOffset,
          baseTimeMs: 1_700_000_000_000,
          records: sent,
          ...(isCompressed && { attributes: 1, compress: (one) => gzipSync(one) }),
        });
        const decoded = decodeRecords(OF, batch, baseOffset, []);
        expect(decoded.nextOffset).toBe(offset + 1);
        expect(
          decoded.records.map(({ headers, key, value, ...rest }) => ({
            ...rest,
            key: plain(key),
            value: plain(value),
            headers: headers.map(([name, of]) => [name, plain(of)]),
          })),
        ).toEqual(
          sent.map(({ headers, key, value, offset: at, timeMs }) => ({
            ...OF,
            offset: at,
            timestampMs: timeMs,
            key: plain(key),
            value: plain(value),
            headers: headers.map(([name, of]) => [name, plain(of) ?? []]),
          })),
        );
      },
    );
    fc.assert(run, { numRuns: Number(OFS_PROPERTY_RUNS) });
  });

  it("reads what another implementation writes", async () => {
    const require = createRequire(import.meta.url);
    const { RecordBatch } = require("kafkajs/src/protocol/recordBatch/v0/index.js");
    const Record = require("kafkajs/src/protocol/recordBatch/record/v0/index.js");
    const long = require("kafkajs/src/utils/long.js");
    const encoder = await RecordBatch({
      firstOffset: long.fromValue(7),
      firstTimestamp: 1000,
      maxTimestamp: 1005,
      lastOffsetDelta: 1,
      records: [
        Record({ key: text("k"), value: text("v"), headers: { a: ["1", "2"], b: "3" } }),
        Record({ offsetDelta: 1, timestampDelta: 5, key: null, value: null }),
      ],
    });
    const { records: decoded, nextOffset } = decodeRecords(OF, encoder.buffer, 0, []);
    expect(nextOffset).toBe(9);
    expect(decoded).toEqual([
      {
        ...OF,
        offset: 7,
        timestampMs: 1000,
        key: Uint8Array.from(text("k")),
        value: Uint8Array.from(text("v")),
        headers: [
          ["a", Uint8Array.from(text("1"))],
          ["a", Uint8Array.from(text("2"))],
          ["b", Uint8Array.from(text("3"))],
        ],
      },
      { ...OF, offset: 8, timestampMs: 1005, key: undefined, value: undefined, headers: [] },
    ]);
  });

  it("leaves out records before the offset that was asked for", () => {
    const bytes = Buffer.concat([
      encodeBatch({ baseOffset: 0, records: records(0, 5) }),
      encodeBatch({ baseOffset: 5, records: records(5, 5) }),
    ]);
    expect(offsetsOf(bytes, 7)).toEqual([7, 8, 9]);
    expect(offsetsOf(bytes, 5)).toEqual([5, 6, 7, 8, 9]);
  });

  it("leaves an incomplete batch for the next fetch", () => {
    const whole = encodeBatch({ baseOffset: 0, records: records(0, 5) });
    const next = encodeBatch({ baseOffset: 5, records: records(5, 5) });
    for (let size = 0; size < next.length; size++) {
      const decoded = decodeRecords(OF, Buffer.concat([whole, next.subarray(0, size)]), 0, []);
      expect(decoded.records).toHaveLength(5);
      expect(decoded.nextOffset).toBe(5);
    }
  });

  it("goes past what compaction left of a batch", () => {
    const bytes = encodeBatch({ baseOffset: 0, lastOffset: 9, records: records(3, 1) });
    expect(decodeRecords(OF, bytes, 0, [])).toMatchObject({ nextOffset: 10 });
    const empty = encodeBatch({ baseOffset: 0, lastOffset: 9, records: [] });
    expect(decodeRecords(OF, empty, 0, [])).toEqual({ records: [], nextOffset: 10 });
  });

  it("takes the broker's time where the topic says so, and none where there is none", () => {
    const timed = { offset: 0, timeMs: 5, value: text("x") };
    const append = encodeBatch({ baseOffset: 0, attributes: 8, maxTimeMs: 99, records: [timed] });
    expect(decodeRecords(OF, append, 0, []).records[0]?.timestampMs).toBe(99);
    const none = encodeBatch({ baseOffset: 0, baseTimeMs: -1, records: [{ offset: 0 }] });
    expect(decodeRecords(OF, none, 0, []).records[0]?.timestampMs).toBeUndefined();
  });

  it("finds any flipped bit behind the checksum", () => {
    const batch = encodeBatch({ baseOffset: 0, records: records(0, 3) });
    for (let index = 21; index < batch.length; index++) {
      const damaged = Buffer.from(batch);
      damaged[index] = (damaged[index] as number) ^ 0x10;
      expect(() => decodeRecords(OF, damaged, 0, [])).toThrow(/batch at offset 0 is damaged/);
    }
  });

  it("names an older format instead of misreading it", () => {
    const batch = encodeBatch({ baseOffset: 4, records: records(4, 1) });
    batch.writeInt8(1, 16);
    expect(() => decodeRecords(OF, batch, 0, [])).toThrow("batch at offset 4 has format 1, not 2");
  });

  it("throws nothing but KafkaDataError, whatever a batch with a good checksum holds", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        (content, attributes, recordCount) => {
          const batch = encodeBatch({
            baseOffset: 0,
            attributes,
            records: records(0, recordCount % 5),
            compress: () => content,
          });
          try {
            decodeRecords(OF, batch, 0, []);
          } catch (error) {
            expect(error).toBeInstanceOf(KafkaDataError);
          }
        },
      ),
      { numRuns: Number(OFS_PROPERTY_RUNS) },
    );
  });
});

describe("decodeRecords and transactions", () => {
  const of = (producerId: number, from: number, count: number): Buffer =>
    encodeBatch({
      baseOffset: from,
      attributes: TRANSACTIONAL,
      producerId,
      records: records(from, count),
    });

  it("hides what was undone, and every marker", () => {
    const bytes = Buffer.concat([
      of(1, 0, 2),
      of(2, 2, 2),
      encodeMarker(4, 1, false),
      of(1, 5, 1),
      encodeMarker(6, 2, true),
      encodeMarker(7, 1, true),
      encodeBatch({ baseOffset: 8, records: records(8, 1) }),
    ]);
    expect(offsetsOf(bytes, 0, [[1, 0]])).toEqual([2, 3, 5, 8]);
  });

  it("hides an undone transaction whose marker is not in this fetch", () => {
    expect(offsetsOf(of(1, 0, 3), 0, [[1, 0]])).toEqual([]);
  });

  it("hides several undone transactions of one producer, in whatever order they are listed", () => {
    const bytes = Buffer.concat([
      of(1, 0, 1),
      encodeMarker(1, 1, false),
      of(1, 2, 1),
      encodeMarker(3, 1, true),
      of(1, 4, 1),
      encodeMarker(5, 1, false),
    ]);
    const aborted: [number, number][] = [
      [1, 4],
      [1, 0],
    ];
    expect(offsetsOf(bytes, 0, aborted)).toEqual([2]);
  });

  it("takes no record's key for a marker", () => {
    const key = Buffer.from([0, 0, 0, 0]);
    const undone = encodeBatch({
      baseOffset: 0,
      attributes: TRANSACTIONAL,
      producerId: 1,
      records: [{ offset: 0, key, value: key }],
    });
    const bytes = Buffer.concat([undone, of(1, 1, 1), encodeMarker(2, 1, false)]);
    expect(offsetsOf(bytes, 0, [[1, 0]])).toEqual([]);
  });

  it("shows records outside of transactions of a producer that has undone one", () => {
    const bytes = Buffer.concat([
      of(1, 0, 1),
      encodeBatch({ baseOffset: 1, producerId: 1, records: records(1, 1) }),
      encodeMarker(2, 1, false),
    ]);
    expect(offsetsOf(bytes, 0, [[1, 0]])).toEqual([1]);
  });

  it("goes past a fetch of which nothing can be seen", () => {
    const bytes = Buffer.concat([of(1, 0, 3), encodeMarker(3, 1, false)]);
    const aborted = [{ producerId: 1, firstOffset: 0 }];
    expect(decodeRecords(OF, bytes, 0, aborted)).toEqual({ records: [], nextOffset: 4 });
  });
});
