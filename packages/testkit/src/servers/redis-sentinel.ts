import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePorts, localAddress } from "../free-ports.ts";
import { executableEnv } from "../install/executable.ts";
import { waitUntil } from "../wait-until.ts";
import { startRedisNode } from "./redis-node.ts";
import { askRedis, findRedisPrograms, type RedisPrograms } from "./redis-programs.ts";
import { SERVER_VARIABLES } from "./server-address.ts";
import { ServerNode } from "./server-node.ts";
import {
  orStop,
  type ServerSpec,
  type StartContext,
  type StartedServer,
  startAll,
} from "./server-spec.ts";

const VARIABLE = SERVER_VARIABLES["redis-sentinels"];
/** Name of the master that the sentinels watch. */
export const SENTINEL_MASTER_NAME = "mymaster";
const SENTINEL_COUNT = 3;
const QUORUM = 2;
/** A master waits 5 s for further replicas before it sends its data; there is only one. */
const MASTER_ARGS = ["--repl-diskless-sync-delay", "0"];
const READY_TIMEOUT_MS = 60_000;

/** What a sentinel set adds to a started server: who is who. */
export interface StartedSentinelSet extends StartedServer {
  readonly master: ServerNode;
  readonly replica: ServerNode;
  readonly sentinels: readonly ServerNode[];
}

export async function startRedisSentinelSet(context: StartContext): Promise<StartedSentinelSet> {
  const programs = await findRedisPrograms(VARIABLE, context.log);
  const [masterPort, replicaPort, ...sentinelPorts] = await freePorts(2 + SENTINEL_COUNT);
  if (masterPort === undefined || replicaPort === undefined) throw new Error("no ports");
  const master = await startRedisNode(programs, masterPort, context.folder, MASTER_ARGS);
  const replicaOf = ["--replicaof", `127.0.0.1 ${masterPort}`];
  const [replica] = await orStop([master], () =>
    startAll([startRedisNode(programs, replicaPort, context.folder, replicaOf)]),
  );
  if (replica === undefined) throw new Error("no replica");
  const sentinels = await orStop([master, replica], async () => {
    await waitForReplica(programs, replicaPort);
    return startSentinels(programs, sentinelPorts, masterPort, context);
  });
  const nodes = [master, replica, ...sentinels];
  const address = sentinelPorts.map(localAddress).join(",");
  return { address, nodes, master, replica, sentinels };
}

/**
 * A sentinel looks for replicas when it starts and then only every 10 s. Started before the
 * replica is linked it would not know it, and a master dying in that time ends all failovers.
 */
async function waitForReplica({ cli }: RedisPrograms, port: number): Promise<void> {
  const isLinked = async (): Promise<boolean> => {
    const info = await askRedis(cli, port, "info", "replication");
    return info?.includes("master_link_status:up") ?? false;
  };
  const what = `master_link_status:up on redis port ${port}`;
  await waitUntil(isLinked, { what, timeoutMs: READY_TIMEOUT_MS });
}

async function startSentinels(
  programs: RedisPrograms,
  ports: readonly number[],
  masterPort: number,
  context: StartContext,
): Promise<ServerNode[]> {
  const sentinels = await startAll(
    ports.map((port) => startSentinel(programs, port, masterPort, context)),
  );
  return orStop(sentinels, async () => {
    for (const port of ports) await waitForFullView(programs, port);
    return sentinels;
  });
}

async function startSentinel(
  { server, cli }: RedisPrograms,
  port: number,
  masterPort: number,
  context: StartContext,
): Promise<ServerNode> {
  const folder = join(context.folder, `sentinel-${port}`);
  await mkdir(folder, { recursive: true });
  const file = join(folder, "sentinel.conf"); // rewritten by the sentinel as it learns
  await writeFile(file, formatSentinelConfig(port, masterPort, folder));
  const plan = {
    title: `redis sentinel on port ${port}`,
    command: server.path,
    args: [file, "--sentinel"],
    env: executableEnv(server),
    folder,
    isReady: async () => (await askRedis(cli, port, "ping"))?.trim() === "PONG",
  };
  return ServerNode.start(plan, context.folder);
}

function formatSentinelConfig(port: number, masterPort: number, folder: string): string {
  const master = SENTINEL_MASTER_NAME;
  return [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir "${folder}"`,
    `sentinel monitor ${master} 127.0.0.1 ${masterPort} ${QUORUM}`,
    `sentinel down-after-milliseconds ${master} 1000`,
    `sentinel failover-timeout ${master} 3000`,
    `sentinel parallel-syncs ${master} 1`,
    "",
  ].join("\n");
}

/** Only when every sentinel knows the replica and the other two does a failover work. */
async function waitForFullView({ cli }: RedisPrograms, port: number): Promise<void> {
  const hasFullView = async (): Promise<boolean> => {
    const answer = await askRedis(cli, port, "sentinel", "master", SENTINEL_MASTER_NAME);
    const fields = (answer ?? "").split("\n").map((line) => line.trim());
    const read = (field: string): string | undefined => fields[fields.indexOf(field) + 1];
    const others = String(SENTINEL_COUNT - 1);
    return read("num-slaves") === "1" && read("num-other-sentinels") === others;
  };
  const what = `the full view of redis sentinel on port ${port}`;
  await waitUntil(hasFullView, { what, timeoutMs: READY_TIMEOUT_MS });
}

/** A master named `mymaster`, its replica and three sentinels; the address is the sentinels'. */
export const redisSentinelSpec: ServerSpec = {
  name: "redis-sentinels",
  install: async (log) => {
    await findRedisPrograms(VARIABLE, log);
  },
  start: startRedisSentinelSet,
};
