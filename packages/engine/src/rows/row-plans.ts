import type { ResolvedGroup, RowCatalog } from "@ofs/rows";
import { LRUCache } from "lru-cache";
import { createReadPlan, type ReadPlan } from "./read-plan.ts";
import type { GroupAddress } from "./requests.ts";
import { createWritePlan, type WritePlan } from "./write-plan.ts";

/** Shapes whose key is longer are planned each time: their keys alone would fill the cache. */
const MAX_KEY_LENGTH = 16_384;

/** Divides the parts of a key. No column's name has it, so shapes that can be planned never share a key. */
const PART_END = "\u0000";

/** Plans of the groups of one catalog, by shape. Callers repeat a shape for hours. */
export class RowPlans {
  readonly #writes: LRUCache<string, WritePlan>;
  readonly #reads: LRUCache<string, ReadPlan>;
  #catalog: RowCatalog | undefined;

  /** @param max plans of reads, and of writes, that are kept */
  constructor(max: number) {
    this.#writes = new LRUCache({ max });
    this.#reads = new LRUCache({ max });
  }

  /** @throws {RowError} FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION */
  writePlan(
    catalog: RowCatalog,
    group: ResolvedGroup,
    { isFolded = false }: GroupAddress,
    names: readonly string[],
  ): WritePlan {
    this.#follow(catalog);
    const key = keyOf(group, isFolded, names);
    const known = this.#writes.get(key);
    if (known !== undefined && known.names.length === names.length) return known;
    const plan = createWritePlan(group, names, isFolded);
    if (key.length <= MAX_KEY_LENGTH) this.#writes.set(key, plan);
    return plan;
  }

  /** @throws {RowError} FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION */
  readPlan(
    catalog: RowCatalog,
    group: ResolvedGroup,
    { isFolded = false }: GroupAddress,
    columns: readonly string[],
    keyNames: readonly string[],
  ): ReadPlan {
    this.#follow(catalog);
    const key = `${keyOf(group, isFolded, columns)}${PART_END}${PART_END}${keyNames.join(PART_END)}`;
    const known = this.#reads.get(key);
    const isSame =
      known?.columns.length === columns.length && known.keyEncoders.length === keyNames.length;
    if (known !== undefined && isSame) return known;
    const plan = createReadPlan(group, columns, keyNames, isFolded);
    if (key.length <= MAX_KEY_LENGTH) this.#reads.set(key, plan);
    return plan;
  }

  #follow(catalog: RowCatalog): void {
    if (catalog === this.#catalog) return;
    this.#writes.clear();
    this.#reads.clear();
    this.#catalog = catalog;
  }
}

function keyOf(
  { metadata: { name, version } }: ResolvedGroup,
  isFolded: boolean,
  names: readonly string[],
): string {
  const spelling = isFolded ? "folded" : "exact";
  return `${spelling}${PART_END}${name}${PART_END}${version}${PART_END}${names.join(PART_END)}`;
}
