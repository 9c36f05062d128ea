import { describe, expect, it } from "vitest";
import { KafkaDataError } from "../../src/kafka/byte-reader.ts";
import { decodeFetchResponse } from "../../src/kafka/fetch-response.ts";

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const text = (value: string): Buffer =>
  Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);

/** By the protocol's description: one topic with a partition that has records and one that failed. */
const RESPONSE = Buffer.concat([
  int32(25),
  int16(0),
  int32(0),
  int32(1),
  text("tøpic"),
  int32(2),
  ...[int32(3), int16(0), int64(2 ** 40), int64(2 ** 40 - 2), int64(7)],
  ...[int32(1), int64(99), int64(2 ** 33), int32(-1)],
  ...[int32(5), Buffer.from("batch")],
  ...[int32(4), int16(6), int64(-1), int64(-1), int64(-1), int32(-1), int32(-1), int32(-1)],
]);

describe("decodeFetchResponse", () => {
  it("reads partitions, what was undone in them, and errors", () => {
    const { throttleMs, errorCode, partitions } = decodeFetchResponse(RESPONSE);
    expect({ throttleMs, errorCode }).toEqual({ throttleMs: 25, errorCode: 0 });
    expect(partitions.map(({ batches, ...rest }) => ({ ...rest, size: batches.length }))).toEqual([
      {
        topic: "tøpic",
        partition: 3,
        errorCode: 0,
        highWatermark: 2 ** 40,
        lastStableOffset: 2 ** 40 - 2,
        logStartOffset: 7,
        aborted: [{ producerId: 99, firstOffset: 2 ** 33 }],
        size: 5,
      },
      {
        topic: "tøpic",
        partition: 4,
        errorCode: 6,
        highWatermark: -1,
        lastStableOffset: -1,
        logStartOffset: -1,
        aborted: [],
        size: 0,
      },
    ]);
  });

  it("refuses an answer that is cut short, wherever", () => {
    for (let size = 0; size < RESPONSE.length; size++) {
      expect(() => decodeFetchResponse(RESPONSE.subarray(0, size))).toThrow(KafkaDataError);
    }
  });

  it("refuses an answer that promises more than it has", () => {
    const bytes = Buffer.concat([int32(0), int16(0), int32(0), int32(0x7fff_ffff)]);
    expect(() => decodeFetchResponse(bytes)).toThrow("2147483647 elements in 0 bytes");
  });
});
