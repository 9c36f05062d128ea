import { setTimeout as delay } from "node:timers/promises";
import { FeatureStoreError } from "@ofs/platform";
import { Cluster, type RedisOptions as IoredisOptions, Redis } from "ioredis";
import { readInTurns } from "../read-in-turns.ts";
import {
  type ClusterOptions,
  type FailoverOptions,
  parseAddress,
  parseAddresses,
  type RedisOptions,
  type ResolvedSettings,
  type StandaloneOptions,
} from "./options.ts";
import { ClusterLink, NodeLink, type RedisLink } from "./redis-link.ts";
import { watchSentinels } from "./sentinel-watch.ts";

/** Pauses between two attempts to connect: doubling, up to the longest, less up to a quarter. */
const RECONNECT_MIN_MS = 50;
const RECONNECT_MAX_MS = 2000;

/** A server that answers nothing for this long, or twice the timeout of a call, is given up. */
const STALL_MIN_MS = 2000;

/** How long a cluster command waits, and how often, for a node that is gone or a slot that moves. */
const REDIRECT_DELAY_MS = 50;
const REDIRECTS_MAX = 3;

const SENTINEL_RETRY_MAX_MS = 1000;

const NETWORK_FAMILIES: ReadonlyMap<string, number> = new Map([
  ["tcp", 0],
  ["tcp4", 4],
  ["tcp6", 6],
]);

/** How long `closeClient` waits for the other side. */
const CLOSE_TIMEOUT_MS = 1000;

/** Events after which a client is connected, or has failed to. */
const ANSWER_EVENTS = ["ready", "close", "end"] as const;

/** Without a property that the driver's own types contradict each other about. */
type DriverOptions = Omit<IoredisOptions, "replyMapping">;

/** A client of the driver, and the way to send commands through it. */
export interface RedisClient<Driver = Redis | Cluster> {
  readonly driver: Driver;
  readonly link: RedisLink;
}

export interface RedisClients {
  readonly master: RedisClient;
  /** Serves reads besides the master. */
  readonly replica?: RedisClient;
  /** Ends what watches the sentinels. */
  readonly endWatch?: () => void;
}

/**
 * Makes the clients of one connection. They connect in the background and again after each loss. Commands
 * are never queued while there is no connection, and those in flight when it is lost fail at once.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT for options that make no sense
 */
export function createClients(options: RedisOptions, settings: ResolvedSettings): RedisClients {
  switch (options.kind) {
    case "standalone":
      return { master: createStandalone(options, settings) };
    case "cluster":
      return { master: createCluster(options, settings) };
    case "failover":
      return createFailover(options, settings);
  }
}

/**
 * Makes a client that follows channels: a connection of its own, to one server. It does not come back by itself.
 *
 * @param attempt counts up from 0, so that each node of a cluster is tried in turn (any of them hears all messages)
 */
export function createSubscriber(
  options: RedisOptions,
  settings: ResolvedSettings,
  attempt: number,
): Redis {
  const own: DriverOptions = { retryStrategy: () => null, autoResubscribe: false };
  switch (options.kind) {
    case "standalone":
      return new Redis({ ...standaloneOptions(options, settings), ...own });
    case "failover":
      return new Redis({ ...failoverOptions(options, settings), ...own, role: "master" });
    case "cluster": {
      const nodes = parseAddresses("cluster addresses", options.addresses);
      return new Redis({ ...nodeOptions(settings), ...own, ...nodes[attempt % nodes.length] });
    }
  }
}

function createStandalone(options: StandaloneOptions, settings: ResolvedSettings): RedisClient {
  return nodeClient(standaloneOptions(options, settings));
}

function nodeClient(options: DriverOptions): RedisClient<Redis> {
  const driver = new Redis(options);
  readNodeInTurns(driver);
  return { driver, link: new NodeLink(driver) };
}

/** Each connection it makes, one after the other. */
function readNodeInTurns(driver: Redis): void {
  driver.on("connect", () => readInTurns(driver.stream));
}

function standaloneOptions(options: StandaloneOptions, settings: ResolvedSettings): DriverOptions {
  const network = options.network ?? "tcp";
  const family = NETWORK_FAMILIES.get(network);
  if (network !== "unix" && family === undefined) {
    throw new FeatureStoreError(
      "INVALID_ARGUMENT",
      `redis network must be tcp, tcp4, tcp6 or unix, got ${JSON.stringify(network)}`,
    );
  }
  return {
    ...nodeOptions(settings),
    ...(family === undefined
      ? { path: options.address }
      : { ...parseAddress(options.address), family }),
    db: options.db ?? 0,
  };
}

