export { Block, NEGATIVE_BLOCK } from "./block.ts";
export {
  DATA_TYPES,
  type DataType,
  dataTypeByCode,
  dataTypeByName,
  type ValueKind,
  type ValuesContainer,
} from "./data-type.ts";
export { CodecError, type CodecErrorCode, ValueError } from "./errors.ts";
export type { FeatureLayout } from "./feature-layout.ts";
