import { join } from "node:path";
import { buildGo, findOnPath, runCommand, startProcess } from "@ofs/testkit";
import {
  type ServerUnderTest,
  startServerUnderTest,
} from "../../../services/api-server/test/scenarios/server-under-test.ts";
import { benchTree, type Shape, type Tier, WRITTEN_KEYS, writeQuery } from "../cases.ts";

export const TRANSPORTS = ["front", "grpc-js"] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A server under measurement. */
export interface Candidate {
  readonly name: string;
  readonly address: string;
  /** Undefined for a server that somebody else has started: its CPU is not known. */
  readonly pid: number | undefined;
  close(): Promise<unknown>;
}

const YARDSTICK_FOLDER = join(import.meta.dirname, "../../yardstick");
const WRITE_BATCH = 500;

/** A bare grpc-go server. @param core that it has for itself */
export async function startYardstick(go: string, core: string): Promise<Candidate> {
  const program = await buildGo(go, { folder: YARDSTICK_FOLDER, package: "./server" });
  const ready = /listening on (\d+)/;
  const child = await startProcess({
    command: program,
    env: { GOMAXPROCS: "1" },
    ready: { line: ready },
  });
  await pin(child.pid, core);
  return {
    name: "grpc-go",
    address: `127.0.0.1:${child.output.match(ready)?.[1]}`,
    pid: child.pid,
    close: () => child.stop(),
  };
}

/** The whole api-server, built, with tokens and metrics on; its store holds the rows of these shapes. */
export async function startApiServer(
  tier: Tier,
  transport: Transport,
  shapes: readonly Shape[],
  core: string,
): Promise<Candidate> {
  const server = await startServerUnderTest(tier.store, tier.caches, {
    treeFor: benchTree,
    isBuilt: true,
    env: { GRPC_TRANSPORT: transport },
  });
  await writeRows(server, shapes);
  await pin(server.pid, core);
  return {
    name: transport,
    address: server.address,
    pid: server.pid,
    close: () => server.close(),
  };
}

async function writeRows({ client }: ServerUnderTest, shapes: readonly Shape[]): Promise<void> {
  for (const shape of shapes) {
    for (let from = 0; from < WRITTEN_KEYS; from += WRITE_BATCH) {
      await client.persist(writeQuery(shape, from, from + WRITE_BATCH));
    }
  }
}

/** All threads of a process, where the system can. */
async function pin(pid: number, core: string): Promise<void> {
  if ((await findOnPath("taskset")) === undefined) return;
  await runCommand("taskset", ["-a", "-c", "-p", core, String(pid)]);
}
