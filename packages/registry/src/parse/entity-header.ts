import type { CacheSettings, Entity, EntityKey } from "../model.ts";
import { NodeFault, type Notes } from "./faults.ts";
import { type Entry, Fields, quote, readEntries } from "./fields.ts";
import { assertIdentifier } from "./identifier.ts";
import { INTEGER_MAX } from "./store-definition.ts";

/** An entity without its groups. */
export type EntityHeader = Pick<
  Entity,
  "label" | "keys" | "keyIndexes" | "processCache" | "distributedCache" | "peerCache"
>;

/** Most key columns of one entity. */
const KEY_COUNT_MAX = 64;

/** Reads all of `entities/<label>` but its groups. @throws {NodeFault} */
export function parseEntityHeader(entry: Entry, fields: Fields, notes: Notes): EntityHeader {
  const label = fields.requiredText("label");
  if (label !== entry.name) {
    const reason = `${quote(label)} is not the entity's name ${quote(entry.name)}`;
    throw fields.fault("label", reason);
  }
  const keys = parseKeys(fields, notes);
  return {
    label,
    keys,
    keyIndexes: new Map(keys.map((key, index) => [key.label, index])),
    processCache: parseCacheSettings(fields, "in-memory-cache", notes),
    distributedCache: parseCacheSettings(fields, "distributed-cache", notes),
    peerCache: parseCacheSettings(fields, "p2p-cache", notes),
  };
}

interface SequencedKey extends EntityKey {
  readonly sequence: number;
  readonly path: string;
}

function parseKeys(fields: Fields, notes: Notes): readonly EntityKey[] {
  const path = fields.pathOf("keys");
  const keys = readEntries(fields.node("keys"), path).map((entry) => parseKey(entry, notes));
  if (keys.length === 0) throw new NodeFault(path, "is missing");
  if (keys.length > KEY_COUNT_MAX) {
    throw new NodeFault(path, `${keys.length} keys are more than ${KEY_COUNT_MAX}`);
  }
  keys.sort((a, b) => a.sequence - b.sequence);
  const labels = new Set<string>();
  const columns = new Set<string>();
  for (const [index, key] of keys.entries()) {
    if (key.sequence !== index) {
      const reason = `key sequences are not 0 to ${keys.length - 1}: found ${key.sequence} in place of ${index}`;
      throw new NodeFault(key.path, reason);
    }
    if (labels.has(key.label) || columns.has(key.columnLabel)) {
      const name = `${quote(key.label)} (column ${quote(key.columnLabel)})`;
      throw new NodeFault(key.path, `${name} shares a name with another key`);
    }
    labels.add(key.label);
    columns.add(key.columnLabel);
  }
  return keys.map(({ label, columnLabel }) => ({ label, columnLabel }));
}

function parseKey(entry: Entry, notes: Notes): SequencedKey {
  if (entry.collidesWith !== undefined) {
    throw new NodeFault(entry.path, `is the same name as ${quote(entry.collidesWith)}`);
  }
  const fields = Fields.read(entry.node, entry.path, notes);
  const columnLabel = fields.requiredText("column-label");
  assertIdentifier(fields.pathOf("column-label"), columnLabel);
  return {
    sequence: fields.requiredInteger("sequence", 0, KEY_COUNT_MAX),
    label: fields.requiredText("entity-label"),
    columnLabel,
    path: fields.pathOf("sequence"),
  };
}

const CACHE_OFF: CacheSettings = {
  isEnabled: false,
  ttlSeconds: 0,
  jitterPercent: 0,
  confId: undefined,
};

/**
 * The other settings count only while the cache is enabled: a disabled one needs none of them. It keeps the cache that it
 * names, for writes clear what was left there.
 */
function parseCacheSettings(fields: Fields, name: string, notes: Notes): CacheSettings {
  const node = fields.node(name);
  if (node === undefined) return CACHE_OFF;
  const cache = Fields.read(node, fields.pathOf(name), notes);
  if (cache.boolean("enabled") !== true) return { ...CACHE_OFF, confId: confIdOfDisabled(cache) };
  return {
    isEnabled: true,
    ttlSeconds: cache.integer("ttl-in-seconds", 0, INTEGER_MAX) ?? 0,
    jitterPercent: cache.integer("jitter-percentage", 0, 100) ?? 0,
    confId: cache.integer("conf-id", 0, INTEGER_MAX),
  };
}

/** Never a fault: undefined if it is no configuration id. */
function confIdOfDisabled(cache: Fields): number | undefined {
  try {
    return cache.integer("conf-id", 0, INTEGER_MAX);
  } catch (error) {
    if (error instanceof NodeFault) return undefined;
    throw error;
  }
}
