import { rm } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "../install/file-lock.ts";
import type { Log } from "../install/log.ts";
import { SERVER_VARIABLES } from "../servers/server-address.ts";
import { emptyFolder } from "../servers/server-node.ts";
import type { ServerSpec, StartedServer } from "../servers/server-spec.ts";
import {
  infraFolder,
  isUp,
  loadState,
  type RecordedProcess,
  type RecordedServer,
  saveState,
} from "./infra-state.ts";
import { processIdentity } from "./process-identity.ts";
import type { ServerStatus } from "./status-table.ts";
import { stopRecordedProcess } from "./stop-process.ts";

/**
 * Starts those of `specs` that neither the user names in a variable nor run already. They outlive
 * this process.
 *
 * @throws {AggregateError} of the servers that did not start; the others stay up
 */
export async function startInfra(specs: readonly ServerSpec[], log: Log): Promise<void> {
  await withFileLock(lockFile(), async () => {
    const recorded = await removeDead(await loadState());
    await saveState(recorded);
    const names = new Set(recorded.map(({ name }) => name));
    const missing = specs.filter(({ name }) => !names.has(name) && !isExternal(name));
    const record = async (server: RecordedServer): Promise<void> => {
      recorded.push(server);
      await saveState([...recorded]);
    };
    const starts = missing.map((spec) => startOne(spec, record, log));
    const outcomes = await Promise.allSettled(starts);
    const errors = outcomes.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
    if (errors.length > 0) throw new AggregateError(errors, "some servers did not start");
  });
}

async function startOne(
  spec: ServerSpec,
  record: (server: RecordedServer) => Promise<void>,
  log: Log,
): Promise<void> {
  const folder = await emptyFolder(join(infraFolder(), spec.name));
  const started = await startWithLog(spec, folder, log);
  const { address, nodes } = started;
  const processes = await Promise.all(
    nodes.map(async ({ pid, logFile }): Promise<RecordedProcess> => {
      return { pid, identity: (await processIdentity(pid)) ?? "", logFile };
    }),
  );
  await record({ name: spec.name, address, folder, processes });
  for (const node of nodes) node.detach();
}

/** Installs and starts a server, telling how long it took. */
export async function startWithLog(
  spec: ServerSpec,
  folder: string,
  log: Log,
): Promise<StartedServer> {
  await spec.install(log);
  const startedAt = Date.now();
  const started = await spec.start({ folder, log });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  log(`${spec.name} is up on ${started.address} (${seconds} s)`);
  return started;
}

/** Stops every server that `startInfra` recorded and removes its data. */
export async function stopInfra(log: Log): Promise<void> {
  await withFileLock(lockFile(), async () => {
    const recorded = await loadState();
    await Promise.all(recorded.map(stopRecorded));
    await saveState([]);
    log(recorded.length === 0 ? "nothing was up" : `stopped ${recorded.length} servers`);
  });
}

/** What tests would use now, for each of `specs`. */
export async function inspectInfra(specs: readonly ServerSpec[]): Promise<ServerStatus[]> {
  const recorded = new Map((await loadState()).map((server) => [server.name, server]));
  return Promise.all(
    specs.map(async ({ name }): Promise<ServerStatus> => {
      const variable = SERVER_VARIABLES[name];
      const external = process.env[variable];
      if (external) return { name, variable, state: "external", address: external, pids: [] };
      const server = recorded.get(name);
      if (server === undefined) return { name, variable, state: "down", address: "", pids: [] };
      const pids = server.processes.map(({ pid }) => pid);
      const state = (await isUp(server)) ? "up" : "broken";
      return { name, variable, state, address: server.address, pids };
    }),
  );
}

/** Stops what is left of servers of which a part has died, and forgets them. */
async function removeDead(recorded: readonly RecordedServer[]): Promise<RecordedServer[]> {
  const alive: RecordedServer[] = [];
  for (const server of recorded) {
    if (await isUp(server)) alive.push(server);
    else await stopRecorded(server);
  }
  return alive;
}

async function stopRecorded({ processes, folder }: RecordedServer): Promise<void> {
  await Promise.all(processes.map((each) => stopRecordedProcess(each)));
  await rm(folder, { recursive: true, force: true });
}

function isExternal(name: keyof typeof SERVER_VARIABLES): boolean {
  return Boolean(process.env[SERVER_VARIABLES[name]]);
}

function lockFile(): string {
  return join(infraFolder(), "lock");
}
