export type { LogAdmin, NewTopic, PartitionOffsets, TopicInfo } from "./admin.ts";
export {
  MessageFault,
  type MessageFaultKind,
  type MessageWrites,
  type PendingWrite,
  type RecordFormat,
  type RowFault,
  type WriteOutcome,
} from "./format.ts";
export { blockFormat } from "./formats/block-format.ts";
export {
  headerOf,
  type NewRecord,
  partitionName,
  type RecordHeader,
  type SourceRecord,
  type TopicPartition,
} from "./record.ts";
export { type RecordSink, SinkError, type SinkErrorCode } from "./sink.ts";
export {
  type AssignedPartition,
  type Commit,
  type CommittedPosition,
  type RecordSource,
  SourceError,
  type SourceErrorCode,
  type SourceListener,
  type SourceStatus,
} from "./source.ts";
