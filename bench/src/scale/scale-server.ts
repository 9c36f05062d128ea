import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { freePort, PROCESS_CONF_ID, startProcess } from "@ofs/testkit";
import {
  BUILT,
  cacheEnvironment,
  embeddedHome,
  etcdHome,
  type RegistryHome,
  type StoreKind,
  storeEnvironment,
  toChanges,
} from "../../../services/api-server/test/scenarios/server-under-test.ts";
import { pin, SERVER_CORE } from "../cores.ts";
import { cpuSeconds } from "../process-usage.ts";
import { scaleTree } from "./scale-cases.ts";

const READY_TIMEOUT_MS = 300_000;

/** A server under measurement: one process, or a primary and its workers. */
export interface ScaleServer {
  readonly name: string;
  /** `host:port` */
  readonly address: string;
  readonly pids: readonly number[];
  /** User and system time until it was ready. */
  readonly startCpuSeconds: number;
  close(): Promise<void>;
}

export interface ScaleServerOptions {
  /** Shown in tables. */
  readonly name: string;
  readonly home: ScaleHome;
  readonly store: StoreKind;
  /** Of the process cache; 0 = none. */
  readonly cacheBytes: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Leaves it on all cores. */
  readonly isSpread?: boolean;
}

/** Where the registry of such servers is, and the name that they have in it. */
export interface ScaleHome extends RegistryHome {
  readonly appName: string;
}

/** @param folder of the embedded store; what it holds may be opened again. Other stores need none: their registry is in etcd */
export async function scaleHome(store: StoreKind, folder?: string): Promise<ScaleHome> {
  const appName = folder === undefined ? `scale_${randomUUID().replaceAll("-", "")}` : "scale";
  const home = folder === undefined ? etcdHome(appName) : await embeddedHome(folder);
  await home.write(toChanges(scaleTree(store, appName)));
  return { ...home, appName };
}

/** The whole api-server, built, with tokens and metrics on. */
export async function startScaleServer(options: ScaleServerOptions): Promise<ScaleServer> {
  const { name, home, store, cacheBytes, env = {}, isSpread = false } = options;
  const port = await freePort();
  const cache = `IN_MEM_CACHE_${PROCESS_CONF_ID}`;
  const server = await startProcess({
    ...BUILT,
    env: {
      APP_NAME: home.appName,
      APP_PORT: String(port),
      APP_LOG_LEVEL: "WARN",
      WORKERS: "1",
      // On a machine that others use, too, a late call must be counted and not refused.
      OVERLOAD_QUEUE_MS: "60000",
      STORE_TIMEOUT_MS: "60000",
      ...home.env,
      ...cacheEnvironment(),
      [`${cache}_ENABLED`]: String(cacheBytes > 0),
      ...(cacheBytes > 0 ? { [`${cache}_SIZE_IN_BYTES`]: String(cacheBytes) } : {}),
      ...storeEnvironment(store),
      ...env,
    },
    ready: { http: `http://127.0.0.1:${port}/ready` },
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const pids = [server.pid, ...childrenOf(server.pid)];
  const startCpuSeconds = await cpuOf(pids);
  if (!isSpread) for (const pid of pids) await pin(pid, SERVER_CORE);
  const close = async (): Promise<void> => void (await server.stop());
  return { name, address: `127.0.0.1:${port}`, pids, startCpuSeconds, close };
}

/** User and system time of all of them, in seconds. */
export async function cpuOf(pids: readonly number[]): Promise<number> {
  let seconds = 0;
  for (const pid of pids) seconds += await cpuSeconds(pid);
  return seconds;
}

export interface Memory {
  readonly residentMib: number;
  /** Without pages of files, such as the mapped database: what cannot be read again. */
  readonly anonymousMib: number;
}

/** Of all of them now; what they share counts in each. */
export function memoryOf(pids: readonly number[]): Memory {
  let [residentMib, anonymousMib] = [0, 0];
  for (const pid of pids) {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    residentMib += Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
    anonymousMib += Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  }
  return { residentMib, anonymousMib };
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
  return text === "" ? [] : text.split(" ").map(Number);
}
