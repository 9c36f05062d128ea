import { invalid } from "./errors.ts";

/** What `createClient` takes. */
export interface ClientOptions {
  /** `host:port`. A name with several addresses is used round robin. */
  readonly address: string;
  /** Sent with every call; the registry knows it. */
  readonly callerId: string;
  readonly callerToken: string;
  /** Left out: plain text. `{}`: TLS with the system's root certificates. */
  readonly tls?: TlsOptions;
  /** Time for a whole call, its batches and retries included. @default 5000 */
  readonly deadlineMs?: number;
  /** Keys in one retrieve request. @default 50 */
  readonly retrieveBatchSize?: number;
  /** Batches of one call that are on their way at the same time. @default 8 */
  readonly concurrency?: number;
  /** Largest size of one persist request; below 4 MiB, which is what servers take. @default 1 MiB */
  readonly persistBatchBytes?: number;
  /** Largest answer that is taken. @default 16 MiB */
  readonly maxReceiveBytes?: number;
  readonly retry?: RetryOptions;
  /** Of requests; answers come as the server likes. @default "none" */
  readonly compression?: "gzip" | "none";
  /** Least time between two loads of one entity's schema because of a mismatch. @default 1000 */
  readonly schemaRefreshMs?: number;
}

/** PEM. The server's certificate is verified unless the last option says otherwise. */
export interface TlsOptions {
  /** Certificates that the server's chain may end at; left out: the system's. */
  readonly ca?: string | Uint8Array;
  /** The client's own certificate and key, if the server asks for one. */
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  /** Name that the server's certificate must be made for, if it is not the host of `address`. */
  readonly serverName?: string;
  /** Takes any certificate: no protection against anyone in between. For tests. */
  readonly insecureSkipVerify?: boolean;
}

/** Repeats requests that were answered with UNAVAILABLE, as long as the deadline allows. */
export interface RetryOptions {
  /** The first included; 1 = no retries. @default 3 */
  readonly attempts?: number;
  /** Longest wait before the first retry; each wait is random up to its longest, which doubles. @default 20 */
  readonly baseDelayMs?: number;
  /** @default 1000 */
  readonly maxDelayMs?: number;
  /**
   * Also repeats persists, those that the server's store did not take in time (DEADLINE_EXCEEDED) among them. The server
   * may have carried out the one that failed, so a repetition can overwrite what someone else wrote in between. @default false
   */
  readonly persist?: boolean;
  /**
   * Also repeats what the server refused because it had too much to do (RESOURCE_EXHAUSTED): nothing of it was
   * carried out. For batches, which have time; whoever is waited for makes an overload worse by it. @default false
   */
  readonly overload?: boolean;
}

/** {@link ClientOptions} with everything decided. */
export interface CompiledOptions {
  readonly address: string;
  readonly callerId: string;
  readonly callerToken: string;
  readonly tls: TlsOptions | undefined;
  readonly deadlineMs: number;
  readonly retrieveBatchSize: number;
  readonly concurrency: number;
  readonly persistBatchBytes: number;
  readonly maxReceiveBytes: number;
  readonly retry: Required<RetryOptions>;
  readonly compression: "gzip" | "none";
  readonly schemaRefreshMs: number;
}

/** What servers accept in one message unless told otherwise. */
const SERVER_MESSAGE_BYTES = 4 * 1024 * 1024;
const DEFAULT_PERSIST_BATCH_BYTES = 1024 * 1024;
const DEFAULT_MAX_RECEIVE_BYTES = 16 * 1024 * 1024;

/** Largest delay of a timer. */
export const TIMER_MAX_MS = 0x7fff_ffff;

/** @throws {OfsClientError} INVALID_ARGUMENT naming the option */
export function compileOptions(options: ClientOptions): CompiledOptions {
  const { retry = {}, tls } = options;
  if (tls !== undefined && (tls.cert === undefined) !== (tls.key === undefined)) {
    throw invalid("tls.cert and tls.key must be given together");
  }
  return {
    address: nonEmpty("address", options.address),
    callerId: nonEmpty("callerId", options.callerId),
    callerToken: nonEmpty("callerToken", options.callerToken),
    tls,
    deadlineMs: integer("deadlineMs", options.deadlineMs ?? 5000, 1, TIMER_MAX_MS),
    retrieveBatchSize: integer("retrieveBatchSize", options.retrieveBatchSize ?? 50, 1, 100_000),
    concurrency: integer("concurrency", options.concurrency ?? 8, 1, 1000),
    persistBatchBytes: integer(
      "persistBatchBytes",
      options.persistBatchBytes ?? DEFAULT_PERSIST_BATCH_BYTES,
      1,
      SERVER_MESSAGE_BYTES - 1,
    ),
    maxReceiveBytes: integer(
      "maxReceiveBytes",
      options.maxReceiveBytes ?? DEFAULT_MAX_RECEIVE_BYTES,
      1,
      0x7fff_ffff,
    ),
    retry: {
      attempts: integer("retry.attempts", retry.attempts ?? 3, 1, 100),
      baseDelayMs: integer("retry.baseDelayMs", retry.baseDelayMs ?? 20, 0, TIMER_MAX_MS),
      maxDelayMs: integer("retry.maxDelayMs", retry.maxDelayMs ?? 1000, 0, TIMER_MAX_MS),
      persist: retry.persist ?? false,
      overload: retry.overload ?? false,
    },
    compression: options.compression ?? "none",
    schemaRefreshMs: integer("schemaRefreshMs", options.schemaRefreshMs ?? 1000, 0, TIMER_MAX_MS),
  };
}

function nonEmpty(name: string, value: string): string {
  if (typeof value !== "string" || value === "") throw invalid(`${name} must be a non-empty text`);
  return value;
}

/** @throws {OfsClientError} INVALID_ARGUMENT if it is no integer from `min` to `max` */
export function integer(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(`${name} must be an integer from ${min} to ${max}, not ${String(value)}`);
}
