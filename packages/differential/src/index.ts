export {
  type Case,
  type MethodName,
  type PersistCase,
  type RawCase,
  type RetrieveCase,
  TRAITS,
  type Trait,
} from "./cases.ts";
export { EXIT, type Output, runCommand } from "./cli.ts";
export { type Aspect, type ColumnInfo, compareAnswers, type Difference } from "./compare.ts";
export {
  describeEntityModels,
  type EntityModel,
  type FeatureModel,
  type GroupModel,
  loadEntityModels,
  modelsOf,
} from "./entity-model.ts";
export { Explainer, type Explanation, type Seen, type Side, type Verdict } from "./explanations.ts";
export { type Options, OptionsError, parseOptions } from "./options.ts";
export { REFERENCE_DIFFERENCES } from "./reference/reference-differences.ts";
export { type RunOptions, runDifferential } from "./run.ts";
export { type Example, renderTally, Tally } from "./tally.ts";
export { type Answer, type HeaderChanges, Target, type TargetOptions } from "./target.ts";
