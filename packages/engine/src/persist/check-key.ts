import { FeatureStoreError } from "@ofs/platform";
import type { PersistRow } from "@ofs/proto";
import { orderKeyValues } from "../requests.ts";
import type { RowShape } from "./write-shape.ts";

/**
 * @param index of the row in the message, for errors
 * @returns the row's key in the entity's order
 * @throws {FeatureStoreError} INVALID_ARGUMENT naming the field and value, if a store cannot hold it
 */
export function checkKey(
  { entity, keyPositions, stores }: RowShape,
  row: PersistRow,
  index: number,
): readonly string[] {
  const key = orderKeyValues(entity, keyPositions, row.keyValues, "data", index, "key_values");
  const empty = key.indexOf("");
  if (empty >= 0) {
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `data[${index}].key_values: key ${entity.keys[empty]?.label} is empty`,
    );
  }
  for (const { target } of stores) {
    const refusal = target.blocks.refuseKey(target, key);
    if (refusal !== undefined) {
      throw new FeatureStoreError("INVALID_ARGUMENT", `data[${index}].key_values: ${refusal}`);
    }
  }
  return key;
}
