import { type Expression, type Kysely, type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import type { ChangeKind } from "../../changes/model.ts";
import {
  containsPattern,
  formatDateTime,
  LIKE_ESCAPE,
  requireInteger,
  requireText,
} from "../fields.ts";
import type { ChangeRequest, RequestFilter } from "../ports.ts";
import type { RequestTable, Tables } from "../schema.ts";
import { kindOf, PLACES, type RequestTableName } from "./places.ts";
import { columnsOf, searchedColumns, tableOf, typedTable } from "./request-queries.ts";
import { toRequest } from "./request-rows.ts";

const PAGE_LENGTH_MAX = 10_000;
/** Ids in one statement. */
const BATCH_LENGTH = 500;

type RequestQuery = SelectQueryBuilder<Tables & { features: RequestTable }, "features", object>;

/** Which row, and what its place in a list follows from. */
interface Entry {
  readonly table: RequestTableName;
  readonly request_id: number;
  readonly created_at: string | null;
  readonly created_at_ms: number | null;
}

/**
 * Newest first; of the same moment, the higher id.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT for an offset, limit or search that is out of range
 */
export async function pageOf(
  db: Kysely<Tables>,
  filter: RequestFilter,
): Promise<{ requests: ChangeRequest[]; total: number }> {
  const offset = requireInteger("offset", filter.offset ?? 0, 0, Number.MAX_SAFE_INTEGER);
  const { limit } = filter;
  if (limit !== undefined) requireInteger("limit", limit, 1, PAGE_LENGTH_MAX);
  if (filter.search !== undefined) requireText("search", filter.search);
  const tables = tablesOf(filter.kinds);
  let total = 0;
  for (const [, kinds] of tables) total += await countRows(filtered(db, kinds, filter));
  const entries = await findEntries(db, filter, limit === undefined ? undefined : offset + limit);
  const page = entries.slice(offset, limit === undefined ? undefined : offset + limit);
  return { requests: await loadRequests(db, page), total };
}

/** @param count how many of the newest; all if undefined */
async function findEntries(
  db: Kysely<Tables>,
  filter: RequestFilter,
  count: number | undefined,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const [table, kinds] of tablesOf(filter.kinds)) {
    let query = filtered(db, kinds, filter)
      .select(["request_id", "created_at", "created_at_ms"])
      .orderBy("created_at", "desc")
      .orderBy("created_at_ms", "desc")
      .orderBy("request_id", "desc");
    if (count !== undefined) query = query.limit(count);
    const rows = await query.execute();
    for (const row of rows) entries.push({ table, ...row });
  }
  return entries.sort(newestFirst);
}

function newestFirst(a: Entry, b: Entry): number {
  return (
    (b.created_at ?? "").localeCompare(a.created_at ?? "") ||
    (b.created_at_ms ?? 0) - (a.created_at_ms ?? 0) ||
    b.request_id - a.request_id ||
    a.table.localeCompare(b.table)
  );
}

async function loadRequests(
  db: Kysely<Tables>,
  entries: readonly Entry[],
): Promise<ChangeRequest[]> {
  const found = new Map<string, ChangeRequest>();
  for (const [table, ofTable] of grouped(entries, (entry) => entry.table)) {
    for (let start = 0; start < ofTable.length; start += BATCH_LENGTH) {
      const batch = ofTable.slice(start, start + BATCH_LENGTH);
      for (const request of await loadBatch(db, table, batch)) {
        found.set(`${table} ${request.id}`, request);
      }
    }
  }
  return entries.flatMap(({ table, request_id: id }) => found.get(`${table} ${id}`) ?? []);
}

async function loadBatch(
  db: Kysely<Tables>,
  table: RequestTableName,
  entries: readonly Entry[],
): Promise<ChangeRequest[]> {
  const kind = (Object.keys(PLACES) as ChangeKind[]).find((each) => PLACES[each].table === table);
  if (kind === undefined) throw new Error(`no kind is kept in ${table}`);
  const rows = await db
    .selectFrom(typedTable(table))
    .select(columnsOf(kind))
    .where(
      "request_id",
      "in",
      entries.map(({ request_id: id }) => id),
    )
    .execute();
  return rows.flatMap((row) => {
    const rowKind = kindOf(table, row.request_type);
    return rowKind === undefined ? [] : [toRequest(rowKind, row)];
  });
}

/** In APPLYING, and last changed before then. */
export async function stuckRequests(
  db: Kysely<Tables>,
  beforeMs: number,
): Promise<ChangeRequest[]> {
  const kinds = Object.keys(PLACES) as ChangeKind[];
  const before = formatDateTime(beforeMs);
  const requests: ChangeRequest[] = [];
  for (const [table, ofTable] of tablesOf(kinds)) {
    const rows = await filtered(db, ofTable, { kinds: ofTable, statuses: ["APPLYING"] })
      .where((eb) =>
        eb.or([
          eb("updated_at_ms", "<", beforeMs),
          // Of a row that other software wrote, only the second is known.
          eb.and([eb("updated_at_ms", "is", null), eb("updated_at", "<", before)]),
        ]),
      )
      .select(["request_id", "created_at", "created_at_ms"])
      .execute();
    requests.push(
      ...(await loadRequests(
        db,
        rows.map((row) => ({ table, ...row })),
      )),
    );
  }
  return requests;
}

/** Kinds by the table that holds them. */
function tablesOf(kinds: readonly ChangeKind[]): Map<RequestTableName, ChangeKind[]> {
  return grouped(new Set(kinds), (kind) => PLACES[kind].table);
}

function grouped<K, T>(items: Iterable<T>, keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

async function countRows(query: RequestQuery): Promise<number> {
  const row = await query.select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirst();
  return Number(row?.count ?? 0);
}

/** @param kinds of one table */
function filtered(
  db: Kysely<Tables>,
  kinds: readonly ChangeKind[],
  { createdBy, statuses, search }: RequestFilter,
): RequestQuery {
  const kind = kinds[0] as ChangeKind;
  let query = db.selectFrom(tableOf(kind)) as RequestQuery;
  const types = kinds.flatMap((each) => PLACES[each].type ?? []);
  if (types.length > 0) query = query.where("request_type", "in", types);
  if (createdBy !== undefined) query = query.where("created_by", "=", createdBy);
  // No row has an empty status: it keeps an empty list from being bad SQL.
  if (statuses !== undefined) query = query.where("status", "in", [...statuses, ""]);
  if (search !== undefined) query = query.where(({ or }) => or(matches(kind, search)));
  return query;
}

function matches(kind: ChangeKind, search: string): Expression<SqlBool>[] {
  const pattern = containsPattern(search);
  return searchedColumns(kind).map(
    (column) => sql<SqlBool>`${sql.ref(column)} like ${pattern} escape ${sql.lit(LIKE_ESCAPE)}`,
  );
}
