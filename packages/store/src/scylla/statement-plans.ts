import type { Entity, FeatureGroup } from "@ofs/registry";
import type { BlockTable } from "../block-store.ts";
import { planSelect, planWrite, type SelectPlan, type WritePlan } from "./statements.ts";

/** Plans kept for one first group; past it they are made anew. */
const MAX_PLANS = 64;

/** What a plan was made for. */
interface Entry<Plan> {
  readonly entity: Entity;
  readonly table: string;
  readonly groups: readonly FeatureGroup[];
  readonly plan: Plan;
}

/** Plans of the statements of one keyspace, each made once. They live as long as the registry's groups that they are for. */
export class StatementPlans {
  readonly #selects: PlanMemory<SelectPlan>;
  readonly #writes: PlanMemory<WritePlan>;

  constructor(keyspace: string) {
    this.#selects = new PlanMemory((table, groups) => planSelect(keyspace, table, groups));
    this.#writes = new PlanMemory((table, groups) => planWrite(keyspace, table, groups));
  }

  /** @throws {FeatureStoreError} INVALID_ARGUMENT for a name that CQL does not take */
  select(table: BlockTable, groups: readonly FeatureGroup[]): SelectPlan {
    return this.#selects.planOf(table, groups);
  }

  /** @throws {FeatureStoreError} INVALID_ARGUMENT for a name that CQL does not take */
  write(table: BlockTable, groups: readonly FeatureGroup[]): WritePlan {
    return this.#writes.planOf(table, groups);
  }
}

class PlanMemory<Plan> {
  readonly #make: (table: BlockTable, groups: readonly FeatureGroup[]) => Plan;
  /** By the first group: all that are made for others with it are few. */
  readonly #entries = new WeakMap<FeatureGroup, Entry<Plan>[]>();

  constructor(make: (table: BlockTable, groups: readonly FeatureGroup[]) => Plan) {
    this.#make = make;
  }

  planOf(request: BlockTable, groups: readonly FeatureGroup[]): Plan {
    const { entity, store } = request;
    const [first] = groups;
    if (first === undefined) return this.#make(request, groups);
    const entries = this.#entriesOf(first);
    for (const entry of entries) {
      const isSame = entry.entity === entity && entry.table === store.table;
      if (isSame && areSame(entry.groups, groups)) return entry.plan;
    }
    const plan = this.#make(request, groups);
    if (entries.length >= MAX_PLANS) entries.length = 0;
    entries.push({ entity, table: store.table, groups: [...groups], plan });
    return plan;
  }

  #entriesOf(first: FeatureGroup): Entry<Plan>[] {
    let entries = this.#entries.get(first);
    if (entries === undefined) {
      entries = [];
      this.#entries.set(first, entries);
    }
    return entries;
  }
}

function areSame(left: readonly FeatureGroup[], right: readonly FeatureGroup[]): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}
