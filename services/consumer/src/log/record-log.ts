import type { LogAdmin, NewRecord, RecordSink, RecordSource } from "@ofs/ingest";
import type { CheckResult } from "@ofs/platform";
import type { AppendedRecord } from "../http/produce-routes.ts";

/** What records are read from, and dead letters are written to: Kafka, or the embedded log. */
export interface RecordLog {
  /** For people: `kafka broker:9092`. */
  readonly name: string;
  /** One more member of the group. It is closed by who reads it. */
  createSource(memberIndex: number): RecordSource;
  /** For dead letters and replays. */
  readonly sink: RecordSink;
  readonly admin: LogAdmin;
  /** undefined where producers have ways of their own. */
  readonly append:
    | ((records: readonly NewRecord[]) => Promise<readonly AppendedRecord[]>)
    | undefined;
  /** What the log says of itself, beside its readers. */
  check(): CheckResult;
  /** After all sources. */
  close(): Promise<void>;
}
