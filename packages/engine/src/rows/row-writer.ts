import type { FeatureStoreError } from "@ofs/platform";
import type { JsonValue, ResolvedGroup } from "@ofs/rows";
import type { RowStore, RowUpsert, RowWriteOutcome } from "@ofs/store";
import type { WriteClock } from "../persist/write-clock.ts";
import { schemaError } from "./group-plan.ts";
import type {
  RowDeleteAnswer,
  RowDeleteRequest,
  RowWriteAnswer,
  RowWriteContext,
  RowWriteRequest,
} from "./requests.ts";
import { storeFailure } from "./row-failures.ts";
import { newestOfEqualKeys } from "./row-identity.ts";
import { type RowParts, requireStore, secondsSince } from "./row-parts.ts";
import { startRowSpan } from "./row-spans.ts";
import { bindRow, sizeOfUpsert, type WritePlan } from "./write-plan.ts";

type RowReport = Pick<RowWriteAnswer, "successfulRows" | "failedRows">;

/** Rows that fit, and what becomes of each row that was sent. */
interface BoundRows {
  /** With distinct keys. */
  readonly upserts: readonly RowUpsert[];
  /** By position in the request: index among `upserts`, which rows of equal keys share; -1 for a row that does not fit. */
  readonly places: Int32Array;
}

/** Writes rows: check, bind, merge, write, report. */
export class RowWriter {
  readonly #parts: RowParts;
  readonly #storeTimeoutMs: number;
  readonly #clock: WriteClock;

  constructor(parts: RowParts, storeTimeoutMs: number, clock: WriteClock) {
    this.#parts = parts;
    this.#storeTimeoutMs = storeTimeoutMs;
    this.#clock = clock;
  }

  /** Gives each request the time that its place says, so that the last one wins in whatever order they are written. */
  inOrder(requests: readonly RowWriteRequest[]): RowWriteRequest[] {
    return requests.map((request) => ({
      ...request,
      writeTimeMicros: request.writeTimeMicros ?? this.#clock.next(),
    }));
  }

  async write(request: RowWriteRequest, context: RowWriteContext): Promise<RowWriteAnswer> {
    const { names } = request;
    const { group, successfulRows, failedRows } = await this.#carryOut(request, context, "write");
    const { name, version } = group.metadata;
    return {
      featureGroupName: name,
      featureGroupVersion: version,
      featureColumns: names,
      successfulRows,
      failedRows,
    };
  }

  async delete(request: RowDeleteRequest, context: RowWriteContext): Promise<RowDeleteAnswer> {
    const { keyNames, keys } = request;
    const rows = { ...request, names: keyNames, values: keys };
    const { group, successfulRows, failedRows } = await this.#carryOut(rows, context, "delete");
    const { name, version } = group.metadata;
    return {
      featureGroupName: name,
      featureGroupVersion: version,
      keyNames,
      successfulKeys: successfulRows,
      failedKeys: failedRows,
    };
  }

  async #carryOut(
    request: RowWriteRequest,
    context: RowWriteContext,
    action: "write" | "delete",
  ): Promise<RowReport & { readonly group: ResolvedGroup }> {
    const startedMs = performance.now();
    const { groups, plans, metrics } = this.#parts;
    const { names, values } = request;
    const times = request.writeTimeMicros ?? this.#clock.next();
    const located = groups.locate(request);
    const { catalog, group } = located instanceof Promise ? await located : located;
    const plan = plans.writePlan(catalog, group, request, names);
    if (action === "delete") assertKeysOnly(plan);
    assertRowLengths(names, values);
    const stores = this.#storesOf(plan, context);
    const bound = bindRows(plan, values, times, stores);
    const outcomes = await this.#writeTo(stores, plan, bound.upserts, context, action);
    const { successfulRows, failedRows } = report(values, bound.places, outcomes);

    const series = metrics.seriesOf(action, group.metadata);
    series.success.add(successfulRows.length);
    series.failed.add(failedRows.length);
    for (const upsert of bound.upserts) series.rowSize.observe(sizeOfUpsert(upsert));
    assertSomeTaken(plan, outcomes, action);
    series.latency.observe(secondsSince(startedMs));
    return { group, successfulRows, failedRows };
  }

  /** The write tenant's store, and the read tenant's if it is to be written, too. */
  #storesOf({ group }: WritePlan, { isReplicated }: RowWriteContext): RowStore[] {
    const { read, write } = group.metadata.tenant;
    const { stores } = this.#parts;
    const tenants = isReplicated && read !== write ? [write, read] : [write];
    return tenants.map((tenant) => requireStore(stores, tenant));
  }

  /** @returns one outcome a row: the first store's that did not take it */
  async #writeTo(
    stores: readonly RowStore[],
    { group, columns }: WritePlan,
    rows: readonly RowUpsert[],
    context: RowWriteContext,
    action: "write" | "delete",
  ): Promise<readonly RowWriteOutcome[]> {
    if (rows.length === 0) return [];
    const deadlineMs = Math.min(context.deadlineMs, this.#parts.now() + this.#storeTimeoutMs);
    const isDelete = action === "delete";
    const write = {
      table: group.table,
      columns: isDelete ? group.ownColumns : columns,
      rows,
      isDelete,
      deadlineMs,
      signal: context.signal,
    };
    const span =
      context.span &&
      startRowSpan(context.span, "write", group, group.metadata.tenant.write, rows.length);
    const [first = [], ...others] = await Promise.all(stores.map((store) => store.write(write)));
    span?.end(first.find((outcome) => outcome !== undefined));
    if (others.length === 0) return first;
    return first.map(
      (outcome, index) => outcome ?? others.find((other) => other[index] !== undefined)?.[index],
    );
  }
}

