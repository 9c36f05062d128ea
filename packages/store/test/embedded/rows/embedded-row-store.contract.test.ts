import { EmbeddedRowStore, EmbeddedRowTables, openEmbeddedEnvironment } from "@ofs/store";
import { rowStoreContract } from "../../rows/row-store.contract.ts";
import { temporaryFolder } from "../temporary-folder.ts";

rowStoreContract("embedded", async () => {
  const folder = temporaryFolder();
  const environment = openEmbeddedEnvironment(folder.path);
  let nowMs = Date.now();
  const open = () => new EmbeddedRowStore({ environment, tenant: "a", now: () => nowMs });
  return {
    store: open(),
    tables: new EmbeddedRowTables({ environment, tenant: "a" }),
    async tick() {
      nowMs += 100;
    },
    connect: async () => open(),
    async close() {
      await environment.close();
      folder.remove();
    },
  };
});
