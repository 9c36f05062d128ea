import { createLogger } from "@ofs/platform";
import { MemoryRegistrySource } from "@ofs/registry";
import { Registry } from "prom-client";
import { startApiServer } from "../../../src/api-server.ts";
import { loadConfig } from "../../../src/config.ts";
import { prepareCassandraRows } from "../support/cassandra-rows.ts";
import { ask } from "../support/row-server.ts";
import { ENTITIES, GROUPS, type RowWorld } from "./row-world.ts";
import { VALUE_ENTITY, VALUE_GROUP } from "./value-contract.ts";

/** On Cassandra and etcd. */
export async function openCassandraWorld(): Promise<RowWorld> {
  const rows = await prepareCassandraRows([...ENTITIES, VALUE_ENTITY], [...GROUPS, VALUE_GROUP]);
  const server = await startApiServer(loadConfig(rows.env), {
    log: createLogger({ service: "t", level: "DISABLED" }),
    metrics: new Registry(),
    registrySource: new MemoryRegistrySource({}),
  });
  let lastId = 0;
  return {
    ask: (method, path, body, headers) => ask(server.rowPort ?? 0, method, path, body, headers),
    mainPort: server.port,
    newId: () => ++lastId,
    async close() {
      await server.close();
      await rows.drop();
    },
  };
}
