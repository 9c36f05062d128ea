import { connectScylla, ScyllaBlockStore } from "@ofs/store";
import { blockStoreContract } from "../contract/block-store-contract.ts";
import { openTestKeyspace } from "./scylla-fixtures.ts";

blockStoreContract("scylla", async () => {
  const keyspace = await openTestKeyspace();
  const connect = async (): Promise<ScyllaBlockStore> =>
    new ScyllaBlockStore({ connection: await connectScylla(keyspace.options) });
  const store = await connect();
  return {
    store,
    definition: { dbType: "scylla", confId: 1 },
    refusedKeys: [[""], ["k".repeat(65_536)]],
    equalWriteTime: "larger-value-wins",
    connect,
    async close() {
      await store.close();
      await keyspace.drop();
    },
  };
});
