import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { entityTree } from "@ofs/testkit";
import { createHarness, fp32, type Harness } from "./harness.ts";

/** Of defaults 0.5 and -1. */
export const SCORES = {
  id: 0,
  type: "FP32",
  versions: [{ ctr: { default: fp32(0.5) }, cvr: { default: fp32(-1) } }],
};
export const USER = entityTree("user", ["user_id"], { scores: SCORES });
/** Columns as bytes in hex. */
export const ONE = "0000803f";
export const TWO = "00000040";
export const HALF = "0000003f";
export const MINUS_ONE = "000080bf";

/** A block of `scores`. */
export function fp32Block(version: number, values: number[], expiryAtSeconds = 0): Uint8Array {
  const dataType = DATA_TYPES[3] as DataType;
  return encodeBlock({
    schemaVersion: version,
    layoutVersion: 1,
    expiryAtSeconds,
    nowSeconds: 0,
    dataType,
    payload: fp32(...values),
    compression: "none",
  });
}

/** Of a store that has the key `1` only. */
export function stored(values: number[] = [1, 2], tree = USER): Harness {
  const harness = createHarness(tree);
  harness.store.put("user", ["1"], "scores", fp32Block(1, values));
  return harness;
}

/** Features of a query. */
export const both = { scores: ["ctr", "cvr"] };
