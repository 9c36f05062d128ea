import type { Trait } from "../cases.ts";
import type { ColumnInfo } from "../compare.ts";
import type { Seen } from "../explanations.ts";

/** gRPC status codes that the entries name. */
export const CODE = {
  OK: 0,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

export function hasTrait({ each }: Seen, ...traits: readonly Trait[]): boolean {
  return traits.some((trait) => each.traits.has(trait));
}

/** They answered one of these codes, we one of those. */
export function codesAre(
  { theirs, ours }: Seen,
  their: readonly number[],
  our: readonly number[],
): boolean {
  return their.includes(theirs.code) && our.includes(ours.code);
}

/** The difference is in a column that fits. */
export function columnIs({ difference }: Seen, fits: (column: ColumnInfo) => boolean): boolean {
  return difference.column !== undefined && fits(difference.column);
}

/** Whether one of the features that the request names fits. */
export function asksFor(seen: Seen, fits: (group: ColumnInfo["group"]) => boolean): boolean {
  const { each } = seen;
  if (each.kind === "raw" || each.entity === undefined) return false;
  const asked = each.kind === "retrieve" ? each.query.featureGroups : each.query.featureGroupSchema;
  const labels = new Set(asked?.map(({ label }) => label));
  return each.entity.groups.some((group) => labels.has(group.label) && fits(group));
}
