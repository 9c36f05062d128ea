import { freePorts, localAddress } from "../free-ports.ts";
import { waitUntil } from "../wait-until.ts";
import { startRedisNode } from "./redis-node.ts";
import { askRedis, findRedisPrograms, type RedisPrograms, runRedisCli } from "./redis-programs.ts";
import { SERVER_VARIABLES } from "./server-address.ts";
import {
  orStop,
  type ServerSpec,
  type StartContext,
  type StartedServer,
  startAll,
} from "./server-spec.ts";

const VARIABLE = SERVER_VARIABLES["redis-cluster"];
const MASTER_COUNT = 3;
/** Each node also listens there, for the other nodes. */
const BUS_PORT_OFFSET = 10_000;
const READY_TIMEOUT_MS = 60_000;

/** @param args further options of every redis-server */
export async function startRedisClusterNodes(
  context: StartContext,
  args: readonly string[] = [],
): Promise<StartedServer> {
  const programs = await findRedisPrograms(VARIABLE, context.log);
  const ports = await freePorts(MASTER_COUNT, [BUS_PORT_OFFSET]);
  const clusterArgs = ["--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"];
  const options = [...clusterArgs, "--cluster-node-timeout", "2000", ...args];
  const nodes = await startAll(
    ports.map((port) => startRedisNode(programs, port, context.folder, options)),
  );
  await orStop(nodes, () => joinCluster(programs, ports));
  return { address: ports.map(localAddress).join(","), nodes };
}

/** Ready means that every node knows that all slots are served, not only the one that was asked. */
async function joinCluster({ cli }: RedisPrograms, ports: readonly number[]): Promise<void> {
  const create = ["--cluster", "create", ...ports.map(localAddress)];
  await runRedisCli(cli, ...create, "--cluster-replicas", "0", "--cluster-yes");
  for (const port of ports) {
    const isOk = async (): Promise<boolean> =>
      (await askRedis(cli, port, "cluster", "info"))?.includes("cluster_state:ok") ?? false;
    const what = `cluster_state:ok on redis port ${port}`;
    await waitUntil(isOk, { what, timeoutMs: READY_TIMEOUT_MS });
  }
}

/** Three masters without replicas. */
export const redisClusterSpec: ServerSpec = {
  name: "redis-cluster",
  install: async (log) => {
    await findRedisPrograms(VARIABLE, log);
  },
  start: (context) => startRedisClusterNodes(context),
};
