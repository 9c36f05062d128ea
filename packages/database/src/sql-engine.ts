import { setTimeout as delay } from "node:timers/promises";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import type { Kysely, Transaction } from "kysely";
import { DriverFailure, toCallerError } from "./failures.ts";

/** After this long nothing is begun again. */
const OPERATION_TIMEOUT_MS = 10_000;
/** Another process may be migrating: on large tables that takes its time. */
const MIGRATION_TIMEOUT_MS = 60_000;
/** Further attempts while there is no connection; connections of a server that was restarted are found dead one by one. */
const AWAY_RETRIES = 2;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;
/** How long `close` waits for what is under way. */
const CLOSE_GRACE_MS = 5000;

export interface SqlEngineParts<T> {
  readonly kysely: Kysely<T>;
  /** Brings the tables up to date; repeatable, and safe beside others who do the same. */
  readonly migrate: () => Promise<void>;
  readonly log: Logger;
}

/**
 * Runs work on one of the two databases: migrates before the first, tries again what failed for a passing reason, and lets no
 * driver's error out.
 */
export class SqlEngine<S> {
  readonly #parts: SqlEngineParts<S>;
  readonly #running = new Set<Promise<unknown>>();
  #migrating: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: SqlEngineParts<S>) {
    this.#parts = parts;
  }

  /**
   * Brings the tables up to date, once.
   *
   * @throws {FeatureStoreError} UNAVAILABLE (the next call tries again), FAILED_PRECONDITION
   */
  async prepare(): Promise<void> {
    this.#migrating ??= this.#retry(this.#parts.migrate, MIGRATION_TIMEOUT_MS);
    const migrating = this.#migrating;
    try {
      await migrating;
    } catch (error) {
      if (this.#migrating === migrating) this.#migrating = undefined;
      throw error;
    }
  }

  /** @param work only reads: it may be run again */
  read<T>(work: (db: Kysely<S>) => Promise<T>): Promise<T> {
    return this.#track(() => this.#retry(() => work(this.#parts.kysely), OPERATION_TIMEOUT_MS));
  }

  /**
   * Runs work in a transaction.
   *
   * @param work may be run again, so it changes nothing but the database
   * @throws {FeatureStoreError} UNAVAILABLE; {@link DriverFailure} of kind `duplicate`
   */
  write<T>(work: (tx: Transaction<S>) => Promise<T>): Promise<T> {
    return this.#track(() => this.#write(work));
  }

  #write<T>(work: (tx: Transaction<S>) => Promise<T>): Promise<T> {
    const attempt = async (committing: () => void): Promise<T> => {
      const transaction = this.#parts.kysely.transaction().setIsolationLevel("read committed");
      return transaction.execute(async (tx) => {
        const result = await work(tx);
        committing();
        return result;
      });
    };
    return this.#retry(attempt, OPERATION_TIMEOUT_MS);
  }

  async #retry<T>(attempt: (committing: () => void) => Promise<T>, timeoutMs: number): Promise<T> {
    const retries = new Retries(timeoutMs);
    for (;;) {
      let isCommitting = false;
      try {
        return await attempt(() => {
          isCommitting = true;
        });
      } catch (error) {
        if (this.#isClosed || !retries.allow(error, isCommitting)) {
          throw this.#reported(error, isCommitting);
        }
      }
      await retries.pause();
    }
  }

  #reported(error: unknown, isCommitting: boolean): unknown {
    const shown = toCallerError(error, isCommitting);
    if (shown instanceof FeatureStoreError && shown.code === "INTERNAL") {
      this.#parts.log.error({ err: shown }, "database failed");
    }
    return shown;
  }

  async #track<T>(operation: () => Promise<T>): Promise<T> {
    if (this.#isClosed) throw new FeatureStoreError("UNAVAILABLE", "database is closed");
    const running = this.prepare().then(operation);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  get #isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Waits for what is under way, within limits. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const grace = new AbortController();
    const timer = delay(CLOSE_GRACE_MS, "late", { signal: grace.signal }).catch(() => "done");
    const outcome = await Promise.race([Promise.allSettled([...this.#running]), timer]);
    grace.abort();
    if (outcome === "late") {
      this.#parts.log.warn({ count: this.#running.size }, "database closed with work under way");
    }
    await this.#parts.kysely.destroy();
  }
}

/** How often, and after which pauses, one piece of work is tried again. */
class Retries {
  readonly #deadlineMs: number;
  #pauseMs = FIRST_PAUSE_MS;
  #awayCount = 0;

  constructor(timeoutMs: number) {
    this.#deadlineMs = Date.now() + timeoutMs;
  }

  /** @param isCommitting without a connection, nobody knows whether it is done: then it is not done again */
  allow(error: unknown, isCommitting: boolean): boolean {
    if (!(error instanceof DriverFailure) || Date.now() + this.#pauseMs > this.#deadlineMs) {
      return false;
    }
    if (error.kind === "conflict") return true;
    if (error.kind !== "away" || isCommitting) return false;
    this.#awayCount += 1;
    return this.#awayCount <= AWAY_RETRIES;
  }

  /** Those that were in each other's way come back at different moments. */
  async pause(): Promise<void> {
    await delay(this.#pauseMs * (0.5 + Math.random()));
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
