import { type DataType, dataTypeByName } from "@ofs/codec";
import type { FeatureGroup, FeatureSchema, RegistryFault } from "../model.ts";
import type { ConfigNode } from "../tree/config-node.ts";
import { addNote, attempt, NodeFault, type Notes } from "./faults.ts";
import {
  LAST_GOOD_KEPT,
  type ParsedVersion,
  parseVersion,
  parseVersionName,
  UINT16_MAX,
} from "./feature-schema.ts";
import { type Entry, Fields, joinPath, quote, readEntries } from "./fields.ts";
import { assertIdentifier } from "./identifier.ts";

/** 3 170 years; a block's expiry could not be written much further. */
const TTL_SECONDS_MAX = 100_000_000_000;

/** A group as its own node describes it; what hangs on the entity or the store is decided later. */
export interface GroupCore extends Omit<FeatureGroup, "isProcessCached" | "isDistributedCached"> {
  readonly wantsProcessCache: boolean;
  readonly wantsDistributedCache: boolean;
}

export interface ParsedGroup {
  readonly node: ConfigNode;
  readonly path: string;
  /** undefined if the node is faulty and no earlier good form may stand in. */
  readonly core: GroupCore | undefined;
  /** Why there is no core. */
  readonly reason: string | undefined;
  readonly faults: readonly RegistryFault[];
  /** By name. */
  readonly versions: ReadonlyMap<string, ParsedVersion>;
}

/**
 * Reads `feature-groups/<label>`.
 *
 * @param previous the last parse of the same path: unchanged versions are taken over
 * @param keepsLastGood whether an earlier good form stands in for a faulty node
 */
export function parseGroup(
  entry: Entry,
  entityLabel: string,
  previous: ParsedGroup | undefined,
  keepsLastGood: boolean,
): ParsedGroup {
  if (previous?.node === entry.node) return previous;
  const faults: Notes = [];
  const versions = new Map<string, ParsedVersion>();
  const reading: GroupReading = { entityLabel, previous, keepsLastGood, faults, versions };
  const { node, path } = entry;
  const core = attempt(() => parseCore(entry, reading));
  if (!(core instanceof NodeFault)) {
    return { node, path, core, reason: undefined, faults, versions };
  }
  const lastGood = keepsLastGood ? previous?.core : undefined;
  if (lastGood !== undefined) {
    addNote(faults, core.path, `${core.message}; ${LAST_GOOD_KEPT}`);
    return { node, path, core: lastGood, reason: undefined, faults, versions };
  }
  faults.push(core.toRegistryFault("feature-group"));
  const reason = `${core.path}: ${core.message}`;
  return { node, path, core: undefined, reason, faults, versions };
}

interface GroupReading {
  readonly entityLabel: string;
  readonly previous: ParsedGroup | undefined;
  readonly keepsLastGood: boolean;
  readonly faults: Notes;
  readonly versions: Map<string, ParsedVersion>;
}

function parseCore(entry: Entry, reading: GroupReading): GroupCore {
  const fields = Fields.read(entry.node, entry.path, reading.faults);
  const dataTypeName = fields.requiredText("data-type");
  const dataType = dataTypeByName(dataTypeName);
  if (dataType === undefined) {
    throw fields.fault("data-type", `${quote(dataTypeName)} is not a data type`);
  }
  const versions = parseVersions(fields, dataType, reading);
  return {
    entityLabel: reading.entityLabel,
    label: entry.name,
    id: fields.requiredInteger("id", 0, UINT16_MAX),
    storeId: fields.requiredText("store-id"),
    dataType,
    ttlSeconds: fields.integer("ttl-in-seconds", 0, TTL_SECONDS_MAX) ?? 0,
    layoutVersion: fields.requiredInteger("layout-version", 1, 1),
    wantsProcessCache: fields.boolean("in-memory-cache-enabled") ?? false,
    wantsDistributedCache: fields.boolean("distributed-cache-enabled") ?? false,
    columns: parseColumns(fields, reading.faults),
    versions,
    active: activeVersion(fields, versions),
  };
}

function parseVersions(
  fields: Fields,
  dataType: DataType,
  reading: GroupReading,
): ReadonlyMap<number, FeatureSchema> {
  const { previous } = reading;
  const schemas = new Map<number, FeatureSchema>();
  for (const entry of readEntries(fields.node("features"), fields.pathOf("features"))) {
    const before = previous?.versions.get(entry.name);
    const isSame = before?.node === entry.node && before.dataType === dataType;
    const parsed = isSame
      ? before
      : parseVersion(entry, dataType, lastGoodVersion(entry.name, reading));
    reading.versions.set(entry.name, parsed);
    for (const fault of parsed.faults) reading.faults.push(fault);
    if (parsed.schema !== undefined) schemas.set(parsed.schema.version, parsed.schema);
  }
  return schemas;
}

function lastGoodVersion(name: string, reading: GroupReading): FeatureSchema | undefined {
  const version = parseVersionName(name);
  if (!reading.keepsLastGood || version === undefined) return undefined;
  return reading.previous?.core?.versions.get(version);
}

function activeVersion(
  fields: Fields,
  versions: ReadonlyMap<number, FeatureSchema>,
): FeatureSchema {
  const text = fields.requiredText("active-version");
  const version = parseVersionName(text);
  if (version === undefined) {
    const reason = `${fields.quote(text)} is not an integer from 0 to ${UINT16_MAX}`;
    throw fields.fault("active-version", reason);
  }
  const schema = versions.get(version);
  if (schema === undefined) {
    const path = joinPath(fields.pathOf("features"), text);
    throw fields.fault("active-version", `version ${version} is missing or faulty at ${path}`);
  }
  return schema;
}

/** @returns sorted as text: the order of the pieces of a block, `seg_10` before `seg_9` */
function parseColumns(fields: Fields, notes: Notes): readonly string[] {
  const columns: string[] = [];
  for (const entry of readEntries(fields.node("columns"), fields.pathOf("columns"))) {
    if (entry.collidesWith !== undefined) {
      throw new NodeFault(entry.path, `is the same name as ${quote(entry.collidesWith)}`);
    }
    assertIdentifier(entry.path, entry.name);
    const label = Fields.read(entry.node, entry.path, notes).text("label") ?? entry.name;
    if (label !== entry.name) {
      const path = joinPath(entry.path, "label");
      throw new NodeFault(path, `${quote(label)} is not the column's name ${quote(entry.name)}`);
    }
    columns.push(entry.name);
  }
  return columns;
}
