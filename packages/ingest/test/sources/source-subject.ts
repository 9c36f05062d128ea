import type { LogAdmin, NewRecord, RecordSource } from "@ofs/ingest";

export interface MemberOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Where a group begins that has never committed; default `earliest`. */
  readonly start?: "earliest" | "latest";
}

/** A log under test: its topics are nobody else's, or have names that nobody else uses. */
export interface SourceSubject {
  readonly admin: LogAdmin;
  /** Makes a topic that takes records of `largestRecordBytes`. @returns its name */
  createTopic(partitionCount: number): Promise<string>;
  /** Resolves once the records are durable and can be read. */
  produce(records: readonly NewRecord[]): Promise<void>;
  /** A member that has not been started. The suite closes it. */
  member(options: MemberOptions): RecordSource;
  /** Value of the largest record that the suite produces. */
  readonly largestRecordBytes: number;
  /**
   * Where the log can be away from its readers: between `begin` and `end` members cannot reach it, while `admin` and
   * `produce` can. Left out where log and reader are one process.
   */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> };
  /**
   * Makes a started member's group give its partitions to others without its knowing, and resolves once they have been
   * given; `undefined` where that cannot happen.
   */
  readonly evict?: (member: RecordSource, group: string) => Promise<void>;
  close(): Promise<void>;
}
