export { binaryRow, textRow } from "./answer-rows.ts";
export { readColumn, writeColumn } from "./column-bytes.ts";
export { decodedText } from "./decoded-text.ts";
export { codeOfFloat, floatOfCode, roundFloat, roundValue } from "./float-format.ts";
export {
  type AskedGroup,
  columnsOf,
  type ModelColumn,
  type ModelRead,
  type ModelWrite,
  type ModelWriteRow,
  type RefusalCode,
  splitLabel,
  writeRefusals,
} from "./model-request.ts";
export {
  activeFeatures,
  defaultOf,
  findEntity,
  findGroup,
  type ModelEntity,
  type ModelFeature,
  type ModelGroup,
  type ModelSchema,
  withEntity,
  withGroup,
} from "./model-schema.ts";
export {
  type ElementName,
  type FeatureValue,
  MODEL_TYPES,
  type ModelType,
  modelType,
  narrowerTypes,
  type ScalarValue,
  zeroValue,
} from "./model-type.ts";
export {
  type AnswerRow,
  type CallTime,
  type Mismatch,
  OnlineStoreModel,
  show,
  type WriteOutcome,
} from "./online-store-model.ts";
