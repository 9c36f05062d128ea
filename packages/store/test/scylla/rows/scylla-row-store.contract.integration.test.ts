import { setTimeout as pause } from "node:timers/promises";
import { connectScylla, ScyllaRowStore, ScyllaRowTables } from "@ofs/store";
import { rowStoreContract } from "../../rows/row-store.contract.ts";
import { openTestKeyspace } from "../scylla-fixtures.ts";

rowStoreContract("scylla", async () => {
  const keyspace = await openTestKeyspace();
  const { connection, options } = keyspace;
  return {
    store: new ScyllaRowStore({ connection }),
    tables: new ScyllaRowTables(connection),
    tick: () => pause(100),
    connect: async () => new ScyllaRowStore({ connection: await connectScylla(options) }),
    close: () => keyspace.drop(),
  };
});
