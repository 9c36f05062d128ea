import { randomUUID } from "node:crypto";
import {
  entityTree,
  freePort,
  freePorts,
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
  FROM_SOURCE,
  storeDefinition,
  storeEnvironment,
  toChanges,
} from "../scenarios/server-under-test.ts";
import { type Caller, grpcCaller } from "../workers/load.ts";
import { ENTITY, FEATURE, GROUP, KEYS_SCHEMA, seriesOf } from "../workers/workers-under-test.ts";

const HOST = "127.0.0.1";
const PEER_CONF_ID = 5;
const READY_TIMEOUT_MS = 60_000;
/** Of a process's output, for a report. */
const OUTPUT_CHARS = 4_000;

export const READER_ONLY = "reads-only";

/** Pods on one host: the peers' sockets are on addresses of their own, all with one port. */
export interface Pods {
  readonly pods: readonly Pod[];
  setPercentage(percentage: number): Promise<void>;
  /** Waits until these pods see so many nodes. */
  waitForNodes(count: number, pods?: readonly Pod[], timeoutMs?: number): Promise<void>;
  close(): Promise<void>;
}

export interface Pod {
  readonly port: number;
  readonly process: TestProcess;
  readonly caller: Caller;
  /** Sum of the series with this name and all of these labels. */
  series(name: string, ...labels: readonly string[]): Promise<number>;
  /** What is counted of peers and of the channel between processes, and the end of the output. */
  report(): Promise<string>;
}

/** @param isBuilt run the built server, as several workers need it */
export async function startPods(
  count: number,
  env: Readonly<Record<string, string>> = {},
  isBuilt = false,
): Promise<Pods> {
  const name = `peers_${randomUUID().replaceAll("-", "")}`;
  const home = etcdHome(name);
  await home.write(toChanges(treeOf(name)));
  const ports = await freePorts(count);
  const udpPort = await freePort();
  const settings = { ...home.env, ...peerEnvironment(name, udpPort), ...env };
  const program = isBuilt ? BUILT : FROM_SOURCE;
  const pods = await Promise.all(
    ports.map((port, index) => startPod(program, name, port, index, settings)),
  );
  return {
    pods,
    async setPercentage(percentage) {
      await home.write(toChanges({ "p2p-enabled-percentage": String(percentage) }));
    },
    async waitForNodes(nodes, among = pods, timeoutMs = 20_000) {
      for (const pod of among) {
        const isSeen = async () => (await pod.series("ofs_p2p_cache_nodes")) === nodes;
        await waitUntil(isSeen, { what: `${nodes} nodes`, timeoutMs });
      }
    },
    async close() {
      for (const { caller } of pods) caller.close();
      await Promise.all(pods.map(({ process }) => process.stop()));
      await home.close();
    },
  };
}

async function startPod(
  program: typeof FROM_SOURCE,
  name: string,
  port: number,
  index: number,
  env: Readonly<Record<string, string>>,
): Promise<Pod> {
  const process = await startProcess({
    ...program,
    env: {
      APP_NAME: name,
      APP_HOST: HOST,
      APP_PORT: String(port),
      APP_LOG_LEVEL: "WARN",
      WORKERS: "1",
      NODE_IP: "node-1",
      POD_IP: `127.0.0.${index + 1}`,
      ...cacheEnvironment(),
      ...storeEnvironment("redis_standalone"),
      ...env,
    },
    ready: { http: `http://${HOST}:${port}/ready` },
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const scrape = async (): Promise<string> => {
    const response = await fetch(`http://${HOST}:${port}/metrics`);
    return response.text();
  };
  return {
    port,
    process,
    caller: grpcCaller(port),
    async series(series, ...labels) {
      return seriesOf(await scrape(), series, ...labels);
    },
    async report() {
      const lines = (await scrape()).split("\n");
      const counted = lines.filter((line) => /^ofs_(p2p|invalidation|worker).* [^0]/.test(line));
      return [...counted, process.output.slice(-OUTPUT_CHARS)].join("\n");
    },
  };
}

function peerEnvironment(clusterName: string, port: number): Record<string, string> {
  const prefix = `P2P_CACHE_${PEER_CONF_ID}`;
  return {
    P2P_CACHE_ACTIVE_CONFIG_IDS: String(PEER_CONF_ID),
    [`${prefix}_CLUSTER_NAME`]: clusterName,
    [`${prefix}_NAME`]: "p2p",
    [`${prefix}_OWN_PARTITION_SIZE_IN_BYTES`]: "10000000",
    [`${prefix}_GLOBAL_SIZE_IN_BYTES`]: "10000000",
    [`${prefix}_GLOBAL_CACHE_TTL_IN_SECONDS`]: "60",
    [`${prefix}_NUM_CLIENTS`]: "2",
    [`${prefix}_SERVER_PORT`]: String(port),
  };
}

function treeOf(name: string): RegistryEntries {
  const store = storeDefinition("redis_standalone", name);
  return {
    [`security/reader/${CALLER_ID}`]: JSON.stringify({ token: CALLER_TOKEN }),
    [`security/reader/${READER_ONLY}`]: JSON.stringify({
      token: CALLER_TOKEN,
      scopes: { access: "read" },
    }),
    "p2p-enabled-percentage": "100",
    "storage/stores/1": JSON.stringify({ ...store, "max-column-size-in-bytes": 1024 }),
    ...entityTree(ENTITY, KEYS_SCHEMA, {
      [GROUP]: { id: 1, type: "Int32", versions: [{ [FEATURE]: {} }], process: true },
    }),
  };
}
