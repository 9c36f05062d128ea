import { type Logger, mapBounded, type Span, toWireStatus, traceFields } from "@ofs/platform";
import { RowError } from "@ofs/rows";
import type { Registry as MetricsRegistry } from "prom-client";
import { WriteClock } from "../persist/write-clock.ts";
import { Groups, type RowRegistryView } from "./groups.ts";
import type {
  BatchOutcome,
  RowCallContext,
  RowDeleteAnswer,
  RowDeleteRequest,
  RowReadAnswer,
  RowReadRequest,
  RowScanAnswer,
  RowScanRequest,
  RowWriteAnswer,
  RowWriteContext,
  RowWriteRequest,
} from "./requests.ts";
import { RowMetrics } from "./row-metrics.ts";
import { RowPlans } from "./row-plans.ts";
import { RowReader } from "./row-reader.ts";
import { RowScanner } from "./row-scanner.ts";
import type { RowStores } from "./row-stores.ts";
import { RowWriter } from "./row-writer.ts";

/** Shapes of reads, and of writes, whose plan is kept. */
const MAX_PLANS = 1_000;

/** Batches of one request that are worked on at once. */
const MAX_PARALLEL_BATCHES = 16;

export interface RowEngineOptions {
  readonly registry: RowRegistryView;
  readonly stores: RowStores;
  /** For a store to read or write what one request, or one batch of it, asks. */
  readonly storeTimeoutMs: number;
  /** For a whole partition to be read. */
  readonly scanTimeoutMs: number;
  /** Unix milliseconds. */
  now(): number;
  readonly metrics: MetricsRegistry;
  readonly log: Logger;
}

/** Reading and writing rows of typed columns. Requests are checked in the order that the published API has. */
export class RowEngine {
  readonly #log: Logger;
  readonly #clock: WriteClock;
  readonly #writer: RowWriter;
  readonly #reader: RowReader;
  readonly #scanner: RowScanner;

  constructor(options: RowEngineOptions) {
    const { registry, stores, metrics, log } = options;
    this.#log = log;
    const parts = {
      groups: new Groups(registry),
      plans: new RowPlans(MAX_PLANS),
      stores,
      metrics: new RowMetrics(metrics),
      now: () => options.now(),
    };
    this.#clock = new WriteClock(
      () => options.now(),
      () => performance.now(),
    );
    this.#writer = new RowWriter(parts, options.storeTimeoutMs, this.#clock);
    this.#reader = new RowReader(parts, options.storeTimeoutMs);
    this.#scanner = new RowScanner(parts, options.scanTimeoutMs);
  }

  /**
   * Writes rows column by column: what is not among the names keeps its value. Rows with equal keys become one: the newest
   * wins, of equally new ones the last, and each is reported.
   *
   * @throws {RowError} with nothing written, where the request as a whole does not fit
   * @throws {RowStoreError} if the store took none of the rows that fit
   */
  write(request: RowWriteRequest, context: RowWriteContext): Promise<RowWriteAnswer> {
    return this.#writer.write(request, context);
  }

  /**
   * Deletes a feature group of some keys: the columns of its version, and with its last value the row. Columns of the
   * entity stay, for other groups have them, too. Keys are reported as rows are by `write`.
   *
   * @throws {RowError} with nothing deleted, where the request as a whole does not fit
   * @throws {RowStoreError} if the store took none of the keys that fit
   */
  delete(request: RowDeleteRequest, context: RowWriteContext): Promise<RowDeleteAnswer> {
    return this.#writer.delete(request, context);
  }

  /** Several writes, each by itself. @returns their outcomes, in the order of the requests */
  bulkWrite(
    requests: readonly RowWriteRequest[],
    context: RowWriteContext,
  ): Promise<BatchOutcome<RowWriteAnswer>[]> {
    const timed = this.#writer.inOrder(requests);
    return this.#each(timed, context, (request) => this.#writer.write(request, context));
  }

  /** @returns Unix microseconds, later than any before: for the rows of a request that must have times of their own */
  nextWriteTime(): number {
    return this.#clock.next();
  }

  /** @throws {RowError} where the request does not fit @throws {RowStoreError} if the store failed on any of the keys */
  read(request: RowReadRequest, context: RowCallContext): Promise<RowReadAnswer> {
    return this.#reader.read(request, context);
  }

  /** Several reads, each by itself. @returns their outcomes, in the order of the requests */
  multiRead(
    requests: readonly RowReadRequest[],
    context: RowCallContext,
  ): Promise<BatchOutcome<RowReadAnswer>[]> {
    return this.#each(requests, context, (request) => this.#reader.read(request, context));
  }

  /** All rows below a key prefix. @throws {RowError} as `read` @throws {RowStoreError} as the first page fails */
  scan(request: RowScanRequest, context: RowCallContext): Promise<RowScanAnswer> {
    return this.#scanner.scan(request, context);
  }

  #each<Q, A>(
    requests: readonly Q[],
    { span }: Pick<RowCallContext, "span">,
    work: (request: Q) => Promise<A>,
  ): Promise<BatchOutcome<A>[]> {
    return mapBounded(requests, MAX_PARALLEL_BATCHES, async (request): Promise<BatchOutcome<A>> => {
      try {
        return { answer: await work(request) };
      } catch (error) {
        return { error: this.#told(error, span) };
      }
    });
  }

  /** What a caller may know of a failure. */
  #told(error: unknown, span: Span | undefined): Error {
    if (error instanceof RowError) return error;
    const { code, message } = toWireStatus(error);
    if (code === "INTERNAL") {
      this.#log.error({ err: error, ...traceFields(span) }, "a batch failed unexpectedly");
    }
    return new Error(message, { cause: error });
  }
}
