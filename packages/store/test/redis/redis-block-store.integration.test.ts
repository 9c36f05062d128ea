import { RedisBlockStore } from "../../src/redis/redis-block-store.ts";
import { blockStoreContract } from "../contract/block-store-contract.ts";
import { KINDS, openConnection } from "./redis-fixtures.ts";

for (const kind of KINDS) {
  blockStoreContract(`redis ${kind}`, async () => {
    const connect = async () => new RedisBlockStore({ connection: await openConnection(kind) });
    const store = await connect();
    return {
      store,
      definition: { dbType: `redis_${kind}`, confId: 1 },
      refusedKeys: kind === "cluster" ? [["a{b"], ["a}b"], ["{}"], ["}{"]] : [],
      equalWriteTime: "replaces",
      connect,
      close: () => store.close(),
    };
  });
}
