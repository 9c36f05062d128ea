import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeCrashes } from "./support/crash-suite.ts";

/** Over by the time that another process has started. */
const HOLD_MS = 500;

describeCrashes({
  async createSettings() {
    const folder = mkdtempSync(join(tmpdir(), "ofs-rows-crash-"));
    return {
      database: { kind: "embedded", folder },
      folder,
      etcd: undefined,
      scylla: [],
      keyspace: "ofs",
      holdMs: HOLD_MS,
    };
  },
  async remove({ folder }) {
    rmSync(folder, { recursive: true, force: true });
  },
});
