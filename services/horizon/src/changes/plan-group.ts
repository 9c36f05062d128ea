import { type Entry, quote } from "@ofs/registry";
import { allocateColumns, BLOCK_HEADER_SIZE_BYTES, sizeOf } from "./columns.ts";
import { dataTypeOf, defineFirstFeatures } from "./first-features.ts";
import { findEntity, findStore } from "./group-place.ts";
import { checkRowSize, checkStoreKeys, checkStoreOwner, tablesOf } from "./group-store.ts";
import { groupsOfStore, nextColumnNumber, readNumber } from "./group-view.ts";
import { groupFields, putColumns, putFeatureList, putSources } from "./group-writes.ts";
import { UINT16_MAX } from "./limits.ts";
import type { Planned } from "./model.ts";
import type { Payloads } from "./payloads.ts";
import { asTaken, Problems } from "./problems.ts";
import { findFolded, type RegistryView } from "./registry-view.ts";
import { finishPlan, type PlanTree, refuse, Writes } from "./writes.ts";

type Payload = Payloads["feature-group"];

/** A new group: id, columns, its first version. */
export function planGroup(payload: Payload, tree: PlanTree, view: RegistryView): Planned {
  const problems = new Problems();
  const features = defineFirstFeatures(payload, problems);
  const entity = findEntity(payload["entity-label"], view, problems);
  const jobId = payload["job-id"];
  if (!view.jobs("writer").has(jobId)) {
    problems.missing("job-id", `writer job ${quote(jobId)} is not there`);
  }
  const store = findStore(String(payload["store-id"]), "store-id", view, problems);
  if (entity === undefined || store === undefined) return refuse(problems);
  checkLabel(payload["fg-label"], entity, view, problems);
  checkStoreKeys(entity, store, problems);
  checkStoreOwner(entity, store, view, problems);
  const id = nextGroupId(entity, view);
  if (id > UINT16_MAX) problems.conflict("", `group id ${id} is more than ${UINT16_MAX}`);
  if (problems.count > 0) return refuse(problems);

  const path = `${entity.path}/feature-groups/${payload["fg-label"]}`;
  const definitions = features.map(({ definition }) => definition);
  const columns = allocateColumns(
    BLOCK_HEADER_SIZE_BYTES + sizeOf(dataTypeOf(payload), definitions),
    store.maxColumnSizeBytes,
    nextColumnNumber([
      ...view.groups(entity).values(),
      ...groupsOfStore(view, store.id).map(({ group }) => group),
    ]),
  );
  checkRowSize(path, columns, store, view, "features", problems);
  const writes = new Writes(tree);
  writes.put(`${path}/id`, String(id));
  putColumns(writes, path, columns);
  for (const [name, text] of groupFields(payload)) writes.put(`${path}/${name}`, text);
  if (definitions.length > 0) putFeatureList(writes, path, 1, definitions);
  putSources(writes, payload["entity-label"], payload["fg-label"], features);
  writes.put(`${path}/active-version`, "1");
  const parts = {
    tables: tablesOf(store, columns),
    outcome: { featureGroupId: id, version: 1, columnCount: columns.length },
    absent: [path],
    unchanged: [`storage/stores/${store.id}`, `security/writer/${jobId}`, `${entity.path}/label`],
  };
  return finishPlan(tree, writes, parts, problems);
}

function checkLabel(label: string, entity: Entry, view: RegistryView, problems: Problems): void {
  const taken = findFolded(view.groups(entity).keys(), label);
  if (taken === undefined) return;
  const of = `of entity ${quote(entity.name)}`;
  problems.conflict(
    "fg-label",
    `feature group ${quote(label)} ${of} is there already${asTaken(label, taken)}`,
  );
}

function nextGroupId(entity: Entry, view: RegistryView): number {
  let next = 0;
  for (const group of view.groups(entity).values()) {
    const id = readNumber(group, "id") ?? -1;
    // A larger one is a fault, and no reason to make no more groups.
    if (id <= UINT16_MAX) next = Math.max(next, id + 1);
  }
  return next;
}
