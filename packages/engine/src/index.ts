export type { CallContext } from "./context.ts";
export { createEngine, type Engine } from "./engine.ts";
export {
  DEFAULT_LIMITS,
  type EngineLimits,
  type EngineOptions,
  type StoreFailurePolicy,
} from "./options.ts";
export type {
  MessageWriter,
  PreparedFault,
  PreparedMessage,
  PreparedRow,
  WriteLimits,
  WriteTarget,
} from "./persist/prepared.ts";
export { UnwritableError, type UnwritableKind } from "./persist/unwritable-error.ts";
export type { RetrieveAnswer } from "./read/retriever.ts";
export { type RowRegistryView, UNKNOWN_NAME_TTL_MS, UNKNOWN_NAME_WAIT_MS } from "./rows/groups.ts";
export type {
  BatchOutcome,
  FoundRow,
  GroupAddress,
  RowCallContext,
  RowDeleteAnswer,
  RowDeleteRequest,
  RowReadAnswer,
  RowReadRequest,
  RowScanAnswer,
  RowScanRequest,
  RowWriteAnswer,
  RowWriteContext,
  RowWriteRequest,
} from "./rows/requests.ts";
export { RowEngine, type RowEngineOptions } from "./rows/row-engine.ts";
export { RowStoreError } from "./rows/row-failures.ts";
export { startRowSpan } from "./rows/row-spans.ts";
export type { RowStores } from "./rows/row-stores.ts";
