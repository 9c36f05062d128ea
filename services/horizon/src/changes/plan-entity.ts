import { attempt, type Entry, Fields, foldName, NodeFault, quote } from "@ofs/registry";
import { columnNumber } from "./columns.ts";
import { INTEGER_MAX } from "./limits.ts";
import type { PlanContext, Planned } from "./model.ts";
import type { CachePayload, Payloads } from "./payloads.ts";
import { asTaken, Problems } from "./problems.ts";
import { findFolded, type RegistryView, readKeys } from "./registry-view.ts";
import { finishPlan, type PlanTree, refuse, Writes } from "./writes.ts";

const CACHE_NAMES = ["distributed-cache", "in-memory-cache"] as const;
type CacheName = (typeof CACHE_NAMES)[number];

/** A new entity: keys and caches. */
export function planEntity(
  payload: Payloads["entity"],
  tree: PlanTree,
  view: RegistryView,
  context: PlanContext,
): Planned {
  const problems = new Problems();
  const label = payload["entity-label"];
  const taken = findFolded(view.entities.keys(), label);
  if (taken !== undefined) {
    problems.conflict(
      "entity-label",
      `entity ${quote(label)} is there already${asTaken(label, taken)}`,
    );
  }
  checkKeys(payload["key-map"], problems);
  const path = `entities/${label}`;
  const writes = new Writes(tree);
  writes.put(`${path}/label`, label);
  for (const [name, key] of Object.entries(payload["key-map"])) {
    writes.put(`${path}/keys/${name}/sequence`, String(key.sequence));
    writes.put(`${path}/keys/${name}/entity-label`, key["entity-label"]);
    writes.put(`${path}/keys/${name}/column-label`, key["column-label"]);
  }
  for (const name of CACHE_NAMES) {
    const cache = payload[name];
    putCache(writes, `${path}/${name}`, cache);
    const confId = chooseConfId(cache, name, context, problems);
    writes.put(`${path}/${name}/conf-id`, String(confId));
  }
  return finishPlan(tree, writes, { outcome: { entityLabel: label }, absent: [path] }, problems);
}

/** Whether the entity is there with these keys and caches, and none besides. */
export function isEntityCarriedOut(payload: Payloads["entity"], view: RegistryView): boolean {
  const entry = view.entities.get(payload["entity-label"]);
  if (entry === undefined) return false;
  const keys = readKeys(entry);
  if (keys instanceof NodeFault) return false;
  const asked = Object.entries(payload["key-map"]);
  const hasKeys =
    keys.length === asked.length &&
    asked.every(([name, wanted]) =>
      keys.some(
        (key) =>
          key.name === name &&
          key.sequence === wanted.sequence &&
          key.label === wanted["entity-label"] &&
          key.columnLabel === wanted["column-label"],
      ),
    );
  return hasKeys && CACHE_NAMES.every((name) => hasCache(entry, name, payload[name], true));
}

/** Changes of caches. Which cache an entity uses is kept. */
export function planEntityEdit(
  payload: Payloads["entity-edit"],
  tree: PlanTree,
  view: RegistryView,
  context: PlanContext,
): Planned {
  const problems = new Problems();
  const label = payload["entity-label"];
  const entry = view.entities.get(label);
  if (entry === undefined) {
    problems.missing("entity-label", `entity ${quote(label)} is not there`);
    return refuse(problems);
  }
  const writes = new Writes(tree);
  for (const name of CACHE_NAMES) {
    const cache = payload[name];
    if (cache === undefined) continue;
    putCache(writes, `${entry.path}/${name}`, cache);
    if (readConfId(entry, name) !== undefined) continue;
    const confId = chooseConfId(cache, name, context, problems);
    writes.put(`${entry.path}/${name}/conf-id`, String(confId));
  }
  const unchanged = [`${entry.path}/label`];
  return finishPlan(tree, writes, { outcome: { entityLabel: label }, unchanged }, problems);
}

/** Whether the caches that the edit names are as asked. */
export function isEntityEditCarriedOut(
  payload: Payloads["entity-edit"],
  view: RegistryView,
): boolean {
  const entry = view.entities.get(payload["entity-label"]);
  if (entry === undefined) return false;
  return CACHE_NAMES.every((name) => {
    const cache = payload[name];
    return cache === undefined || hasCache(entry, name, cache, false);
  });
}

