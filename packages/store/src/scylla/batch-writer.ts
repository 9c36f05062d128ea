import { FeatureStoreError } from "@ofs/platform";
import { types } from "cassandra-driver";
import { type RequestLimits, withinLimits } from "../request-limits.ts";
import type { ScyllaConnection } from "./connection.ts";
import { isResponseError, toScyllaFailure } from "./scylla-errors.ts";
import {
  leftOut,
  type Route,
  type Statement,
  type StatementContext,
  type StatementRunner,
} from "./statement-runner.ts";

/** In place of an outcome while its statement is under way. */
const PENDING: unique symbol = Symbol("pending");

/** What one batch holds at most. A row that is larger is alone. */
export interface BatchLimits {
  readonly maxRows: number;
  /** As the rows are measured: below what Cassandra refuses (50 KiB by default). */
  readonly maxBytes: number;
}

/** Sorts the rows of one write into batches: those of one group together, as far as the limits allow. */
export class BatchCutter<Group> {
  /** Positions of rows, in the order in which their batches were begun. */
  readonly batches: number[][] = [];
  readonly #limits: BatchLimits;
  /** The batch of each group that still takes rows. */
  readonly #open = new Map<Group, { readonly indexes: number[]; sizeBytes: number }>();

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  /** A row that no other goes with. */
  addAlone(index: number): void {
    this.batches.push([index]);
  }

  /** @param group of rows that may go together */
  add(index: number, group: Group, sizeBytes: number): void {
    const { maxBytes, maxRows } = this.#limits;
    const open = this.#open.get(group);
    const isFull =
      open === undefined ||
      open.indexes.length === maxRows ||
      open.sizeBytes + sizeBytes > maxBytes;
    if (isFull) {
      const indexes = [index];
      this.batches.push(indexes);
      this.#open.set(group, { indexes, sizeBytes });
    } else {
      open.indexes.push(index);
      open.sizeBytes += sizeBytes;
    }
  }
}

export interface BatchWriterOptions {
  readonly connection: ScyllaConnection;
  readonly runner: StatementRunner;
  readonly limits: RequestLimits;
  readonly rowCount: number;
  /** For messages: store and table. */
  readonly subject: string;
  /** Writes the row at a position. */
  readonly statementOf: (index: number) => Statement;
}

/** Writes the rows of one request in batches, and keeps the outcome of each. */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #outcomes: (FeatureStoreError | undefined | typeof PENDING)[];
  #isStopped = false;

  constructor(options: BatchWriterOptions) {
    this.#options = options;
    this.#outcomes = new Array(options.rowCount).fill(PENDING);
  }

  /** Nobody waits for what has not been sent yet. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** For a row that cannot be stored. */
  refuse(index: number, reason: string): void {
    const message = `${this.#options.subject}: ${reason}`;
    this.#outcomes[index] = new FeatureStoreError("INVALID_ARGUMENT", message);
  }

  /**
   * Waits for the batches within the request's limits.
   *
   * @param batches must not reject
   * @returns one outcome a row: `undefined` = acknowledged by the store
   */
  async outcomes(batches: Promise<unknown>): Promise<(FeatureStoreError | undefined)[]> {
    const { limits, subject } = this.#options;
    const stop = await withinLimits(batches, limits, subject);
    this.#isStopped = true;
    // A copy: a statement that answers after the limit must not change what the caller has by then.
    return this.#outcomes.map((outcome) => {
      if (outcome !== PENDING) return outcome;
      return stop instanceof FeatureStoreError ? stop : leftOut(subject, "row");
    });
  }

  /**
   * Never rejects.
   *
   * @param indexes positions of the rows of one batch
   * @param routeOf where a batch of several rows goes, by the position of the first
   */
  async write(indexes: readonly number[], routeOf: (first: number) => Route): Promise<void> {
    const [first] = indexes;
    if (first === undefined) return;
    if (indexes.length === 1) {
      await this.#writeRow(first);
      return;
    }
    const { runner, statementOf } = this.#options;
    try {
      const statements = indexes.map((index) => statementOf(index));
      await runner.runBatch(statements, { ...this.#context(), route: routeOf(first) });
      this.#settle(indexes, undefined);
    } catch (error) {
      // Too large for this server, or one row is refused: the rows one by one tell which.
      if (isResponseError(error, types.responseErrorCodes.invalid)) {
        await Promise.all(indexes.map((index) => this.#writeRow(index)));
      } else {
        this.#settle(indexes, this.#failure(error));
      }
    }
  }

  async #writeRow(index: number): Promise<void> {
    const { runner, statementOf } = this.#options;
    try {
      await runner.run(statementOf(index), this.#context());
      this.#outcomes[index] = undefined;
    } catch (error) {
      this.#outcomes[index] = this.#failure(error);
    }
  }

  #settle(indexes: readonly number[], outcome: FeatureStoreError | undefined): void {
    for (const index of indexes) this.#outcomes[index] = outcome;
  }

  #failure(error: unknown): FeatureStoreError {
    const { limits, subject } = this.#options;
    return toScyllaFailure(error, subject, Date.now() >= limits.deadlineMs);
  }

  #context(): StatementContext {
    const { connection, limits, subject } = this.#options;
    return { limits, subject, consistency: connection.writeConsistency };
  }
}
