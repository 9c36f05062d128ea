import type { RecordHeader, SourceRecord, TopicPartition } from "../record.ts";
import { ByteReader, KafkaDataError } from "./byte-reader.ts";
import { decompress } from "./compression/decompress.ts";
import { crc32c } from "./crc32c.ts";
import { Slab } from "./slab.ts";

/*
 * A record batch (format 2), big-endian:
 *
 * | byte | size | field                                                     |
 * | ---- | ---- | --------------------------------------------------------- |
 * | 0    | 8    | base offset                                               |
 * | 8    | 4    | length of what follows                                    |
 * | 12   | 4    | leader epoch                                              |
 * | 16   | 1    | format: 2                                                 |
 * | 17   | 4    | CRC-32C of what follows                                   |
 * | 21   | 2    | attributes                                                |
 * | 23   | 4    | last offset - base offset                                 |
 * | 27   | 8    | base time                                                 |
 * | 35   | 8    | largest time                                              |
 * | 43   | 8    | producer's id                                             |
 * | 51   | 2    | producer's epoch                                          |
 * | 53   | 4    | base sequence                                             |
 * | 57   | 4    | record count                                              |
 * | 61   |      | records, compressed together                              |
 */
const LENGTH_AT = 8;
const LENGTH_END = 12;
const FORMAT_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const HEADER_BYTES = 61;
const FORMAT = 2;

/** Attributes. */
const COMPRESSION_BITS = 0x07;
const APPEND_TIME_BIT = 0x08;
const TRANSACTION_BIT = 0x10;
const CONTROL_BIT = 0x20;

/** Type of a control record, in the second half of its key: the transaction was undone. */
const ABORT = 0;

/** Smallest record: six varints of a byte each, and its attributes. */
const MIN_RECORD_BYTES = 7;

/** The longest that a compressed batch may become; a broker's own limit is on its compressed size. */
export const MAX_DECOMPRESSED_BYTES = 256 * 1024 * 1024;

/** A transaction that was undone, as the broker lists them with what it covers. */
export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface DecodedRecords {
  /** Only those of transactions that were committed, or of none. */
  readonly records: readonly SourceRecord[];
  /** Where reading goes on. */
  readonly nextOffset: number;
}

interface Batch {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly attributes: number;
  readonly baseTimeMs: number;
  readonly maxTimeMs: number;
  readonly producerId: number;
  readonly recordCount: number;
  readonly bytes: Uint8Array;
  readonly recordsAt: number;
  readonly end: number;
}

/**
 * Takes record batches apart; an incomplete one at the end, which a broker may send, is left for the next fetch.
 *
 * @param fromOffset batches are whole: records before this offset were asked for by nobody
 * @throws {KafkaDataError} if a batch is damaged, of an older format, or larger than allowed
 */
export function decodeRecords(
  of: TopicPartition,
  bytes: Uint8Array,
  fromOffset: number,
  aborted: readonly AbortedTransaction[],
): DecodedRecords {
  const records: SourceRecord[] = [];
  const slab = new Slab();
  const undone = new UndoneTransactions(aborted);
  let nextOffset = fromOffset;
  for (const batch of batchesOf(bytes)) {
    if (batch.lastOffset < fromOffset) continue;
    nextOffset = batch.lastOffset + 1;
    if (undone.hides(batch)) continue;
    appendRecords(records, of, batch, fromOffset, slab);
  }
  return { records, nextOffset };
}

/** Which producers' batches are part of transactions that were undone, as reading goes along. */
class UndoneTransactions {
  readonly #waiting: AbortedTransaction[];
  readonly #producers = new Set<number>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#waiting = [...aborted].sort((one, other) => other.firstOffset - one.firstOffset);
  }

  /** @returns whether nobody may see the batch: it is part of such a transaction, or a marker */
  hides(batch: Batch): boolean {
    for (let next = this.#waiting.at(-1); next !== undefined; next = this.#waiting.at(-1)) {
      if (next.firstOffset > batch.lastOffset) break;
      this.#producers.add(next.producerId);
      this.#waiting.pop();
    }
    if ((batch.attributes & CONTROL_BIT) !== 0) {
      if (controlType(batch) === ABORT) this.#producers.delete(batch.producerId);
      return true;
    }
    return (batch.attributes & TRANSACTION_BIT) !== 0 && this.#producers.has(batch.producerId);
  }
}

