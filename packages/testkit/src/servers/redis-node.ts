import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { executableEnv } from "../install/executable.ts";
import { askRedis, type RedisPrograms } from "./redis-programs.ts";
import { ServerNode } from "./server-node.ts";

/**
 * Starts one redis-server, in memory only, and waits for its PONG.
 *
 * @param isLasting leaves the folder when this process dies
 */
export async function startRedisNode(
  { server, cli }: RedisPrograms,
  port: number,
  rootFolder: string,
  args: readonly string[] = [],
  isLasting = false,
): Promise<ServerNode> {
  const folder = join(rootFolder, `redis-${port}`);
  await mkdir(folder, { recursive: true });
  const base = ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder];
  const plan = {
    title: `redis on port ${port}`,
    command: server.path,
    args: [...base, "--save", "", "--appendonly", "no", "--daemonize", "no", ...args],
    env: executableEnv(server),
    folder,
    isReady: async () => (await askRedis(cli, port, "ping"))?.trim() === "PONG",
  };
  return ServerNode.start(plan, isLasting ? undefined : rootFolder);
}