/** @throws {RowError} FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION */
function assertKeysOnly({ columns, group }: WritePlan): void {
  const [first] = columns;
  if (first === undefined) return;
  throw schemaError(
    `a delete names the primary keys alone, and not ${first.name} of table ${group.table.name}`,
  );
}

function assertRowLengths(
  names: readonly string[],
  values: readonly (readonly JsonValue[])[],
): void {
  const index = values.findIndex((row) => row.length !== names.length);
  if (index < 0) return;
  throw schemaError(`row ${index} has ${values[index]?.length} values for ${names.length} names`);
}

function bindRows(
  plan: WritePlan,
  values: readonly (readonly JsonValue[])[],
  times: number | readonly number[],
  stores: readonly RowStore[],
): BoundRows {
  const { table } = plan.group;
  const places = new Int32Array(values.length).fill(-1);
  const upserts: RowUpsert[] = [];
  for (let index = 0; index < values.length; index++) {
    const timeMicros = typeof times === "number" ? times : (times[index] as number);
    const upsert = bindRow(plan, values[index] as readonly JsonValue[], timeMicros);
    if (upsert === undefined) continue;
    if (stores.some((store) => store.refuseKey(table, upsert.key) !== undefined)) continue;
    places[index] = upserts.length;
    upserts.push(upsert);
  }
  if (upserts.length < 2) return { upserts, places };
  return mergeEqual(plan, upserts, places);
}

function mergeEqual(
  { group }: WritePlan,
  upserts: readonly RowUpsert[],
  places: Int32Array,
): BoundRows {
  const newest = newestOfEqualKeys(
    group.table.keys.map(({ type }) => type),
    upserts,
  );
  const kept: RowUpsert[] = [];
  const newPlaces = new Int32Array(upserts.length);
  for (let index = 0; index < upserts.length; index++) {
    if (newest[index] !== index) continue;
    newPlaces[index] = kept.length;
    kept.push(upserts[index] as RowUpsert);
  }
  if (kept.length === upserts.length) return { upserts, places };
  const merged = places.map((place) =>
    place < 0 ? -1 : (newPlaces[newest[place] as number] as number),
  );
  return { upserts: kept, places: merged };
}

function report(
  values: readonly (readonly JsonValue[])[],
  places: Int32Array,
  outcomes: readonly RowWriteOutcome[],
): RowReport {
  const successfulRows: (readonly JsonValue[])[] = [];
  const failedRows: (readonly JsonValue[])[] = [];
  for (let index = 0; index < values.length; index++) {
    const place = places[index] as number;
    const isWritten = place >= 0 && outcomes[place] === undefined;
    (isWritten ? successfulRows : failedRows).push(values[index] as readonly JsonValue[]);
  }
  return { successfulRows, failedRows };
}

/** @throws {RowStoreError} if there were rows and not one was taken */
function assertSomeTaken(
  { group }: WritePlan,
  outcomes: readonly RowWriteOutcome[],
  action: "write" | "delete",
): void {
  const failures = outcomes.filter(
    (outcome): outcome is FeatureStoreError => outcome !== undefined,
  );
  if (failures.length === 0 || failures.length < outcomes.length) return;
  const { name, version } = group.metadata;
  throw storeFailure(
    failures,
    ({ message }) =>
      `feature group ${name} ${version}: none of ${outcomes.length} rows was ${action === "write" ? "written" : "deleted"}: ${message}`,
  );
}
