import { rm } from "node:fs/promises";
import { startWithLog } from "./infra/infra.ts";
import { isUp, loadState } from "./infra/infra-state.ts";
import { stderrLog } from "./install/log.ts";
import { ALL_SERVERS } from "./servers/all-servers.ts";
import { failureVariable, SERVER_VARIABLES, type ServerName } from "./servers/server-address.ts";
import { createDataFolder } from "./servers/server-node.ts";
import { type ServerSpec, type StartedServer, stopAll } from "./servers/server-spec.ts";

const log = stderrLog("servers");

/** Vitest's global set-up of the integration tests. */
export function setup(): Promise<() => Promise<void>> {
  return provideServers(ALL_SERVERS.map(({ name }) => name));
}

/**
 * Puts the addresses of real servers into the environment, where every test process finds them. Those that the user
 * names and those of `npm run infra:up` are used as they are; the others are started here.
 *
 * A server that cannot be started fails the tests that ask for it, not the whole run.
 *
 * @returns what stops those that were started
 */
export async function provideServers(names: readonly ServerName[]): Promise<() => Promise<void>> {
  await useRunningServers();
  const wanted = ALL_SERVERS.filter(({ name }) => names.includes(name));
  const missing = wanted.filter(({ name }) => !process.env[SERVER_VARIABLES[name]]);
  const stops = await Promise.all(missing.map(provide));
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

async function useRunningServers(): Promise<void> {
  for (const server of await loadState()) {
    const variable = SERVER_VARIABLES[server.name];
    if (!process.env[variable] && (await isUp(server))) process.env[variable] = server.address;
  }
}

/** Starts one server and puts its address, or why there is none, into the environment. */
async function provide(spec: ServerSpec): Promise<() => Promise<void>> {
  const folder = await createDataFolder(spec.name);
  let started: StartedServer | undefined;
  try {
    started = await startWithLog(spec, folder, log);
    process.env[SERVER_VARIABLES[spec.name]] = started.address;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(`${spec.name} could not be started: ${reason}`);
    process.env[failureVariable(spec.name)] = reason;
  }
  return async () => {
    await stopAll(started?.nodes ?? []);
    await rm(folder, { recursive: true, force: true });
  };
}
