import { randomUUID } from "node:crypto";
import { EtcdRegistrySource } from "@ofs/registry";
import {
  freePorts,
  type RegistryEntries,
  serverAddress,
  startProcess,
  type TestProcess,
  waitUntil,
} from "@ofs/testkit";
import type { CacheUse } from "../scenarios/scenario-tree.ts";
import { FROM_SOURCE, toChanges } from "../scenarios/server-under-test.ts";
import { faultTree } from "./fault-tree.ts";
import { ValueClient } from "./value-client.ts";
import { ValueLedger } from "./value-ledger.ts";

const KEY_COUNT = 60;
const READY_TIMEOUT_MS = 60_000;
const SEED_TIMEOUT_MS = 10_000;
/** Of a process's output, for a report. */
const OUTPUT_CHARS = 4_000;
const OVERLOAD_QUEUE_MS = "60000";

/** For a store; well below the deadline of a call, so that the server answers before its caller gives up. */
export const STORE_TIMEOUT_MS = 600;

export interface FaultFleetOptions {
  readonly processCount: number;
  readonly caches: CacheUse;
  /** The registry's definition of the one store, but its table. */
  readonly store: Readonly<Record<string, unknown>>;
  /** Settings of the connections under test. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the processes find etcd; default: directly. */
  readonly etcdForServers?: string;
  /** Where the test finds it; default: the server of the run. */
  readonly etcd?: string;
  /** Makes the tables. */
  readonly prepare?: (tree: RegistryEntries) => Promise<void>;
}

/** Real api-server processes on one registry, whose dependencies are about to fail. */
export class FaultFleet {
  readonly name: string;
  readonly tree: RegistryEntries;
  readonly ledger = new ValueLedger();
  readonly keys: readonly string[];
  readonly clients: readonly ValueClient[];
  readonly processes: readonly TestProcess[];
  readonly #ports: readonly number[];
  readonly #registry: EtcdRegistrySource;

  private constructor(
    name: string,
    tree: RegistryEntries,
    registry: EtcdRegistrySource,
    ports: readonly number[],
    processes: readonly TestProcess[],
  ) {
    this.name = name;
    this.tree = tree;
    this.#registry = registry;
    this.#ports = ports;
    this.processes = processes;
    this.keys = Array.from({ length: KEY_COUNT }, (_, index) => `k${index}`);
    this.clients = ports.map((port) => new ValueClient(`127.0.0.1:${port}`, name));
  }

  /** @returns when every process is ready and every key has a value */
  static async start(options: FaultFleetOptions): Promise<FaultFleet> {
    const { etcd = serverAddress("etcd").text, etcdForServers = etcd, processCount } = options;
    const name = `faults_${randomUUID().replaceAll("-", "")}`;
    const tree = faultTree(name, { ...options.store, table: name }, options.caches);
    const registry = new EtcdRegistrySource({ endpoints: etcd, root: `/config/${name}` });
    await registry.write(toChanges(tree), { isChunked: true });
    await options.prepare?.(tree);
    const ports = await freePorts(processCount);
    const env = { ...options.env, APP_NAME: name, ETCD_SERVER: etcdForServers };
    const processes = await Promise.all(ports.map((port) => startServer(port, env)));
    const fleet = new FaultFleet(name, tree, registry, ports, processes);
    await fleet.seed();
    return fleet;
  }

  /** Gives every key a new value; a store that is not warm yet may need some attempts. */
  async seed(): Promise<void> {
    const values = new Map(this.keys.map((key) => [key, this.ledger.begin(key)]));
    const [client] = this.clients as [ValueClient];
    let lastError = "";
    const isWritten = async (): Promise<boolean> => {
      try {
        await client.write(values);
        return true;
      } catch (error) {
        lastError = String(error);
        return false;
      }
    };
    try {
      await waitUntil(isWritten, { what: "the first values", timeoutMs: SEED_TIMEOUT_MS });
    } catch (error) {
      throw new Error(`${String(error)}: ${lastError}`, { cause: error });
    }
    for (const [key, value] of values) this.ledger.acknowledge(key, value);
  }

  /** Changes the registry of the running processes. */
  async writeRegistry(entries: Readonly<Record<string, string | undefined>>): Promise<void> {
    await this.#registry.write(toChanges(entries));
  }

  /** What `/ready` says of each process. */
  async readiness(): Promise<{ readonly code: number; readonly status: string }[]> {
    return Promise.all(this.#ports.map(readinessAt));
  }

  /** The ends of the outputs of processes that have ended, which none should. */
  async casualties(): Promise<string[]> {
    const dead = this.processes.filter(({ isRunning }) => !isRunning);
    return Promise.all(
      dead.map(async (process) => {
        const exit = JSON.stringify(await process.exited);
        return `process ${process.pid} has ended: ${exit}\n${process.output.slice(-OUTPUT_CHARS)}`;
      }),
    );
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.processes.map((each) => each.stop()));
    await this.#registry.close();
  }
}

async function readinessAt(port: number): Promise<{ code: number; status: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/ready`);
  const { status } = (await response.json()) as { status: string };
  return { code: response.status, status };
}

function startServer(port: number, env: Readonly<Record<string, string>>): Promise<TestProcess> {
  return startProcess({
    ...FROM_SOURCE,
    env: {
      APP_PORT: String(port),
      APP_LOG_LEVEL: "ERROR",
      WORKERS: "1",
      ETCD_WATCHER_ENABLED: "true",
      STORE_TIMEOUT_MS: String(STORE_TIMEOUT_MS),
      OVERLOAD_QUEUE_MS, // a busy machine is not the fault that is looked at
      ...env,
    },
    ready: { http: `http://127.0.0.1:${port}/ready` },
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
}
