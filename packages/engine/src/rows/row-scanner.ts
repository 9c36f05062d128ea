import { FeatureStoreError } from "@ofs/platform";
import type { RowCells } from "@ofs/store";
import { schemaError } from "./group-plan.ts";
import { bindKey, decodeCells, hasValues, type ReadPlan, sizeOfCells } from "./read-plan.ts";
import type { RowCallContext, RowScanAnswer, RowScanRequest } from "./requests.ts";
import { RowStoreError } from "./row-failures.ts";
import type { GroupSeries } from "./row-metrics.ts";
import { type RowParts, requireStore, secondsSince } from "./row-parts.ts";
import { startRowSpan } from "./row-spans.ts";

/** Rows that are read from the store at once. */
const PAGE_SIZE = 500;

type Page = readonly RowCells[];

/** Reads all rows of a partition, or of a part of it, page by page. */
export class RowScanner {
  readonly #parts: RowParts;
  readonly #timeoutMs: number;

  constructor(parts: RowParts, timeoutMs: number) {
    this.#parts = parts;
    this.#timeoutMs = timeoutMs;
  }

  async scan(request: RowScanRequest, context: RowCallContext): Promise<RowScanAnswer> {
    const startedMs = performance.now();
    const { groups, plans, stores, metrics, now } = this.#parts;
    const { columns, keyNames, key } = request;
    const located = groups.locate(request);
    const { catalog, group } = located instanceof Promise ? await located : located;
    const plan = plans.readPlan(catalog, group, request, columns, keyNames);
    if (key.length !== keyNames.length) {
      throw schemaError(`the key has ${key.length} values for ${keyNames.length} names`);
    }
    const { name, version, tenant } = group.metadata;
    const store = requireStore(stores, tenant.read);
    const series = metrics.seriesOf("partition_read", group.metadata);
    const head = { featureGroupName: name, featureGroupVersion: version };
    const keyPrefix = bindKey(plan, key);
    if (keyPrefix === undefined || store.refuseKey(group.table, keyPrefix) !== undefined) {
      series.failed.add(1);
      return { ...head, pages: noPages() };
    }
    const pages = store.scan({
      table: group.table,
      columns: plan.columns,
      keyPrefix,
      pageSize: PAGE_SIZE,
      deadlineMs: Math.min(context.deadlineMs, now() + this.#timeoutMs),
      signal: context.signal,
    });
    const rest = pages[Symbol.asyncIterator]();
    const measured = new MeasuredScan(plan, series, startedMs);
    const span = context.span && startRowSpan(context.span, "scan", group, tenant.read, 1);
    let first: Page | undefined;
    let failure: unknown;
    try {
      first = await measured.next(rest);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      span?.end(failure);
    }
    return { ...head, pages: measured.pages(first, rest) };
  }
}

async function* noPages(): AsyncGenerator<readonly string[]> {
  // There is no such partition.
}

/** One scan under way. */
class MeasuredScan {
  readonly #plan: ReadPlan;
  readonly #series: GroupSeries;
  readonly #startedMs: number;

  constructor(plan: ReadPlan, series: GroupSeries, startedMs: number) {
    this.#plan = plan;
    this.#series = series;
    this.#startedMs = startedMs;
  }

  /** @throws {RowStoreError} */
  async next(pages: AsyncIterator<Page>): Promise<Page | undefined> {
    try {
      const { done, value } = await pages.next();
      return done === true ? undefined : value;
    } catch (error) {
      this.#series.failed.add(1);
      if (!(error instanceof FeatureStoreError)) throw error;
      const { name, version } = this.#plan.group.metadata;
      const text = `feature group ${name} ${version}: the partition could not be read: ${error.message}`;
      throw new RowStoreError(error.code, text, { cause: error });
    }
  }

  async *pages(
    first: Page | undefined,
    rest: AsyncIterator<Page>,
  ): AsyncGenerator<readonly string[]> {
    try {
      for (let page = first; page !== undefined; page = await this.next(rest)) {
        yield this.#textsOf(page);
      }
      this.#series.success.add(1);
      this.#series.latency.observe(secondsSince(this.#startedMs));
    } finally {
      // A reader that leaves early leaves the store's scan, too.
      await rest.return?.();
    }
  }

  #textsOf(page: Page): string[] {
    const texts: string[] = [];
    for (const cells of page) {
      if (!hasValues(this.#plan, cells)) continue;
      this.#series.rowSize.observe(sizeOfCells(cells));
      texts.push(`[${decodeCells(this.#plan, cells).join(",")}]`);
    }
    return texts;
  }
}
