import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { testManyVersions } from "./many-versions-contract.ts";
import { MemoryClusters } from "./support/memory-clusters.ts";
import { RowApp } from "./support/row-app.ts";

describe("with the embedded database", () => {
  const folder = mkdtempSync(join(tmpdir(), "ofs-rows-"));
  const settings = { kind: "embedded", folder } as const;
  let app: RowApp<MemoryClusters>;
  beforeAll(async () => {
    const clusters = new MemoryClusters("default-tenant");
    app = await RowApp.open({ settings, clusters, topics: undefined });
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });
  testManyVersions(() => ({ app, settings }));
});
