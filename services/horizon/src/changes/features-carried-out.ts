import { NodeFault } from "@ofs/registry";
import { type ActiveGroup, findActive } from "./active-group.ts";
import { isSameDefinition, readFeatureList } from "./feature-list.ts";
import { sourcePath } from "./feature-sources.ts";
import { NameSet } from "./group-place.ts";
import { defineNewFeatures } from "./new-features.ts";
import type { Payloads } from "./payloads.ts";
import { planFeaturesEdit } from "./plan-features.ts";
import { Problems } from "./problems.ts";
import type { RegistryView } from "./registry-view.ts";
import type { PlanTree } from "./writes.ts";

/** Whether the features are there as asked, by way of a version that appended just these. */
export function isFeaturesAddCarriedOut(
  payload: Payloads["features-add"],
  view: RegistryView,
): boolean {
  const active = findActive(payload, view, new Problems());
  if (active === undefined) return false;
  const problems = new Problems();
  const asked = payload.features.map((feature, index) => ({ index, feature }));
  const added = defineNewFeatures(asked, active.group.dataType, new NameSet(), problems);
  if (problems.count > 0) return false;
  const present = new Map(active.features.map((feature) => [feature.label, feature]));
  const isThere = added.every(({ definition, source }) => {
    const feature = present.get(definition.label);
    const path = sourcePath(active.entityLabel, active.label, definition.label);
    return (
      feature !== undefined && isSameDefinition(feature, definition) && view.text(path) === source
    );
  });
  const labels = added.map(({ definition }) => definition.label);
  return isThere && hasStep(active, (before) => [...before, ...labels]);
}

/** Whether the features are gone, by way of a version that took out just these. */
export function isFeaturesDeleteCarriedOut(
  payload: Payloads["features-delete"],
  view: RegistryView,
): boolean {
  const active = findActive(payload, view, new Problems());
  if (active === undefined) return false;
  const doomed = new Set(payload["feature-labels"]);
  const isGone = active.features.every(({ label }) => !doomed.has(label));
  const hasSource = [...doomed].some(
    (label) => view.text(sourcePath(active.entityLabel, active.label, label)) !== undefined,
  );
  if (!isGone || hasSource) return false;
  return hasStep(active, (before) =>
    [...doomed].every((label) => before.includes(label))
      ? before.filter((label) => !doomed.has(label))
      : undefined,
  );
}

/** Whether an edit has nothing left to do. */
export function isFeaturesEditCarriedOut(
  payload: Payloads["features-edit"],
  tree: PlanTree,
  view: RegistryView,
): boolean {
  const planned = planFeaturesEdit(payload, tree, view);
  return "plan" in planned && planned.plan.writes.length === 0;
}

/** Whether some version up to the active one came of the one before it that way. */
function hasStep(
  active: ActiveGroup,
  step: (before: readonly string[]) => readonly string[] | undefined,
): boolean {
  const { group } = active;
  const numbers = [...group.versions.keys()]
    .filter((version) => version <= group.activeVersion)
    .sort((a, b) => a - b);
  let before: readonly string[] = [];
  for (const number of numbers) {
    const labels = labelsOf(active, number);
    const expected = step(before);
    if (expected !== undefined && expected.join(",") === labels.join(",")) return true;
    before = labels;
  }
  return false;
}

function labelsOf({ group }: ActiveGroup, version: number): readonly string[] {
  const entry = group.versions.get(version);
  const features = entry && readFeatureList(entry, group.dataType);
  if (features === undefined || features instanceof NodeFault) return [];
  return features.map(({ label }) => label);
}
