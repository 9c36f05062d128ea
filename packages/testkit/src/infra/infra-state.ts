import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { acceptsConnections } from "../free-ports.ts";
import { cacheFolder } from "../install/cache-folder.ts";
import { hasCode } from "../install/file-lock.ts";
import { SERVER_VARIABLES, type ServerName } from "../servers/server-address.ts";
import { processIdentity } from "./process-identity.ts";

export interface RecordedProcess {
  readonly pid: number;
  /** Its start time, so that another process with this pid is not taken for it. */
  readonly identity: string;
  readonly logFile: string;
}

/** A server that `infra:up` started. */
export interface RecordedServer {
  readonly name: ServerName;
  readonly address: string;
  readonly folder: string;
  readonly processes: readonly RecordedProcess[];
}

/** Servers that outlive a test run: recorded in the cache, so every checkout finds them. */
export function infraFolder(): string {
  return join(cacheFolder(), "infra");
}

/** @throws {Error} when the state file is not what `saveState` writes */
export async function loadState(): Promise<RecordedServer[]> {
  const path = stateFile();
  try {
    return parseState(await readFile(path, "utf8"));
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw new Error(`${path} is damaged: stop its servers by hand and remove it`, { cause: error });
  }
}

export async function saveState(servers: readonly RecordedServer[]): Promise<void> {
  await mkdir(infraFolder(), { recursive: true });
  const fresh = `${stateFile()}.${process.pid}.new`;
  await writeFile(fresh, `${JSON.stringify(servers, null, 2)}\n`);
  await rename(fresh, stateFile());
}

/** @throws {Error} naming the first server that is not as `saveState` wrote it */
export function parseState(text: string): RecordedServer[] {
  const servers: unknown = JSON.parse(text);
  if (!Array.isArray(servers)) throw new Error("not a list of servers");
  for (const server of servers) {
    if (!isRecordedServer(server)) throw new Error(`not a server: ${JSON.stringify(server)}`);
  }
  return servers;
}

function isRecordedServer(value: unknown): value is RecordedServer {
  if (typeof value !== "object" || value === null) return false;
  const { name, address, folder, processes } = value as Record<string, unknown>;
  return (
    typeof name === "string" &&
    name in SERVER_VARIABLES &&
    typeof address === "string" &&
    typeof folder === "string" &&
    Array.isArray(processes) &&
    processes.every(isRecordedProcess)
  );
}

function isRecordedProcess(value: unknown): value is RecordedProcess {
  if (typeof value !== "object" || value === null) return false;
  const { pid, identity, logFile } = value as Record<string, unknown>;
  return Number.isInteger(pid) && typeof identity === "string" && typeof logFile === "string";
}

/** True when all its processes still run and all its ports answer. */
export async function isUp(server: RecordedServer): Promise<boolean> {
  const processes = await Promise.all(server.processes.map(isSameProcess));
  const ports = await Promise.all(
    server.address.split(",").map((address) => acceptsConnections(Number(address.split(":")[1]))),
  );
  return processes.every(Boolean) && ports.every(Boolean);
}

/** True while the recorded process runs, and not another one with its pid. */
export async function isSameProcess({ pid, identity }: RecordedProcess): Promise<boolean> {
  return (await processIdentity(pid)) === identity;
}

function stateFile(): string {
  return join(infraFolder(), "state.json");
}
