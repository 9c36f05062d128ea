import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe } from "vitest";
import { describeCrashes } from "./support/crash-suite.ts";

describe("over embedded database and registry", () => {
  const folders = new Map<string, string>();

  describeCrashes({
    async createSettings() {
      const folder = await mkdtemp(join(tmpdir(), "ofs-apply-crash-"));
      const settings = {
        database: { kind: "embedded", folder: join(folder, "database") } as const,
        registry: { folder: join(folder, "registry") },
        scylla: [],
        stores: { confId: 0, dbType: "embedded" },
        leaseMs: 1_000,
      };
      folders.set(settings.registry.folder, folder);
      return settings;
    },
    async remove({ registry }) {
      const folder = "folder" in registry ? folders.get(registry.folder) : undefined;
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    },
  });
});
