import type { TopicPartition } from "../record.ts";
import { ByteReader, KafkaDataError } from "./byte-reader.ts";
import type { AbortedTransaction } from "./record-batch.ts";

/** A partition's part of what a broker answers to a fetch. */
export interface FetchedPartition extends TopicPartition {
  /** Kafka's number; 0 for none. */
  readonly errorCode: number;
  readonly highWatermark: number;
  /** One past the last record that is in no open transaction. */
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches; a view of the answer. */
  readonly batches: Uint8Array;
}

export interface FetchResponse {
  readonly throttleMs: number;
  /** Of the whole answer; 0 for none. */
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

/**
 * Reads the answer to a fetch of version 11, without taking the record batches apart.
 *
 * @throws {KafkaDataError} if it is cut short
 */
export function decodeFetchResponse(bytes: Uint8Array): FetchResponse {
  const reader = new ByteReader(bytes);
  const throttleMs = reader.int32();
  const errorCode = reader.int16();
  reader.int32();
  const partitions: FetchedPartition[] = [];
  for (let topics = arrayLength(reader); topics > 0; topics--) {
    const topic = reader.string();
    for (let count = arrayLength(reader); count > 0; count--) {
      partitions.push(decodePartition(reader, topic));
    }
  }
  return { throttleMs, errorCode, partitions };
}

function decodePartition(reader: ByteReader, topic: string): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const logStartOffset = reader.int64();
  const aborted: AbortedTransaction[] = [];
  for (let count = arrayLength(reader); count > 0; count--) {
    aborted.push({ producerId: reader.int64(), firstOffset: reader.int64() });
  }
  reader.int32();
  const length = Math.max(0, reader.int32());
  const at = reader.skip(length);
  const batches = reader.bytes.subarray(at, at + length);
  return {
    topic,
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    logStartOffset,
    aborted,
    batches,
  };
}

/** Absent arrays count as empty ones. */
function arrayLength(reader: ByteReader): number {
  const length = reader.int32();
  if (length > reader.remaining) {
    throw new KafkaDataError(`${length} elements in ${reader.remaining} bytes`);
  }
  return length;
}
