import type { ErrorCode, FeatureStoreError, Span } from "@ofs/platform";
import type { MessageFault, MessageWrites, RecordFormat } from "../format.ts";
import type { SourceRecord } from "../record.ts";
import type { PartitionState } from "./partition-state.ts";

/** Takes the place of a record that is done with, so that its bytes are freed. */
const NO_RECORD: SourceRecord = {
  topic: "",
  partition: -1,
  offset: -1,
  key: undefined,
  value: undefined,
  headers: [],
  timestampMs: undefined,
};

/** A record on its way from the source to the stores. */
export class Message {
  /** Of one assignment: one that comes back is another object. */
  readonly partition: PartitionState;
  readonly offset: number;
  readonly timestampMs: number | undefined;
  record: SourceRecord;
  /** Of the record and, once prepared, of its rows. */
  sizeBytes: number;
  /** The millisecond that the record was counted under. */
  countedMs = 0;
  writeTimeMicros = 0;
  format: RecordFormat | undefined = undefined;
  prepared: MessageWrites | undefined = undefined;
  /** Why nothing of it can be written: while it waits, and in its dead letter. */
  fault: MessageFault | undefined = undefined;
  /** Rows that can never be stored, by number. */
  badRows: Map<number, FeatureStoreError> | undefined = undefined;
  /** Writes that have not come to an end. */
  openWrites = 0;
  /** Writes among them that halt the partition. */
  parkedWrites = 0;
  storedWrites = 0;
  isDone = false;
  /** For the registry to know a name. */
  isWaiting = false;
  /** What it is traced by, if it is. */
  span: Span | undefined = undefined;
  /** Why it became a dead letter, in whole or in part. */
  failureCode: ErrorCode | undefined = undefined;

  constructor(partition: PartitionState, record: SourceRecord, sizeBytes: number) {
    this.partition = partition;
    this.offset = record.offset;
    this.timestampMs = record.timestampMs;
    this.record = record;
    this.sizeBytes = sizeBytes;
  }

  /** Lets go of everything but what the commit needs. */
  release(): void {
    this.record = NO_RECORD;
    this.prepared = undefined;
    this.fault = undefined;
    this.badRows = undefined;
  }
}

/** Bytes that a record takes in memory, about. */
export function recordSizeBytes(record: SourceRecord): number {
  let bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0);
  for (const [name, value] of record.headers) bytes += name.length + value.length;
  return bytes;
}