function* batchesOf(bytes: Uint8Array): Generator<Batch> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + HEADER_BYTES <= bytes.length) {
    const length = view.getInt32(at + LENGTH_AT);
    const end = at + LENGTH_END + length;
    const reader = new ByteReader(bytes, at);
    const baseOffset = reader.int64();
    const format = view.getInt8(at + FORMAT_AT);
    if (format !== FORMAT) {
      throw new KafkaDataError(`batch at offset ${baseOffset} has format ${format}, not ${FORMAT}`);
    }
    if (end > bytes.length) return;
    if (length < HEADER_BYTES - LENGTH_END) {
      throw new KafkaDataError(`batch at offset ${baseOffset} is ${length} bytes long`);
    }
    reader.skip(CRC_AT - 8);
    if (reader.uint32() !== crc32c(bytes, at + ATTRIBUTES_AT, end)) {
      throw new KafkaDataError(`batch at offset ${baseOffset} is damaged: wrong checksum`);
    }
    const attributes = reader.int16();
    const lastOffset = baseOffset + reader.int32();
    const baseTimeMs = reader.int64();
    const maxTimeMs = reader.int64();
    const producerId = reader.int64();
    reader.skip(6);
    const recordCount = reader.int32();
    const recordsAt = reader.position;
    yield {
      baseOffset,
      lastOffset,
      attributes,
      baseTimeMs,
      maxTimeMs,
      producerId,
      recordCount,
      bytes,
      recordsAt,
      end,
    };
    at = end;
  }
}

function recordsReader({ attributes, bytes, recordsAt, end }: Batch): ByteReader {
  const algorithm = attributes & COMPRESSION_BITS;
  if (algorithm === 0) return new ByteReader(bytes, recordsAt, end);
  const content = bytes.subarray(recordsAt, end);
  return new ByteReader(decompress(algorithm, content, MAX_DECOMPRESSED_BYTES));
}

function appendRecords(
  records: SourceRecord[],
  { topic, partition }: TopicPartition,
  batch: Batch,
  fromOffset: number,
  slab: Slab,
): void {
  const reader = recordsReader(batch);
  if (batch.recordCount > reader.remaining / MIN_RECORD_BYTES) {
    const message = `batch at offset ${batch.baseOffset} cannot hold ${batch.recordCount} records`;
    throw new KafkaDataError(message);
  }
  const isAppendTime = (batch.attributes & APPEND_TIME_BIT) !== 0;
  for (let count = 0; count < batch.recordCount; count++) {
    const length = reader.varint();
    const end = reader.position + length;
    reader.int8();
    const timeMs = batch.baseTimeMs + reader.varint();
    const offset = batch.baseOffset + reader.varint();
    if (offset < fromOffset) {
      reader.skip(end - reader.position);
      continue;
    }
    const key = reader.varintBytes();
    const value = reader.varintBytes();
    const headers = readHeaders(reader, slab);
    if (reader.position !== end) {
      throw new KafkaDataError(`record ${offset} is not as long as it says: ${length} bytes`);
    }
    const atMs = isAppendTime ? batch.maxTimeMs : timeMs;
    records.push({
      topic,
      partition,
      offset,
      key: key && slab.copy(key),
      value: value && slab.copy(value),
      headers,
      timestampMs: atMs < 0 ? undefined : atMs,
    });
  }
}

const NO_HEADERS: readonly RecordHeader[] = [];
const EMPTY = new Uint8Array(0);

function readHeaders(reader: ByteReader, slab: Slab): readonly RecordHeader[] {
  const count = reader.varint();
  if (count === 0) return NO_HEADERS;
  if (count < 0 || count > reader.remaining / 2) {
    throw new KafkaDataError(`a record cannot have ${count} headers`);
  }
  const headers: RecordHeader[] = [];
  for (let index = 0; index < count; index++) {
    const name = reader.varintString();
    const value = reader.varintBytes();
    headers.push([name, value === undefined ? EMPTY : slab.copy(value)]);
  }
  return headers;
}

/** A marker's key is its version and type, two bytes each. */
function controlType(batch: Batch): number | undefined {
  const reader = recordsReader(batch);
  if (batch.recordCount === 0) return undefined;
  reader.varint();
  reader.int8();
  reader.varint();
  reader.varint();
  const key = reader.varintBytes();
  if (key === undefined || key.length < 4) {
    throw new KafkaDataError(`marker at offset ${batch.baseOffset} has no type`);
  }
  return ((key[2] as number) << 8) | (key[3] as number);
}
