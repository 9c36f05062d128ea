import type { DataType } from "./data-type.ts";

/** Where the features of one schema version lie in a plain payload. Arrays are by sequence. */
export interface FeatureLayout {
  readonly dataType: DataType;
  readonly featureCount: number;
  /** Exact element counts; all 1 for scalar types. */
  readonly vectorLengths: readonly number[];
  /** Largest size of one string, in UTF-8 bytes; 0 for other types. */
  readonly stringLengths: readonly number[];
}
