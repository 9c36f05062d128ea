import type { BlockStore } from "@ofs/store";
import { EmbeddedBlockStore, openEmbeddedEnvironment } from "@ofs/store";
import { blockStoreContract } from "../contract/block-store-contract.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A store with a data folder opened for it alone. */
class OwningStore extends EmbeddedBlockStore {
  readonly #closeEnvironment: () => Promise<void>;

  constructor(folder: string) {
    const environment = openEmbeddedEnvironment(folder);
    super(environment);
    this.#closeEnvironment = () => environment.close();
  }

  override async close(): Promise<void> {
    await super.close();
    await this.#closeEnvironment();
  }
}

blockStoreContract("embedded", async () => {
  const folder = temporaryFolder();
  const store = new OwningStore(folder.path);
  return {
    store,
    definition: { dbType: "embedded", confId: 0 },
    refusedKeys: [["k".repeat(70_000)]],
    equalWriteTime: "replaces",
    connect: async (): Promise<BlockStore> => new OwningStore(folder.path),
    async close() {
      await store.close();
      folder.remove();
    },
  };
});
