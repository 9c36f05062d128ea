import { FeatureStoreError } from "@ofs/platform";
import type { CellBytes, JsonValue } from "@ofs/rows";
import type { RowReadOutcome, RowStore } from "@ofs/store";
import { schemaError } from "./group-plan.ts";
import { bindKey, decodeCells, hasValues, type ReadPlan, sizeOfCells } from "./read-plan.ts";
import type { FoundRow, RowCallContext, RowReadAnswer, RowReadRequest } from "./requests.ts";
import { storeFailure } from "./row-failures.ts";
import type { GroupSeries } from "./row-metrics.ts";
import { type RowParts, requireStore, secondsSince } from "./row-parts.ts";
import { startRowSpan } from "./row-spans.ts";

type Key = readonly JsonValue[];

/** Reads rows by their keys. */
export class RowReader {
  readonly #parts: RowParts;
  readonly #storeTimeoutMs: number;

  constructor(parts: RowParts, storeTimeoutMs: number) {
    this.#parts = parts;
    this.#storeTimeoutMs = storeTimeoutMs;
  }

  async read(request: RowReadRequest, context: RowCallContext): Promise<RowReadAnswer> {
    const startedMs = performance.now();
    const { groups, plans, stores, metrics, now } = this.#parts;
    const { columns, keyNames, keys } = request;
    const located = groups.locate(request);
    const { catalog, group } = located instanceof Promise ? await located : located;
    const plan = plans.readPlan(catalog, group, request, columns, keyNames);
    assertKeyLengths(keyNames, keys);
    const store = requireStore(stores, group.metadata.tenant.read);
    const { bound, sent, failed } = bindKeys(plan, keys, store);
    const series = metrics.seriesOf("read", group.metadata);
    let outcomes: readonly RowReadOutcome[] = [];
    if (bound.length > 0) {
      const deadlineMs = Math.min(context.deadlineMs, now() + this.#storeTimeoutMs);
      const { signal } = context;
      const asked = { table: group.table, columns: plan.columns, keys: bound, deadlineMs, signal };
      const span =
        context.span &&
        startRowSpan(context.span, "read", group, group.metadata.tenant.read, bound.length);
      outcomes = await store.read(asked);
      span?.end(outcomes.find((outcome) => outcome instanceof FeatureStoreError));
    }
    const successfulKeys = collect(plan, sent, outcomes, failed, series);
    series.success.add(successfulKeys.length);
    series.failed.add(failed.length);
    series.latency.observe(secondsSince(startedMs));
    const { name, version } = group.metadata;
    return {
      featureGroupName: name,
      featureGroupVersion: version,
      successfulKeys,
      failedKeys: failed,
    };
  }
}

/** Keys for the store and the same as sent; and those that are no keys of the table. */
interface BoundKeys {
  readonly bound: CellBytes[][];
  readonly sent: Key[];
  readonly failed: Key[];
}

function bindKeys(plan: ReadPlan, keys: readonly Key[], store: RowStore): BoundKeys {
  const all: BoundKeys = { bound: [], sent: [], failed: [] };
  for (const key of keys) {
    const bound = bindKey(plan, key);
    if (bound === undefined || store.refuseKey(plan.group.table, bound) !== undefined) {
      all.failed.push(key);
    } else {
      all.bound.push(bound);
      all.sent.push(key);
    }
  }
  return all;
}

/**
 * @param failed gets the keys without a row
 * @returns the rows found
 * @throws {RowStoreError} if the store failed on any of them
 */
function collect(
  plan: ReadPlan,
  sent: readonly Key[],
  outcomes: readonly RowReadOutcome[],
  failed: Key[],
  series: GroupSeries,
): FoundRow[] {
  const found: FoundRow[] = [];
  const failures: FeatureStoreError[] = [];
  for (let index = 0; index < outcomes.length; index++) {
    const cells = outcomes[index];
    const key = sent[index] as Key;
    if (cells instanceof FeatureStoreError) {
      failures.push(cells);
    } else if (cells === undefined || !hasValues(plan, cells)) {
      failed.push(key);
    } else {
      found.push({ key, features: decodeCells(plan, cells) });
      series.rowSize.observe(sizeOfCells(cells));
    }
  }
  if (failures.length === 0) return found;
  series.failed.add(outcomes.length);
  const { name, version } = plan.group.metadata;
  throw storeFailure(
    failures,
    ({ message }) =>
      `feature group ${name} ${version}: ${failures.length} of ${outcomes.length} keys could not be read: ${message}`,
  );
}

function assertKeyLengths(names: readonly string[], keys: readonly Key[]): void {
  const index = keys.findIndex((key) => key.length !== names.length);
  if (index < 0) return;
  throw schemaError(`key ${index} has ${keys[index]?.length} values for ${names.length} names`);
}
