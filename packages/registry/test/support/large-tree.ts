/** Entities with many feature groups each, all of them good. */
export function largeTree(entityCount: number, groupsPerEntity: number): Record<string, string> {
  const entries: Record<string, string> = { "storage/stores/1": '{"db-type":"embedded"}' };
  for (let entity = 0; entity < entityCount; entity += 1) {
    const root = `entities/e${entity}`;
    entries[`${root}/label`] = `e${entity}`;
    entries[`${root}/keys/0/sequence`] = "0";
    entries[`${root}/keys/0/entity-label`] = "id";
    entries[`${root}/keys/0/column-label`] = "id";
    for (let group = 0; group < groupsPerEntity; group += 1) {
      addGroup(entries, `${root}/feature-groups/g${group}`, group);
    }
  }
  return entries;
}

function addGroup(entries: Record<string, string>, path: string, id: number): void {
  const labels = ["a", "b", "c", "d"].map((name) => `${name}${id}`);
  const meta = labels.map((label, sequence) => [
    label,
    { sequence, "default-value": "AAAAAA==", "string-length": 0, "vector-length": 0 },
  ]);
  entries[`${path}/id`] = String(id);
  entries[`${path}/active-version`] = "1";
  entries[`${path}/store-id`] = "1";
  entries[`${path}/data-type`] = "DataTypeFP32";
  entries[`${path}/ttl-in-seconds`] = "0";
  entries[`${path}/job-id`] = "job";
  entries[`${path}/layout-version`] = "1";
  entries[`${path}/in-memory-cache-enabled`] = "false";
  entries[`${path}/distributed-cache-enabled`] = "false";
  entries[`${path}/columns/seg_${id}/label`] = `seg_${id}`;
  entries[`${path}/features/1/labels`] = labels.join(",");
  entries[`${path}/features/1/feature-meta`] = JSON.stringify(Object.fromEntries(meta));
}
