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
