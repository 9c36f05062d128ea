export type { LogAdmin, NewTopic, PartitionOffsets, TopicInfo } from "./admin.ts";
export { DEAD_LETTER_HEADERS } from "./dead-letters/letter.ts";
export {
  copyEmbeddedLog,
  type DamagePlace,
  EmbeddedLog,
  EmbeddedLogAdmin,
  type EmbeddedLogOptions,
  type EmbeddedLogStatus,
  EmbeddedSink,
  EmbeddedSource,
  type EmbeddedSourceOptions,
  LogDamageError,
  type RecordPosition,
} from "./embedded-log/index.ts";
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
export type { RowDestinations } from "./formats/rows/row-destinations.ts";
export { type PendingRow, rowFormatRules } from "./formats/rows/row-format.ts";
export { ROW_HEADERS } from "./formats/rows/row-headers.ts";
export { rowGroupOf } from "./formats/rows/row-message.ts";
export {
  KafkaAdmin,
  type KafkaConnection,
  type KafkaSasl,
  KafkaSink,
  type KafkaSinkOptions,
  KafkaSource,
  type KafkaSourceOptions,
  type KafkaTls,
  type SaslMechanism,
} from "./kafka/index.ts";
export { type FormatRule, FormatTable } from "./loop/format-table.ts";
export { Ingestor } from "./loop/ingestor.ts";
export { IngestMetrics } from "./loop/metrics.ts";
export type { IngestorOptions } from "./loop/options.ts";
export { DEFAULT_INGEST_SETTINGS, type IngestSettings, ingestSettings } from "./loop/settings.ts";
export type {
  CloseReport,
  HaltStatus,
  IngestStatus,
  PartitionStatus,
  PauseReason,
} from "./loop/status.ts";
export { SYSTEM_TIMERS, type Timers } from "./loop/timers.ts";
export { RECORD_OPERATION } from "./operation/record-operation.ts";
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
export { WRITE_TIME_HEADER } from "./write-time/write-time-header.ts";
