import { localAddress } from "../free-ports.ts";
import type { Log } from "../install/log.ts";
import { startRedisNode } from "./redis-node.ts";
import { findRedisPrograms } from "./redis-programs.ts";
import { SERVER_VARIABLES } from "./server-address.ts";
import {
  choosePorts,
  type ServerSpec,
  type StartContext,
  type StartedServer,
} from "./server-spec.ts";

const VARIABLE = SERVER_VARIABLES.redis;

async function install(log: Log): Promise<void> {
  await findRedisPrograms(VARIABLE, log);
}

/** @param args further options of redis-server, such as `--maxmemory 10mb` */
export async function startRedisStandalone(
  context: StartContext,
  args: readonly string[] = [],
): Promise<StartedServer> {
  const programs = await findRedisPrograms(VARIABLE, context.log);
  const [port] = (await choosePorts(context, 1)) as [number];
  const isLasting = context.lasting !== undefined;
  const node = await startRedisNode(programs, port, context.folder, args, isLasting);
  return { address: localAddress(port), nodes: [node] };
}

/** One Redis without persistence. */
export const redisSpec: ServerSpec = {
  name: "redis",
  install,
  start: (context) => startRedisStandalone(context),
};
