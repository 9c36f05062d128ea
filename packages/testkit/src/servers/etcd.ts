import { join } from "node:path";
import { localAddress } from "../free-ports.ts";
import { executableEnv } from "../install/executable.ts";
import { findExecutables } from "../install/find-executables.ts";
import type { Log } from "../install/log.ts";
import { SERVER_VARIABLES } from "./server-address.ts";
import {
  chooseFolder,
  choosePorts,
  type ServerSpec,
  type StartContext,
  type StartedServer,
  startNode,
} from "./server-spec.ts";

const VARIABLE = SERVER_VARIABLES.etcd;
const HEALTH_TIMEOUT_MS = 1000;

async function findEtcd(log: Log) {
  const request = { debianPackages: ["etcd-server"], name: "etcd", variable: VARIABLE };
  const [etcd] = await findExecutables({ ...request, programs: ["etcd"] }, log);
  if (etcd === undefined) throw new Error("etcd is missing");
  return etcd;
}

/** @param args further options of etcd, such as `--auto-compaction-retention 1` */
export async function startEtcdNode(
  context: StartContext,
  args: readonly string[] = [],
): Promise<StartedServer> {
  const etcd = await findEtcd(context.log);
  const [clientPort, peerPort] = await choosePorts(context, 2);
  const client = `http://127.0.0.1:${clientPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  const folder = await chooseFolder(context, `etcd-${clientPort}`);
  const names = ["--name", "n1", "--data-dir", join(folder, "data"), "--log-level", "warn"];
  const clientUrls = ["--listen-client-urls", client, "--advertise-client-urls", client];
  const peerUrls = ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer];
  const plan = {
    title: `etcd on port ${clientPort}`,
    command: etcd.path,
    args: [...names, ...clientUrls, ...peerUrls, "--initial-cluster", `n1=${peer}`, ...args],
    env: executableEnv(etcd),
    folder,
    isReady: () => isHealthy(client),
  };
  const node = await startNode(context, plan);
  return { address: localAddress(clientPort as number), nodes: [node] };
}

async function isHealthy(client: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    const response = await fetch(`${client}/health`, { signal });
    return (await response.text()).includes('"health":"true"');
  } catch {
    return false; // not listening yet: the caller asks again until its deadline
  }
}

/** One etcd node. */
export const etcdSpec: ServerSpec = {
  name: "etcd",
  install: async (log) => {
    await findEtcd(log);
  },
  start: (context) => startEtcdNode(context),
};
