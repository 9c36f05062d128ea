import { type Executable, executableEnv } from "../install/executable.ts";
import { findExecutables } from "../install/find-executables.ts";
import type { Log } from "../install/log.ts";
import { runCommand } from "../install/run-command.ts";

const CLI_TIMEOUT_MS = 30_000;

export interface RedisPrograms {
  readonly server: Executable;
  readonly cli: Executable;
}

/** Finds or fetches redis-server and redis-cli. */
export async function findRedisPrograms(variable: string, log: Log): Promise<RedisPrograms> {
  const [server, cli] = await findExecutables(
    {
      programs: ["redis-server", "redis-cli"],
      debianPackages: ["redis-server", "redis-tools"],
      name: "redis",
      variable,
    },
    log,
  );
  if (server === undefined || cli === undefined) throw new Error("redis programs are missing");
  return { server, cli };
}

/** Runs redis-cli; answers its output, or `undefined` while the server does not accept it. */
export async function askRedis(
  cli: Executable,
  port: number,
  ...command: readonly string[]
): Promise<string | undefined> {
  try {
    return await runRedisCli(cli, "-p", String(port), ...command);
  } catch {
    return undefined; // not listening yet: the caller asks again until its deadline
  }
}

export function runRedisCli(cli: Executable, ...args: readonly string[]): Promise<string> {
  return runCommand(cli.path, args, { env: executableEnv(cli), timeoutMs: CLI_TIMEOUT_MS });
}
