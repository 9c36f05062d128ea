import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "@ofs/testkit";
import { expect, test } from "vitest";
import { entityBody } from "./support/bodies.ts";
import { MemoryClusters } from "./support/memory-clusters.ts";
import { RowApp } from "./support/row-app.ts";

const HOLD_MS = 400;
const TIMEOUT_MS = 60_000;

test(
  "a creation stays with who works on it, for longer than a hold lasts",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "ofs-rows-slow-"));
    const clusters = new MemoryClusters("default-tenant");
    const settings = { kind: "embedded", folder } as const;
    let letGo = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let isClaimed = false;
    let nowMs = Date.now();
    const now = (): number => nowMs;
    const onStep = (step: string): Promise<void> | void => {
      if (step !== "claimed") return;
      isClaimed = true;
      return gate;
    };
    const common = { settings, clusters, topics: undefined, holdMs: HOLD_MS, now };
    const slow = await RowApp.open({ ...common, onStep });
    const other = await RowApp.open({ ...common, registry: slow.registry });
    try {
      const creating = slow.call("POST", "/entity", entityBody("slow"));
      await waitUntil(() => isClaimed, { what: "the creation to begin" });
      nowMs += HOLD_MS * 2;
      await waitUntil(async () => (await claims(other)) === 0, { what: "the hold to be renewed" });
      await other.admin.reconcile();
      const second = await other.call("POST", "/entity", entityBody("slow"));
      expect(second.failure.code).toBe("ENTITY-ALREADY-EXISTS-EXCEPTION");
      letGo();
      expect((await creating).status).toBe(200);
      expect(await slow.published()).toHaveProperty("entities/slow");
    } finally {
      letGo();
      await slow.close();
      await other.close();
      rmSync(folder, { recursive: true, force: true });
    }

    /** @returns how many creations nobody holds */
    async function claims(app: RowApp<MemoryClusters>): Promise<number> {
      return (await app.admin.metastore.entities.abandoned(now(), 10)).length;
    }
  },
  TIMEOUT_MS,
);
