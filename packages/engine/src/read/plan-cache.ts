import type { RetrieveQueryView } from "@ofs/proto";
import type { Snapshot } from "@ofs/registry";
import { LRUCache } from "lru-cache";
import type { CallContext } from "../context.ts";
import { requireEntity } from "../requests.ts";
import { createPlan } from "./create-plan.ts";
import type { ReadPlan } from "./plan.ts";

/** Shapes longer than this are planned each time: their keys alone would fill the cache. */
const MAX_SHAPE_LENGTH = 16_384;

/** Plans by the bytes of the request's shape. Callers repeat a shape for hours. */
export class PlanCache {
  readonly #plans: LRUCache<string, ReadPlan>;
  readonly #maxColumns: number;
  #snapshot: Snapshot | undefined;

  constructor(maxPlans: number, maxColumns: number) {
    this.#plans = new LRUCache({ max: maxPlans });
    this.#maxColumns = maxColumns;
  }

  /** @throws {FeatureStoreError} as `requireEntity` and `createPlan` */
  planFor(snapshot: Snapshot, query: RetrieveQueryView, context: CallContext): ReadPlan {
    if (snapshot !== this.#snapshot) {
      this.#plans.clear();
      this.#snapshot = snapshot;
    }
    const known = this.#plans.get(query.shapeKey);
    if (known !== undefined) {
      if (context.entities !== undefined) requireEntity(snapshot, known.entity.label, context);
      return known;
    }
    const shape = query.shape();
    const entity = requireEntity(snapshot, shape.entityLabel, context);
    const plan = createPlan(snapshot, entity, shape, this.#maxColumns);
    if (query.shapeKey.length <= MAX_SHAPE_LENGTH) this.#plans.set(query.shapeKey, plan);
    return plan;
  }
}
