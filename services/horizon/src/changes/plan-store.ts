import { NodeFault, quote } from "@ofs/registry";
import { columnNumber } from "./columns.ts";
import { readText } from "./group-view.ts";
import { COLUMN_SIZE_BYTES, INTEGER_MAX, ROW_SIZE_BYTES_MAX } from "./limits.ts";
import type { PlanContext, Planned, TableNeed } from "./model.ts";
import type { Payloads } from "./payloads.ts";
import { Problems } from "./problems.ts";
import { hasTables, type RegistryView, readStore, type StoreView } from "./registry-view.ts";
import { finishPlan, type PlanTree, Writes } from "./writes.ts";

/** A new store: the next id, its table with no columns but the keys. */
export function planStore(
  payload: Payloads["store"],
  tree: PlanTree,
  view: RegistryView,
  context: PlanContext,
): Planned {
  const problems = new Problems();
  checkConnection(payload, context, problems);
  checkTable(payload, view, problems);
  checkPrimaryKeys(payload, problems);
  const id = nextStoreId(view);
  if (id > INTEGER_MAX) problems.conflict("", `store id ${id} is more than ${INTEGER_MAX}`);
  const path = `storage/stores/${id}`;
  const writes = new Writes(tree);
  writes.put(path, formatStore(payload));
  const tables = hasTables(payload["db-type"]) ? [tableOfNewStore(String(id), payload)] : [];
  const outcome = { storeId: String(id), table: payload.table };
  return finishPlan(tree, writes, { tables, outcome, absent: [path] }, problems);
}

/** Whether a store is as the request asks: its table is of no other one. */
export function isStoreCarriedOut(payload: Payloads["store"], view: RegistryView): boolean {
  return [...view.stores.values()].some((entry) => {
    const store = readStore(entry);
    return !(store instanceof NodeFault) && isAsAsked(store, payload);
  });
}

function isAsAsked(store: StoreView, payload: Payloads["store"]): boolean {
  return (
    store.table === payload.table &&
    store.dbType === payload["db-type"] &&
    store.confId === payload["conf-id"] &&
    store.tableTtlSeconds === payload["table-ttl"] &&
    store.primaryKeys.join(",") === payload["primary-keys"].join(",")
  );
}

function checkConnection(
  payload: Payloads["store"],
  context: PlanContext,
  problems: Problems,
): void {
  const { "conf-id": confId, "db-type": dbType } = payload;
  const configured = context.storeConfigs.get(confId);
  if (configured === undefined) {
    const known = [...context.storeConfigs].map(([id, type]) => `${id} (${type})`).join(", ");
    problems.missing("conf-id", `${confId} is not configured: there is ${known || "none"}`);
  } else if (configured !== dbType) {
    problems.invalid("db-type", `${quote(dbType)} is not ${configured}, as conf-id ${confId} is`);
  }
}

function checkTable(payload: Payloads["store"], view: RegistryView, problems: Problems): void {
  const { table, "db-type": dbType } = payload;
  if (table === "") {
    if (hasTables(dbType)) problems.invalid("table", '"" is empty: a store needs a table');
    return;
  }
  for (const [id, entry] of view.stores) {
    // Databases do not tell names apart by case. A store that is faulty otherwise has its table, too.
    if (readText(entry, "table")?.toLowerCase() !== table.toLowerCase()) continue;
    problems.conflict("table", `${quote(table)} is the table of store ${id} already`);
  }
}

function checkPrimaryKeys(payload: Payloads["store"], problems: Problems): void {
  const { "primary-keys": keys, "db-type": dbType } = payload;
  if (keys.length === 0 && hasTables(dbType)) {
    problems.invalid("primary-keys", "a list of 0: a table needs at least one key column");
  }
  const seen = new Set<string>();
  for (const [index, key] of keys.entries()) {
    const folded = key.toLowerCase();
    if (seen.has(folded)) problems.invalid(`primary-keys.${index}`, `${quote(key)} is there twice`);
    seen.add(folded);
    if (columnNumber(key) !== undefined) {
      problems.invalid(`primary-keys.${index}`, `${quote(key)} is a name of columns for blocks`);
    }
  }
}

function nextStoreId(view: RegistryView): number {
  let highest = 0;
  for (const id of view.stores.keys())
    if (/^\d{1,10}$/.test(id)) highest = Math.max(highest, Number(id));
  return highest + 1;
}

function formatStore(payload: Payloads["store"]): string {
  return JSON.stringify({
    "conf-id": payload["conf-id"],
    "db-type": payload["db-type"],
    "max-column-size-in-bytes": COLUMN_SIZE_BYTES,
    "max-row-size-in-bytes": ROW_SIZE_BYTES_MAX,
    "primary-keys": payload["primary-keys"],
    table: payload.table,
    "table-ttl": payload["table-ttl"],
  });
}

function tableOfNewStore(storeId: string, payload: Payloads["store"]): TableNeed {
  return {
    storeId,
    dbType: payload["db-type"],
    confId: payload["conf-id"],
    table: payload.table,
    primaryKeys: payload["primary-keys"],
    tableTtlSeconds: payload["table-ttl"],
    columns: [],
    // With the same keys only, as every time: an attempt that was interrupted may have made it.
    mayExist: true,
  };
}
