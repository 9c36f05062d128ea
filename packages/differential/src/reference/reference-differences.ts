import type { Explanation } from "../explanations.ts";
import { HIDDEN_DIFFERENCES } from "./hidden-differences.ts";
import { STATUS_DIFFERENCES } from "./status-differences.ts";
import { VALUE_DIFFERENCES } from "./value-differences.ts";

/** All known and intended differences from the reference server, most specific first within each part. */
export const REFERENCE_DIFFERENCES: readonly Explanation[] = [
  ...STATUS_DIFFERENCES,
  ...VALUE_DIFFERENCES,
  ...HIDDEN_DIFFERENCES,
];
