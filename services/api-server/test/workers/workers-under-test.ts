import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import {
  entityTree,
  freePort,
  type RegistryEntries,
  startProcess,
  type TestProcess,
  waitUntil,
} from "@ofs/testkit";
import { CALLER_ID, CALLER_TOKEN } from "../scenarios/scenario-tree.ts";
import {
  BUILT,
  cacheEnvironment,
  etcdHome,
  storeDefinition,
  storeEnvironment,
  toChanges,
} from "../scenarios/server-under-test.ts";

/** For a test that starts several processes, some of them while others are under load. */
export const PROCESS_TEST_TIMEOUT_MS = 180_000;

export const ENTITY = "user";
export const KEYS_SCHEMA = ["user_id"];
export const GROUP = "state";
export const FEATURE = "version";

const HOST = "127.0.0.1";
const READY_TIMEOUT_MS = 90_000;
/** A worker waits 1 s for another that does not give its metrics. */
const ANSWER_TIMEOUT_MS = 3_000;

/** One registry and store, and the servers that are started on them one after the other. */
export interface Site {
  readonly port: number;
  /** Starts the built server, as production does: starts from the source take seconds. */
  start(workerCount: number, env?: Readonly<Record<string, string>>): Promise<Host>;
  close(): Promise<void>;
}

/** A running server: one process, or a primary and its workers. */
export interface Host {
  readonly process: TestProcess;
  /** Process ids of the workers that run now. */
  workerPids(): Promise<number[]>;
  /** Waits until so many workers are ready. */
  waitForReady(count: number): Promise<void>;
  /** Text of one scrape. */
  scrape(): Promise<string>;
  stop(): Promise<void>;
}

export async function openSite(isProcessCached = false): Promise<Site> {
  const name = `workers_${randomUUID().replaceAll("-", "")}`;
  const home = etcdHome(name);
  await home.write(toChanges(treeOf(name, isProcessCached)));
  const port = await freePort();
  const hosts: Host[] = [];
  return {
    port,
    async start(workerCount, env = {}) {
      const process = await startProcess({
        ...BUILT,
        env: {
          APP_NAME: name,
          APP_HOST: HOST,
          APP_PORT: String(port),
          APP_LOG_LEVEL: "WARN",
          ENABLE_HTTP_API: "true",
          // Starts keep the machine busy; these tests are not about shedding.
          OVERLOAD_QUEUE_MS: "60000",
          WORKERS: String(workerCount),
          ...home.env,
          ...cacheEnvironment(),
          ...storeEnvironment("redis_standalone"),
          ...env,
        },
        ready: { http: `http://${HOST}:${port}/ready` },
        readyTimeoutMs: READY_TIMEOUT_MS,
      });
      const host = hostOf(process, port);
      hosts.push(host);
      if (workerCount > 1) await host.waitForReady(workerCount);
      return host;
    },
    async close() {
      await Promise.all(hosts.map((host) => host.stop()));
      await home.close();
    },
  };
}

function hostOf(process: TestProcess, port: number): Host {
  return {
    process,
    workerPids: () => childrenOf(process.pid),
    async waitForReady(count) {
      const isReady = async (): Promise<boolean> => {
        const body = JSON.parse(await get(port, "/ready")) as { worker?: { readyCount?: number } };
        return body.worker?.readyCount === count;
      };
      await waitUntil(isReady, { what: `${count} ready workers`, timeoutMs: READY_TIMEOUT_MS });
    },
    scrape: () => get(port, "/metrics"),
    async stop() {
      await process.stop();
    },
  };
}

function treeOf(name: string, isProcessCached: boolean): RegistryEntries {
  const store = storeDefinition("redis_standalone", name);
  return {
    [`security/reader/${CALLER_ID}`]: JSON.stringify({ token: CALLER_TOKEN }),
    "storage/stores/1": JSON.stringify({ ...store, "max-column-size-in-bytes": 1024 }),
    ...entityTree(ENTITY, KEYS_SCHEMA, {
      [GROUP]: {
        id: 1,
        type: "Int32",
        versions: [{ [FEATURE]: {} }],
        process: isProcessCached,
        distributed: false,
      },
    }),
  };
}

/** Sum of the series with this name and all of these labels. */
export function seriesOf(text: string, name: string, ...labels: readonly string[]): number {
  const lines = text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)));
  if (lines.length === 0) return Number.NaN;
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

/** On a connection of its own, and again if a worker that hangs or dies has got it. */
function get(port: number, path: string): Promise<string> {
  return waitUntil(
    async () => {
      try {
        const response = await fetch(`http://${HOST}:${port}${path}`, {
          headers: { connection: "close" },
          signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        });
        return await response.text();
      } catch {
        return undefined; // the deadline below tells if it stays so
      }
    },
    { what: `an answer to ${path}`, timeoutMs: READY_TIMEOUT_MS },
  );
}

/** Linux only, as are the faults that these tests make. */
async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => parentOf(pid) === parent).map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // After the name, which may hold anything: state, parent.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined; // it has ended meanwhile
  }
}

export function isRunning(pid: number): boolean {
  return parentOf(String(pid)) !== undefined;
}
