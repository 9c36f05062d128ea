import { quote } from "@ofs/registry";
import { type ActiveGroup, findActive, notActive } from "./active-group.ts";
import {
  BLOCK_HEADER_SIZE_BYTES,
  type Column,
  resizeColumns,
  sizeOf,
  totalSizeOf,
} from "./columns.ts";
import { defineEdits } from "./feature-edits.ts";
import { type FeatureDefinition, hasSameLengths, isSameDefinition } from "./feature-list.ts";
import { sourcePath } from "./feature-sources.ts";
import { NameSet } from "./group-place.ts";
import { checkRowSize, tablesOf } from "./group-store.ts";
import { groupsOfStore, nextColumnNumber } from "./group-view.ts";
import { putColumns, putFeatureList, putSources } from "./group-writes.ts";
import { UINT16_MAX } from "./limits.ts";
import type { Planned } from "./model.ts";
import { defineNewFeatures } from "./new-features.ts";
import type { Payloads } from "./payloads.ts";
import { Problems } from "./problems.ts";
import type { RegistryView } from "./registry-view.ts";
import { finishPlan, type PlanTree, refuse, Writes } from "./writes.ts";

/** What every plan of features works on. */
interface Planning {
  readonly tree: PlanTree;
  readonly view: RegistryView;
  readonly problems: Problems;
  readonly active: ActiveGroup;
}

/** Appends features, in a new version. */
export function planFeaturesAdd(
  payload: Payloads["features-add"],
  tree: PlanTree,
  view: RegistryView,
): Planned {
  const problems = new Problems();
  const active = findActive(payload, view, problems);
  if (active === undefined) return refuse(problems);
  const added = defineNewFeatures(
    payload.features.map((feature, index) => ({ index, feature })),
    active.group.dataType,
    new NameSet(active.features.map(({ label }) => label)),
    problems,
  );
  if (problems.count > 0) return refuse(problems);
  const features = [...active.features, ...added.map(({ definition }) => definition)];
  const writes = new Writes(tree);
  return planVersion({ tree, view, problems, active }, features, writes, () =>
    putSources(writes, active.entityLabel, active.label, added),
  );
}

/** Takes features out, in a new version whose others close up. */
export function planFeaturesDelete(
  payload: Payloads["features-delete"],
  tree: PlanTree,
  view: RegistryView,
): Planned {
  const problems = new Problems();
  const active = findActive(payload, view, problems);
  if (active === undefined) return refuse(problems);
  const present = new Set(active.features.map(({ label }) => label));
  const doomed = new Set<string>();
  for (const [index, label] of payload["feature-labels"].entries()) {
    const field = `feature-labels.${index}`;
    if (doomed.has(label)) problems.invalid(field, `${quote(label)} is there twice`);
    else if (!present.has(label)) problems.missing(field, notActive(label, active));
    doomed.add(label);
  }
  if (problems.count > 0) return refuse(problems);
  const features = active.features.filter(({ label }) => !doomed.has(label));
  const writes = new Writes(tree);
  return planVersion({ tree, view, problems, active }, features, writes, () => {
    for (const label of doomed) writes.remove(sourcePath(active.entityLabel, active.label, label));
  });
}

/** Changes defaults and sources in place; a change of a length makes a new version. */
export function planFeaturesEdit(
  payload: Payloads["features-edit"],
  tree: PlanTree,
  view: RegistryView,
): Planned {
  const problems = new Problems();
  const active = findActive(payload, view, problems);
  if (active === undefined) return refuse(problems);
  const edited = defineEdits(payload.features, active, view, problems);
  if (problems.count > 0) return refuse(problems);
  const byLabel = new Map(edited.map(({ definition }) => [definition.label, definition]));
  const features = active.features.map((feature) => byLabel.get(feature.label) ?? feature);
  const isSame = (test: (a: FeatureDefinition, b: FeatureDefinition) => boolean): boolean =>
    active.features.every((feature, index) => test(feature, features[index] ?? feature));
  const writes = new Writes(tree);
  if (!isSame(hasSameLengths)) {
    return planVersion({ tree, view, problems, active }, features, writes, () =>
      putSources(writes, active.entityLabel, active.label, edited),
    );
  }
  const { path, activeVersion } = active.group;
  if (!isSame(isSameDefinition)) putFeatureList(writes, path, activeVersion, features);
  putSources(writes, active.entityLabel, active.label, edited);
  const version = `${path}/features/${activeVersion}`;
  const unchanged = [`${path}/active-version`, `${version}/labels`, `${version}/feature-meta`];
  return finishPlan(tree, writes, { outcome: { version: activeVersion }, unchanged }, problems);
}

/** Plans a new version of a group, with the columns that it needs. */
function planVersion(
  { tree, view, problems, active }: Planning,
  features: readonly FeatureDefinition[],
  writes: Writes,
  putOthers: () => void,
): Planned {
  const { entity, group, store } = active;
  const { path } = group;
  const version = Math.max(group.activeVersion, ...group.versions.keys()) + 1;
  if (version > UINT16_MAX) {
    problems.conflict("", `version ${version} is more than ${UINT16_MAX}: blocks cannot name it`);
  }
  const columns = columnsFor(active, features, view);
  if (totalSizeOf(columns) > totalSizeOf(group.columns)) {
    checkRowSize(path, columns, store, view, "features", problems);
  }
  const newColumns = columns.slice(group.columns.length);
  putColumns(writes, path, changedColumns(group.columns, columns));
  putFeatureList(writes, path, version, features);
  putOthers();
  writes.put(`${path}/active-version`, String(version));
  const parts = {
    tables: newColumns.length === 0 ? [] : tablesOf(store, columns),
    outcome: {
      version,
      featureCount: features.length,
      columnCount: columns.length,
      newColumnCount: newColumns.length,
    },
    absent: [
      `${path}/features/${version}`,
      ...newColumns.map(({ name }) => `${path}/columns/${name}`),
    ],
    unchanged: [`${path}/active-version`, `storage/stores/${store.id}`, `${entity.path}/label`],
  };
  return finishPlan(tree, writes, parts, problems);
}

/**
 * Columns grow and shrink by what the features do. Where they were counted too small (strings without their lengths, as
 * older control planes count), the difference is made good at that moment.
 */
function columnsFor(
  { entity, group, store, features: before }: ActiveGroup,
  after: readonly FeatureDefinition[],
  view: RegistryView,
): readonly Column[] {
  const { columns, dataType } = group;
  const total = totalSizeOf(columns);
  const needed = BLOCK_HEADER_SIZE_BYTES + sizeOf(dataType, after);
  const counted = total + sizeOf(dataType, after) - sizeOf(dataType, before);
  const next = nextColumnNumber([
    ...view.groups(entity).values(),
    ...groupsOfStore(view, store.id).map((place) => place.group),
  ]);
  return resizeColumns(columns, Math.max(counted, needed) - total, store.maxColumnSizeBytes, next);
}

function changedColumns(before: readonly Column[], after: readonly Column[]): readonly Column[] {
  const sizes = new Map(before.map(({ name, sizeBytes }) => [name, sizeBytes]));
  return after.filter(({ name, sizeBytes }) => sizes.get(name) !== sizeBytes);
}
