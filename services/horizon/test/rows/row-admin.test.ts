import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { testRowAdmin } from "./row-admin-contract.ts";
import { MemoryClusters } from "./support/memory-clusters.ts";
import { MemoryTopics } from "./support/memory-topics.ts";
import { RowApp } from "./support/row-app.ts";

describe("with the embedded database", () => {
  const folder = mkdtempSync(join(tmpdir(), "ofs-rows-"));
  let app: RowApp<MemoryClusters>;
  beforeAll(async () => {
    app = await RowApp.open({
      settings: { kind: "embedded", folder },
      clusters: new MemoryClusters("default-tenant", "second", "third"),
      topics: new MemoryTopics(),
    });
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });
  testRowAdmin(() => app);
});
