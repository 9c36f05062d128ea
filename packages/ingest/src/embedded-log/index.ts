export { copyEmbeddedLog } from "./copy-log.ts";
export {
  EmbeddedLog,
  type EmbeddedLogOptions,
  type EmbeddedLogStatus,
  type EmbeddedSourceOptions,
  type RecordPosition,
} from "./embedded-log.ts";
export { EmbeddedLogAdmin } from "./embedded-log-admin.ts";
export { EmbeddedSink } from "./embedded-sink.ts";
export { EmbeddedSource } from "./embedded-source.ts";
export { type DamagePlace, LogDamageError } from "./log-errors.ts";
