import {
  runBlockDecode,
  runBlockEncode,
  runBlockErrors,
  runExpiry,
  runFeatureRead,
} from "./blocks.ts";
import type { CaseRunner } from "./case.ts";
import { runFloatDecode, runFloatEncode, runFloatNarrow, runQuantization } from "./numbers.ts";
import { runRecord } from "./records.ts";
import { runColumnSplit, runStorageKey } from "./storage.ts";
import { runAssemble, runDecodedText, runDefaultValue } from "./texts.ts";

/** The runner of each category of vector files. */
export const CATEGORIES: ReadonlyMap<string, CaseRunner> = new Map<string, CaseRunner>([
  ["psdb_encode", runBlockEncode],
  ["psdb_errors", runBlockErrors],
  ["psdb_decode", runBlockDecode],
  ["feature_reads", runFeatureRead],
  ["expiry", runExpiry],
  ["csdb", runRecord],
  ["float_decode", runFloatDecode],
  ["float_encode", runFloatEncode],
  ["float_narrow", runFloatNarrow],
  ["quantization", runQuantization],
  ["decoded_text", runDecodedText],
  ["default_values", runDefaultValue],
  ["persist_assemble", runAssemble],
  ["storage_keys", runStorageKey],
  ["column_split", runColumnSplit],
]);
