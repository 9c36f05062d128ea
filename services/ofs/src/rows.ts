import type { FeatureValue } from "@ofs/codec";

/** Values of one entity key that are to be written. */
export interface EntityRow {
  /** By key label; every key of the entity. */
  readonly keys: Readonly<Record<string, string>>;
  /** By group label, then by feature label. What is undefined is left to the registry's default. */
  readonly features: Readonly<Record<string, Readonly<Record<string, FeatureValue | undefined>>>>;
}
