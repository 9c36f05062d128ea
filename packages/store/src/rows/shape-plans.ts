import type { RowColumn, RowTable } from "../row-store.ts";

interface KnownPlan<Plan> {
  readonly table: RowTable;
  /** What else the plan depends on, for example how many keys are given. */
  readonly variant: unknown;
  readonly plan: Plan;
}

/**
 * Plans of requests by their shape. A caller who repeats a shape passes the same list of columns and the same table, and
 * gets the plan that was made for them; a plan goes with the list.
 */
export class ShapePlans<Plan> {
  readonly #plans = new WeakMap<readonly RowColumn[], KnownPlan<Plan>>();

  /** @param make is not remembered if it throws */
  get(table: RowTable, columns: readonly RowColumn[], variant: unknown, make: () => Plan): Plan {
    const known = this.#plans.get(columns);
    if (known !== undefined && known.table === table && known.variant === variant) {
      return known.plan;
    }
    const plan = make();
    this.#plans.set(columns, { table, variant, plan });
    return plan;
  }
}
