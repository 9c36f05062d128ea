import type { RegistryChange, RegistryExpectation } from "@ofs/registry";
import type { Payloads } from "./payloads.ts";

/** What a request can ask for. */
export const CHANGE_KINDS = [
  "store",
  "job",
  "job-rotate",
  "entity",
  "entity-edit",
  "feature-group",
  "feature-group-edit",
  "features-add",
  "features-edit",
  "features-delete",
] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** A request's content, parsed. */
export type Change = {
  readonly [K in ChangeKind]: { readonly kind: K; readonly payload: Payloads[K] };
}[ChangeKind];

/** What is wrong with a change: each names the field of the payload and the value. */
export interface ChangeProblem {
  /** Where in the payload, for example `features.2.default-values`; empty for the change as a whole. */
  readonly field: string;
  readonly message: string;
  /**
   * `invalid`: wrong in itself; `missing`: something it names is not there; `conflict`: at odds with what is there. The
   * last two may be different later.
   */
  readonly reason: "invalid" | "missing" | "conflict";
}

/** A table that must be, with these columns, before the registry speaks of it. Repeating it changes nothing. */
export interface TableNeed {
  readonly storeId: string;
  readonly dbType: string;
  readonly confId: number;
  readonly table: string;
  /** Key columns in order, all text. */
  readonly primaryKeys: readonly string[];
  /** 0 = none. Counts only where the table is made. */
  readonly tableTtlSeconds: number;
  /** Blob columns. */
  readonly columns: readonly string[];
  /** Whether the table may be there already: not when a store is registered with a table of other keys. */
  readonly mayExist: boolean;
}

/** How a change is carried out: tables first, then the registry, all or nothing. */
export interface ChangePlan {
  readonly tables: readonly TableNeed[];
  readonly writes: readonly RegistryChange[];
  /** What must still be true of the registry at that moment, or the plan is made anew. */
  readonly expectations: readonly RegistryExpectation[];
  /** What the change made: ids and versions, for the answer and the audit log. */
  readonly outcome: Readonly<Record<string, string | number>>;
}

export type Planned =
  | { readonly plan: ChangePlan }
  | { readonly problems: readonly [ChangeProblem, ...ChangeProblem[]] };

/** What exists outside the registry that a change depends on. */
export interface PlanContext {
  /** conf-id -> kind of the configured stores (`scylla`, `redis_failover`, `embedded`, ...). */
  readonly storeConfigs: ReadonlyMap<number, string>;
  readonly distributedCacheConfIds: readonly number[];
  readonly processCacheConfIds: readonly number[];
  /** Makes a token for a job that names none. */
  readonly newToken: () => string;
  /** Unix seconds: when the overlap of two tokens begins. */
  readonly nowSeconds: () => number;
}
