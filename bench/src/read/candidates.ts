import {
  type ServerUnderTest,
  startServerUnderTest,
} from "../../../services/api-server/test/scenarios/server-under-test.ts";
import type { Candidate } from "../candidate.ts";
import { benchTree, type Shape, type Tier, WRITTEN_KEYS, writeQuery } from "../cases.ts";
import { pin, SERVER_CORE } from "../cores.ts";

export const TRANSPORTS = ["front", "grpc-js"] as const;
export type Transport = (typeof TRANSPORTS)[number];

const WRITE_BATCH = 500;

/** The whole api-server, built, with tokens and metrics on; its store holds the rows of these shapes. */
export async function startApiServer(
  tier: Tier,
  transport: Transport,
  shapes: readonly Shape[],
): Promise<Candidate> {
  const server = await startServerUnderTest(tier.store, tier.caches, {
    treeFor: benchTree,
    isBuilt: true,
    env: { GRPC_TRANSPORT: transport },
  });
  await writeRows(server, shapes);
  await pin(server.pid, SERVER_CORE);
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
