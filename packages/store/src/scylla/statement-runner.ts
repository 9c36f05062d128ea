import { FeatureStoreError } from "@ofs/platform";
import type { Host, QueryOptions, types } from "cassandra-driver";
import type { BlockTable } from "../block-store.ts";
import { passedLimit, type RequestLimits } from "../request-limits.ts";
import { ConcurrencyLimit } from "./concurrency-limit.ts";
import type { ScyllaConnection } from "./connection.ts";
import type { ReplicaGroup, Ring } from "./replica-groups.ts";
import { DeadlineRetryPolicy, MAX_ATTEMPTS } from "./retry-policy.ts";
import { isForgottenStatement } from "./scylla-errors.ts";
import type { NumberedRow } from "./whole-pages.ts";

/** Statements under way at once, over all requests of a store. */
const MAX_STATEMENTS_IN_FLIGHT = 256;

/** Statements that wait for a place; more are refused. */
const MAX_STATEMENTS_WAITING = 65_536;

/** Times that a statement is prepared anew because driver and node have forgotten it. */
const MAX_PREPARED_AGAIN = 2;

/** Pages of one answer that are fetched; each holds at least one row. */
const MAX_PAGES = 1000;

/** A `SELECT` numbers its columns. */
export interface Statement {
  readonly query: string;
  readonly params: unknown[];
}

/** Where a page of an answer begins, and how many rows it has at most. */
export interface PagePlace {
  /** Of the page before; none = the first. */
  readonly pageState?: string;
  /** Default: that of the connection. */
  readonly fetchSize?: number;
}

export interface StatementPage {
  readonly rows: readonly NumberedRow[];
  /** undefined: it is the last page. */
  readonly nextState: string | undefined;
}

/** Where a statement goes, and how long it may take. */
export interface StatementContext {
  readonly limits: RequestLimits;
  /** For messages: store and table. */
  readonly subject: string;
  readonly consistency: types.consistencies;
  readonly route?: Route | undefined;
}

/** A statement of many keys goes to the node that holds them. */
export interface Route {
  readonly group: ReplicaGroup;
  /** Partition key of the first row: it decides where the group has no node. */
  readonly routingKey: Buffer;
}

/** Sends statements: a bounded number at once, each within its deadline and repeated once on another node. */
export class StatementRunner {
  readonly #connection: ScyllaConnection;
  readonly #limit: ConcurrencyLimit;

  constructor(connection: ScyllaConnection) {
    this.#connection = connection;
    this.#limit = new ConcurrencyLimit(
      MAX_STATEMENTS_IN_FLIGHT,
      MAX_STATEMENTS_WAITING,
      `scylla keyspace ${connection.keyspace}`,
    );
  }

  /** The cluster as it is now. */
  ring(): Ring {
    const { client, keyspace, localDatacenter } = this.#connection;
    return {
      localHosts: client.hosts.values().filter((host) => host.datacenter === localDatacenter),
      replicas: (key) => client.metadata.getReplicas(keyspace, key) as Host[] | null,
    };
  }

  /** @returns all rows, of all pages; none for a statement that writes. Rejects with what the driver threw, or the limit that was passed */
  run(statement: Statement, context: StatementContext): Promise<readonly NumberedRow[]> {
    return this.#limit.run(async () => {
      let page = await this.#fetchPage(statement, context, {});
      if (page.nextState === undefined) return page.rows;
      const rows = [...page.rows];
      for (let count = 1; count < MAX_PAGES; count++) {
        page = await this.#fetchPage(statement, context, { pageState: page.nextState });
        for (const row of page.rows) rows.push(row);
        if (page.nextState === undefined) return rows;
      }
      const message = `${context.subject}: answer of more than ${MAX_PAGES} pages`;
      throw new FeatureStoreError("INTERNAL", message);
    }, context.limits.signal);
  }

  /** Fetches one page of an answer. Rejects as {@link run} does. */
  runPage(
    statement: Statement,
    context: StatementContext,
    place: PagePlace,
  ): Promise<StatementPage> {
    return this.#limit.run(() => this.#fetchPage(statement, context, place), context.limits.signal);
  }

  /** Sends rows together, without the log that would make them one. */
  runBatch(statements: readonly Statement[], context: StatementContext): Promise<void> {
    return this.#limit.run(async () => {
      await this.#prepared(() => {
        const options = { ...this.#options(context), logged: false };
        return this.#connection.client.batch([...statements], options);
      });
    }, context.limits.signal);
  }

  async #fetchPage(
    { params, query }: Statement,
    context: StatementContext,
    place: PagePlace,
  ): Promise<StatementPage> {
    const result = await this.#prepared(() =>
      this.#connection.client.execute(query, params, { ...this.#options(context), ...place }),
    );
    // ScyllaDB ends a page early when it has grown large. Statements that write have no rows at all.
    const { pageState, rows = [] } = result as { pageState?: string; rows?: NumberedRow[] };
    return { rows, nextState: pageState || undefined };
  }

  async #prepared<T>(send: () => Promise<T>): Promise<T> {
    for (let again = 0; ; again++) {
      try {
        return await send();
      } catch (error) {
        if (!isForgottenStatement(error) || again === MAX_PREPARED_AGAIN) throw error;
        // The driver may still know it by its text, with an id that nobody knows.
        if (again > 0) this.#connection.client.metadata.clearPrepared();
      }
    }
  }

  #options({ consistency, limits, route, subject }: StatementContext): QueryOptions {
    const nowMs = Date.now();
    const stop = passedLimit(limits, nowMs, subject);
    if (stop !== undefined) throw stop;
    if (route?.group.host !== undefined) {
      this.#connection.prefer(route.routingKey, route.group.host);
    }
    return {
      prepare: true,
      isIdempotent: true,
      consistency,
      readTimeout: this.#attemptTimeoutMs(limits.deadlineMs - nowMs),
      retry: new DeadlineRetryPolicy(limits.deadlineMs),
      ...(route === undefined ? {} : { routingKey: route.routingKey }),
    };
  }

  /** Leaves time for a second node, if there is one. */
  #attemptTimeoutMs(remainingMs: number): number {
    const { client, timeoutMs } = this.#connection;
    const attemptCount = client.hosts.length > 1 ? MAX_ATTEMPTS : 1;
    return Math.max(1, Math.min(timeoutMs, Math.ceil(remainingMs / attemptCount)));
  }
}

/** For messages. */
export function subjectOf({ store }: BlockTable): string {
  return `scylla store ${store.id}, table ${store.table}`;
}

/** For what no statement answered though all have ended: a fault of ours, never taken for an outcome. */
export function leftOut(subject: string, what: "key" | "row"): FeatureStoreError {
  return new FeatureStoreError("INTERNAL", `${subject}: a ${what} was left out of all statements`);
}