function createCluster(options: ClusterOptions, settings: ResolvedSettings): RedisClient {
  const driver = new Cluster(parseAddresses("cluster addresses", options.addresses), {
    redisOptions: connectionOptions(settings),
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelayMs,
    maxRedirections: REDIRECTS_MAX,
    retryDelayOnFailover: REDIRECT_DELAY_MS,
    retryDelayOnClusterDown: REDIRECT_DELAY_MS,
    retryDelayOnTryAgain: REDIRECT_DELAY_MS,
    slotsRefreshTimeout: settings.dialTimeoutMs,
  });
  driver.on("+node", readNodeInTurns);
  return { driver, link: new ClusterLink(driver) };
}

function createFailover(options: FailoverOptions, settings: ResolvedSettings): RedisClients {
  const sentinels = parseAddresses("sentinel addresses", options.sentinelAddresses);
  const common = failoverOptions(options, settings);
  const { log, masterName } = options;
  const master = nodeClient({ ...common, role: "master" });
  const endWatch = watchSentinels(sentinels, masterName, master.driver, settings, log);
  if (!options.routeRandom) return { master, endWatch };
  return { master, replica: nodeClient({ ...common, role: "slave" }), endWatch };
}

function failoverOptions(options: FailoverOptions, settings: ResolvedSettings): DriverOptions {
  const common: DriverOptions = {
    ...nodeOptions(settings),
    db: options.db ?? 0,
    sentinels: shuffled(parseAddresses("sentinel addresses", options.sentinelAddresses)),
    name: options.masterName,
    sentinelRetryStrategy: (attempt) => Math.min(attempt * RECONNECT_MIN_MS, SENTINEL_RETRY_MAX_MS),
    sentinelCommandTimeout: settings.dialTimeoutMs,
    // A master that was demoted answers writes with READONLY: look for the new one.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  };
  if (settings.tls !== undefined) {
    common.enableTLSForSentinelMode = true;
    common.sentinelTLS = settings.tls;
  }
  return common;
}

function nodeOptions(settings: ResolvedSettings): DriverOptions {
  return {
    ...connectionOptions(settings),
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
  };
}

function connectionOptions(settings: ResolvedSettings): DriverOptions {
  const slowestMs = Math.max(settings.readTimeoutMs, settings.writeTimeoutMs);
  const options: DriverOptions = {
    // RESP2 has all we need, and every server and proxy speaks it.
    protocol: 2,
    connectTimeout: settings.dialTimeoutMs,
    socketTimeout: Math.max(STALL_MIN_MS, 2 * slowestMs),
    disableClientInfo: settings.isIdentityDisabled,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
  if (settings.username !== undefined) options.username = settings.username;
  if (settings.password !== undefined) options.password = settings.password;
  if (settings.tls !== undefined) options.tls = settings.tls;
  return options;
}

/** @param attempt 1 for the first pause */
export function reconnectDelayMs(attempt: number): number {
  const delayMs = Math.min(RECONNECT_MIN_MS * 2 ** Math.min(attempt - 1, 16), RECONNECT_MAX_MS);
  return Math.round(delayMs * (1 - Math.random() / 4));
}

function shuffled<T>(values: readonly T[]): T[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}

/** Waits until a connection that is being made has come about or failed. */
export async function waitForAnswer({ driver }: RedisClient, timeoutMs: number): Promise<void> {
  if (driver.status !== "connecting" && driver.status !== "connect") return;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      for (const event of ANSWER_EVENTS) driver.off(event, finish);
      resolve();
    };
    const timer = setTimeout(finish, timeoutMs);
    for (const event of ANSWER_EVENTS) driver.on(event, finish);
  });
}

/** Cuts the connection, and waits until that is done. */
export async function closeClient({ driver }: Pick<RedisClient, "driver">): Promise<void> {
  if (driver.status === "end") return;
  const ended = new Promise<void>((resolve) => driver.once("end", () => resolve()));
  driver.disconnect();
  await Promise.race([ended, delay(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
}
