import type { LogAdmin, RecordSink } from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import type { AppendRecords } from "./log/record-log.ts";

/** The part of a log that operators look into and write to. */
export interface TopicLog {
  readonly admin: LogAdmin;
  readonly sink: RecordSink;
  /** undefined where producers have ways of their own. */
  readonly append: AppendRecords | undefined;
}

/** A topic that this service reads, in whichever process. */
export interface ReadTopic {
  readonly name: string;
  /** What its messages are. */
  readonly dialect: "block" | "row";
  readonly groupId: string;
  /** Where a group without commits begins. */
  readonly start: "earliest" | "latest";
  readonly deadLetterTopic: string;
  readonly log: TopicLog;
}

/** @throws {FeatureStoreError} NOT_FOUND naming the topics that there are */
export function findTopic(name: string, topics: readonly ReadTopic[]): ReadTopic {
  const found = topics.find((topic) => topic.name === name);
  if (found !== undefined) return found;
  const names = topics.map((topic) => topic.name).join(", ");
  throw new FeatureStoreError("NOT_FOUND", `nobody reads topic ${name}; topics are ${names}`);
}
