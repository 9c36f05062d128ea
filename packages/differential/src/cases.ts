import { persist, retrieve } from "@ofs/proto";
import type { EntityModel } from "./entity-model.ts";
import type { HeaderChanges } from "./target.ts";

export type MethodName = "RetrieveFeatures" | "RetrieveDecodedResult" | "PersistFeatures";

const PATHS: Readonly<Record<MethodName, string>> = {
  RetrieveFeatures: "/retrieve.FeatureService/RetrieveFeatures",
  RetrieveDecodedResult: "/retrieve.FeatureService/RetrieveDecodedResult",
  PersistFeatures: "/persist.FeatureService/PersistFeatures",
};

/** What may be unusual about a request, or about how a row was written. */
export const TRAITS = [
  "empty-entity",
  "empty-key-value",
  "impossible-quantisation",
  "missing-group-values",
  "missing-key-name",
  "no-caller",
  "no-groups",
  "no-keys",
  "no-labels",
  "no-rows",
  "no-token",
  "no-values",
  "no-values-message",
  "odd-suffix",
  "other-container",
  "out-of-range",
  "partial",
  "quantised",
  "reordered-keys",
  "reordered-labels",
  "repeated-group",
  "repeated-key",
  "repeated-label",
  "rewritten",
  "separator-in-key",
  "text-too-long",
  "too-few-columns",
  "too-few-values",
  "too-many-columns",
  "too-many-values",
  "undecodable",
  "unknown-entity",
  "unknown-group",
  "unknown-label",
  "unknown-quantisation",
  "vector-too-long",
  "wrong-key-name",
  "wrong-token",
] as const;

/** An ordinary request has none. */
export type Trait = (typeof TRAITS)[number];

interface CaseBase {
  readonly method: MethodName;
  readonly traits: ReadonlySet<Trait>;
  readonly headers: HeaderChanges;
  /** undefined if the request names none that exists. */
  readonly entity: EntityModel | undefined;
}

export interface RetrieveCase extends CaseBase {
  readonly kind: "retrieve";
  readonly query: retrieve.IQuery;
  /** How the row at each place was written, if that was unusual. */
  readonly rowTraits: readonly ReadonlySet<Trait>[];
}

export interface PersistCase extends CaseBase {
  readonly kind: "persist";
  readonly query: persist.IQuery;
}

/** Bytes that are no message. */
export interface RawCase extends CaseBase {
  readonly kind: "raw";
  readonly bytes: Uint8Array;
}

export type Case = RetrieveCase | PersistCase | RawCase;

export function pathOf({ method }: Case): string {
  return PATHS[method];
}

export function encodeCase(each: Case): Uint8Array {
  if (each.kind === "raw") return each.bytes;
  if (each.kind === "retrieve") return retrieve.Query.encode(each.query).finish();
  return persist.Query.encode(each.query).finish();
}
