import type { Block } from "@ofs/codec";
import type { FeatureGroup } from "@ofs/registry";
import { isKnownEmpty } from "./cells.ts";
import type { ReadPlan } from "./plan.ts";

/**
 * Whether every block that a shared cache supplied can be read. One of another type, or of a version that the registry
 * lacks, is damaged or foreign: the store is there to say what is right.
 *
 * @param groupIndexes position in the plan's groups by block
 */
export function areReadable(
  plan: ReadPlan,
  blocks: readonly (Block | undefined)[],
  groupIndexes: readonly number[] | undefined,
): boolean {
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i];
    const index = groupIndexes === undefined ? i : (groupIndexes[i] as number);
    if (block !== undefined && !isReadable(plan.groups[index] as FeatureGroup, block)) return false;
  }
  return true;
}

function isReadable(group: FeatureGroup, block: Block): boolean {
  if (isKnownEmpty(block)) return true;
  return block.dataTypeCode === group.dataType.code && group.versions.has(block.schemaVersion);
}
