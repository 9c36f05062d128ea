import type { Span } from "@ofs/platform";
import type { RetrieveQueryView } from "@ofs/proto";
import type { StoreDefinition } from "@ofs/registry";
import type { Fetch } from "./fetch.ts";

/*
 * What a trace tells of a read. Names of the registry and counts: keys are data of people.
 */

/** Says what is asked for, and what the process itself had of it. */
export function describeRead(span: Span, { plan, cells }: Fetch, query: RetrieveQueryView): void {
  let open = 0;
  for (const cell of cells) if (cell === undefined) open += 1;
  span.setAttributes({
    "ofs.entity": plan.entity.label,
    "ofs.keys": query.keyCount,
    "ofs.groups": plan.requestedCount,
    "ofs.process_cache.hits": cells.length - open,
    "ofs.process_cache.misses": open,
  });
}

/** Asking the owners of keys in the peer cache. */
export function startPeerSpan(parent: Span, { plan }: Fetch, keyCount: number): Span {
  return parent.startChild(`peers ${plan.entity.label}`, "client", {
    "ofs.entity": plan.entity.label,
    "ofs.keys": keyCount,
  });
}

/** Asking the distributed cache. */
export function startCacheSpan(parent: Span, { plan }: Fetch, keyCount: number): Span {
  return parent.startChild(`get ${plan.entity.label}`, "client", {
    "db.system.name": "redis",
    "db.operation.name": "get",
    "db.operation.batch.size": keyCount,
    "ofs.entity": plan.entity.label,
  });
}

/** Asking one store, or waiting for a read of another call. */
export function startStoreSpan(
  parent: Span,
  { plan }: Fetch,
  store: StoreDefinition,
  { groups, keys }: { readonly keys: readonly unknown[]; readonly groups: readonly unknown[] },
): Span {
  return parent.startChild(`read ${plan.entity.label}`, "client", {
    "db.system.name": store.dbType,
    "db.operation.name": "read",
    "db.operation.batch.size": keys.length,
    "ofs.entity": plan.entity.label,
    "ofs.groups": groups.length,
    "ofs.store.id": store.id,
    "ofs.store.conf_id": store.confId,
  });
}
