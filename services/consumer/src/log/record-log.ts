import type { LogAdmin, NewRecord, RecordSink, RecordSource } from "@ofs/ingest";
import type { CheckResult } from "@ofs/platform";

/** Where an appended record is. */
export interface AppendedRecord {
  readonly partition: number;
  readonly offset: number;
}

/** Resolves once all are durable. @throws {SinkError} */
export type AppendRecords = (records: readonly NewRecord[]) => Promise<readonly AppendedRecord[]>;

/** Who reads what. */
export interface ReaderOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where reading begins in partitions that the group never committed. */
  readonly start: "earliest" | "latest";
  /** Of this process's members of all groups; letters, digits, `.`, `_` and `-`. */
  readonly memberName: string;
}

/** What records are read from, and dead letters are written to: Kafka, or the embedded log. */
export interface RecordLog {
  /** For people: `kafka broker:9092`. */
  readonly name: string;
  /** Whether other processes may read it, too. */
  readonly isShared: boolean;
  /** One more member of a group. It is closed by who reads it. */
  createSource(options: ReaderOptions): RecordSource;
  /** For dead letters and replays. */
  readonly sink: RecordSink;
  readonly admin: LogAdmin;
  /** undefined where producers have ways of their own. */
  readonly append: AppendRecords | undefined;
  /** What the log says of itself, beside its readers. */
  check(): CheckResult;
  /** After all sources. */
  close(): Promise<void>;
}