function checkKeys(keyMap: Payloads["entity"]["key-map"], problems: Problems): void {
  const keys = Object.entries(keyMap);
  const names = new Set<string>();
  const sequences = new Set<number>();
  const labels = new Set<string>();
  const columns = new Set<string>();
  for (const [name, key] of keys) {
    const field = `key-map.${name}`;
    const { sequence, "entity-label": label, "column-label": column } = key;
    if (!addNew(names, foldName(name))) {
      problems.invalid(field, `${quote(name)} is the same name as another key`);
    }
    if (!addNew(sequences, sequence)) {
      problems.invalid(`${field}.sequence`, `${sequence} is the sequence of another key`);
    } else if (sequence >= keys.length) {
      const reason = `${sequence} is not from 0 to ${keys.length - 1}, as sequences of ${keys.length} keys are`;
      problems.invalid(`${field}.sequence`, reason);
    }
    if (!addNew(labels, foldName(label))) {
      problems.invalid(`${field}.entity-label`, `${quote(label)} is the label of another key`);
    }
    if (!addNew(columns, column.toLowerCase())) {
      problems.invalid(`${field}.column-label`, `${quote(column)} is the column of another key`);
    }
    if (columnNumber(column) !== undefined) {
      problems.invalid(`${field}.column-label`, `${quote(column)} is a name of columns for blocks`);
    }
  }
}

/** @returns whether it was not there */
function addNew<T>(set: Set<T>, item: T): boolean {
  if (set.has(item)) return false;
  set.add(item);
  return true;
}

function putCache(writes: Writes, path: string, cache: CachePayload): void {
  writes.put(`${path}/enabled`, String(cache.enabled));
  writes.put(`${path}/ttl-in-seconds`, String(cache["ttl-in-seconds"]));
  writes.put(`${path}/jitter-percentage`, String(cache["jitter-percentage"]));
}

/** Also of a cache that is off: older readers want one of the configured there. */
function chooseConfId(
  cache: CachePayload,
  name: CacheName,
  context: PlanContext,
  problems: Problems,
): number {
  const configured =
    name === "distributed-cache" ? context.distributedCacheConfIds : context.processCacheConfIds;
  const { "conf-id": asked, enabled } = cache;
  if (configured.includes(asked)) return asked;
  const [first] = configured;
  if (asked === 0 && (!enabled || configured.length === 1)) return first ?? 0;
  const known = configured.length === 0 ? "none" : configured.join(", ");
  problems.missing(`${name}.conf-id`, `${asked} is not a configured cache: there is ${known}`);
  return asked;
}

function readConfId(entity: Entry, name: CacheName): number | undefined {
  return readCache(entity, name)?.confId;
}

interface CacheView {
  readonly enabled: boolean | undefined;
  readonly ttlSeconds: number | undefined;
  readonly jitterPercent: number | undefined;
  readonly confId: number | undefined;
}

/** @returns undefined where it is missing or cannot be read */
function readCache(entity: Entry, name: CacheName): CacheView | undefined {
  const cache = attempt(() => {
    const fields = Fields.read(entity.node, entity.path, []);
    const node = fields.node(name);
    if (node === undefined) return undefined;
    const settings = Fields.read(node, fields.pathOf(name), []);
    return {
      enabled: settings.boolean("enabled"),
      ttlSeconds: settings.integer("ttl-in-seconds", 0, INTEGER_MAX),
      jitterPercent: settings.integer("jitter-percentage", 0, 100),
      confId: settings.integer("conf-id", 0, INTEGER_MAX),
    };
  });
  return cache instanceof NodeFault ? undefined : cache;
}

function hasCache(
  entity: Entry,
  name: CacheName,
  asked: CachePayload,
  isConfIdAsked: boolean,
): boolean {
  const cache = readCache(entity, name);
  return (
    cache !== undefined &&
    cache.enabled === asked.enabled &&
    cache.ttlSeconds === asked["ttl-in-seconds"] &&
    cache.jitterPercent === asked["jitter-percentage"] &&
    (!isConfIdAsked || asked["conf-id"] === 0 || cache.confId === asked["conf-id"])
  );
}
