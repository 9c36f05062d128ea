import type {
  MysqlPool,
  MysqlPoolConnection,
  MysqlQueryResult,
  MysqlStream,
  MysqlStreamOptions,
} from "kysely";
import { createPool, type Pool, type PoolConnection, type PoolOptions } from "mysql2";
import { DriverFailure } from "../failures.ts";
import type { MysqlSettings } from "../settings.ts";
import { breaksConnection, toMysqlFailure } from "./mysql-failures.ts";

const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5000;
const QUERY_TIMEOUT_MS = 10_000;
/** Statements that wait for a connection. */
const QUEUE_LENGTH_MAX = 1000;
const IDLE_TIMEOUT_MS = 60_000;
const GOODBYE_TIMEOUT_MS = 2000;
/** Shorter than a statement may take, so that the server gives up first and says why. */
const LOCK_WAIT_SECONDS = 5;

/**
 * Whatever the server's settings are: times are UTC, values that do not fit are refused, and a backslash escapes in texts, which
 * is what the driver relies on.
 */
const SESSION_SETTINGS =
  "SET SESSION time_zone = '+00:00', " +
  "sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', " +
  `innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`;

type ConnectionCallback = Parameters<MysqlPool["getConnection"]>[0];
type Streamed = { stream: <T>(options: MysqlStreamOptions) => MysqlStream<T> };
type QueryCallback = (error: unknown, result: MysqlQueryResult) => void;

/** Connections to MySQL or MariaDB, with limits on everything; its errors are {@link DriverFailure}s. */
export class TimedMysqlPool implements MysqlPool {
  readonly #pool: Pool;
  readonly #acquireTimeoutMs: number;
  readonly #queryTimeoutMs: number;
  readonly #open = new Set<PoolConnection>();
  readonly #connections = new WeakMap<PoolConnection, TimedConnection>();

  constructor(settings: MysqlSettings) {
    this.#acquireTimeoutMs = settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    this.#queryTimeoutMs = settings.queryTimeoutMs ?? QUERY_TIMEOUT_MS;
    this.#pool = createPool(poolOptions(settings));
    this.#pool.on("connection", (raw: PoolConnection) => {
      this.#open.add(raw);
      const forget = (): void => void this.#open.delete(raw);
      raw.once("end", forget);
      raw.once("error", forget);
    });
  }

  getConnection(callback: ConnectionCallback): void {
    let isAnswered = false;
    const answer = (error: unknown, connection?: TimedConnection): void => {
      if (isAnswered) {
        connection?.release();
        return;
      }
      isAnswered = true;
      clearTimeout(timer);
      // Kysely looks at the connection only if there is no error.
      callback(error, connection as TimedConnection);
    };
    const late = new DriverFailure("away", "no connection in time");
    const timer = setTimeout(() => answer(late), this.#acquireTimeoutMs);
    this.#pool.getConnection((error, raw) => {
      if (error) answer(toMysqlFailure(error));
      else this.#prepare(raw, answer);
    });
  }

  #prepare(raw: PoolConnection, answer: (error: unknown, opened?: TimedConnection) => void): void {
    const known = this.#connections.get(raw);
    if (known !== undefined) {
      answer(null, known);
      return;
    }
    const connection = new TimedConnection(raw, this.#queryTimeoutMs);
    this.#connections.set(raw, connection);
    connection.query(SESSION_SETTINGS, [], (error) => {
      if (error) {
        connection.destroy();
        answer(error);
      } else {
        answer(null, connection);
      }
    });
  }

  /** A server that does not answer the goodbye, or is gone, is left all the same. */
  end(callback: (error: unknown) => void): void {
    let isAnswered = false;
    const answer = (): void => {
      if (isAnswered) return;
      isAnswered = true;
      clearTimeout(timer);
      for (const raw of [...this.#open]) raw.destroy();
      callback(null);
    };
    const timer = setTimeout(answer, GOODBYE_TIMEOUT_MS);
    this.#pool.end(answer);
  }
}

class TimedConnection implements MysqlPoolConnection {
  readonly #raw: PoolConnection;
  readonly #timeoutMs: number;
  #failure: DriverFailure | undefined;

  constructor(raw: PoolConnection, timeoutMs: number) {
    this.#raw = raw;
    this.#timeoutMs = timeoutMs;
  }

  query(sql: string, parameters: unknown[]): Streamed;
  query(sql: string, parameters: unknown[], callback: QueryCallback): void;
  query(sql: string, parameters: unknown[], callback?: QueryCallback): Streamed | undefined {
    if (callback === undefined) throw new Error("results are not read as streams");
    // Of a transaction whose connection broke, the end must not hide the reason.
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      queueMicrotask(() => callback(failure, undefined as never));
    } else {
      this.#query(sql, parameters, callback);
    }
    return undefined;
  }

  #query(sql: string, parameters: readonly unknown[], callback: QueryCallback): void {
    const query = { sql, values: [...parameters], timeout: this.#timeoutMs };
    this.#raw.query(query, (error: unknown, result: unknown) => {
      if (!error) {
        callback(null, result as MysqlQueryResult);
        return;
      }
      const failure = toMysqlFailure(error);
      if (breaksConnection(error)) this.#failure = failure;
      callback(failure, undefined as never);
    });
  }

  release(): void {
    if (this.#failure === undefined) this.#raw.release();
    else this.destroy();
  }

  destroy(): void {
    this.#raw.destroy();
  }
}

function poolOptions(settings: MysqlSettings): PoolOptions {
  const { host, port, username, password, database, tls } = settings;
  return {
    host,
    port,
    user: username,
    password,
    database,
    ...(tls === undefined
      ? {}
      : { ssl: { ...tls, rejectUnauthorized: true, verifyIdentity: true } }),
    connectionLimit: settings.maxConnections ?? MAX_CONNECTIONS,
    queueLimit: QUEUE_LENGTH_MAX,
    idleTimeout: IDLE_TIMEOUT_MS,
    connectTimeout: settings.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    charset: "utf8mb4",
    timezone: "Z",
    dateStrings: true,
    stringifyObjects: true,
    multipleStatements: false,
    // The settings of a session are ours, and stay.
    resetOnRelease: false,
  };
}
