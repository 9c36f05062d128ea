export { CHANGE_RULES, type ChangeRules } from "./change-rules.ts";
export { type ChangeServiceDeps, createChangeService } from "./change-service.ts";
export { APPLY_LIMITS, type ApplyLimits } from "./limits.ts";
export type {
  Actor,
  ChangePreview,
  ChangeService,
  Decision,
  SubmitOutcome,
  TableMaker,
} from "./ports.ts";
export { Reconciler, type ReconcilerOptions } from "./reconciler.ts";
export { APPLY_STEPS, type ApplyStep, type StepListener } from "./steps.ts";
export { StoreTables } from "./store-tables.ts";
