import { dataTypeByName } from "@ofs/codec";
import { type Entry, quote } from "@ofs/registry";
import type { CatalogColumn, CatalogFault, CatalogGroup, CatalogVersion } from "./model.ts";
import { FaultList, NodeFields } from "./node-fields.ts";
import { readVersion } from "./read-version.ts";

/**
 * Reads `feature-groups/<label>`, whatever is wrong with it. Versions are read when they are asked for.
 *
 * @param disabledReason why the data plane does not serve the group; undefined if it does
 */
export function readGroup(
  entry: Entry,
  entityLabel: string,
  disabledReason: string | undefined,
): CatalogGroup {
  const faults = new FaultList();
  if (disabledReason !== undefined) faults.add({ path: entry.path, reason: disabledReason });
  const fields = new NodeFields(entry.node, entry.path, faults);
  const dataTypeName = fields.text("data-type");
  const dataType = dataTypeByName(dataTypeName);
  if (dataType === undefined) {
    const reason = `${quote(dataTypeName)} is not a data type`;
    faults.add({ path: fields.pathOf("data-type"), reason });
  }
  const versions = new Map(fields.entries("features").map((each) => [each.name, each]));
  const read = new Map<string, CatalogVersion>();
  return {
    entityLabel,
    label: entry.name,
    id: fields.integer("id"),
    storeId: fields.text("store-id"),
    jobId: fields.text("job-id"),
    dataTypeName,
    dataType,
    ttlSeconds: fields.integer("ttl-in-seconds"),
    layoutVersion: fields.integer("layout-version"),
    isInMemoryCached: fields.boolean("in-memory-cache-enabled"),
    isDistributedCached: fields.boolean("distributed-cache-enabled"),
    activeVersion: fields.text("active-version"),
    columns: readColumns(fields, faults),
    versionNames: [...versions.keys()].sort(compareVersions),
    version(name) {
      const known = read.get(name);
      const node = versions.get(name);
      if (known !== undefined || node === undefined) return known;
      const version = readVersion(node, dataType);
      read.set(name, version);
      return version;
    },
    disabledReason,
    faults: faults.toArray(),
  };
}

/** The version that is written now; undefined for a group without features. */
export function activeVersionOf(group: CatalogGroup): CatalogVersion | undefined {
  return group.version(group.activeVersion);
}

/** Of the group and of its active version. */
export function faultsOfGroup(group: CatalogGroup): readonly CatalogFault[] {
  return [...group.faults, ...(activeVersionOf(group)?.faults ?? [])];
}

/** By number; names that are none come last, as text. */
export function compareVersions(a: string, b: string): number {
  const isNumber = (text: string): boolean => /^\d{1,15}$/.test(text);
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b) || compareText(a, b);
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1;
  return compareText(a, b);
}

/** By UTF-16 units: the same order everywhere. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function readColumns(fields: NodeFields, faults: FaultList): readonly CatalogColumn[] {
  const columns = fields.entries("columns").map(({ name, node, path }) => {
    const column = new NodeFields(node, path, faults);
    return { label: name, currentSizeBytes: column.integer("current-size-in-bytes") };
  });
  return columns.sort((a, b) => compareColumns(a.label, b.label));
}

/** `seg_9` before `seg_10`. */
function compareColumns(a: string, b: string): number {
  const number = (label: string): number => Number(/^seg_(\d{1,9})$/.exec(label)?.[1] ?? Infinity);
  const [first, second] = [number(a), number(b)];
  return first === second ? compareText(a, b) : first - second;
}
