import { findOnPath, freePort, runCommand, startProcess } from "@ofs/testkit";
import { prepareCassandraRows } from "../../../services/api-server/test/rows/support/cassandra-rows.ts";
import { prepareEmbeddedRows } from "../../../services/api-server/test/rows/support/embedded-rows.ts";
import { BUILT } from "../../../services/api-server/test/scenarios/server-under-test.ts";
import { ENTITIES, fillings, GROUPS, WRITE_PATH } from "./row-cases.ts";

const HOST = "127.0.0.1";

export const ROW_STORES = ["embedded", "cassandra"] as const;
export type RowStoreKind = (typeof ROW_STORES)[number];

/** A server under measurement. */
export interface RowServer {
  /** Of the row dialect. */
  readonly address: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** The whole api-server, built, one process, with the rows that are asked for. @param core that it has for itself */
export async function startRowServer(store: RowStoreKind, core: string): Promise<RowServer> {
  const prepare = store === "embedded" ? prepareEmbeddedRows : prepareCassandraRows;
  const prepared = await prepare(ENTITIES, GROUPS);
  const [main, port] = [await freePort(), await freePort()];
  const server = await startProcess({
    ...BUILT,
    env: { ...prepared.env, APP_PORT: String(main), ROW_PORT: String(port) },
    ready: { http: `http://${HOST}:${main}/ready` },
    readyTimeoutMs: 120_000,
  });
  const address = `${HOST}:${port}`;
  for (const body of fillings()) await fill(address, body);
  if ((await findOnPath("taskset")) !== undefined) {
    await runCommand("taskset", ["-a", "-c", "-p", core, String(server.pid)]);
  }
  return {
    address,
    pid: server.pid,
    async close() {
      await server.stop();
      await prepared.drop();
    },
  };
}

async function fill(address: string, body: object): Promise<void> {
  const url = `http://${address}${WRITE_PATH}`;
  const reply = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const { data } = (await reply.json()) as { data?: { failedRows: unknown[] } };
  if (data?.failedRows.length !== 0) throw new Error(`rows were not written: ${reply.status}`);
}
