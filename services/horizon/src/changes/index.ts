export { diffTree, type KeyChange, MASK } from "./diff-tree.ts";
export { JOB_TYPES, type JobType } from "./job-payloads.ts";
export {
  CHANGE_KINDS,
  type Change,
  type ChangeKind,
  type ChangePlan,
  type ChangeProblem,
  type PlanContext,
  type Planned,
  type TableNeed,
} from "./model.ts";
export { parseChange } from "./parse-change.ts";
export {
  type Payloads,
  payloadSchemas,
  STORAGE_PROVIDERS,
  type StorageProvider,
} from "./payloads.ts";
export { isCarriedOut, planChange } from "./plan-change.ts";
export { planRevocation } from "./plan-tokens.ts";
export type { ProblemList } from "./problems.ts";
export {
  diffSchemas,
  readSchema,
  type SchemaDiff,
  type SchemaFeature,
  schemaDiff,
} from "./schema-diff.ts";
export { subjectOf } from "./subject.ts";
export type { PlanTree } from "./writes.ts";
