import { setImmediate } from "node:timers/promises";
import type { EntityDefinition } from "@ofs/rows";
import { expect, test } from "vitest";
import { QueuedDdlLock } from "../../../src/rows/tenants/ddl-lock.ts";
import { EntityTables } from "../../../src/rows/tenants/entity-tables.ts";
import { MemoryClusters } from "../support/memory-clusters.ts";

const TENANTS = ["second", "first"];
const entity: EntityDefinition = {
  tableName: "Users",
  features: [{ name: "id", type: "INT", description: "", tags: [] }],
  primaryKeys: ["id"],
};

test("changes of a TTL come one after the other, in all clusters and in what is noted", async () => {
  const clusters = new MemoryClusters(...TENANTS);
  const tables = new EntityTables(clusters, new QueuedDdlLock());
  await tables.ensure(TENANTS, entity, []);
  const steps: string[] = [];
  for (const [tenant, own] of clusters.byTenant) {
    const setTtl = own.setTtl.bind(own);
    own.setTtl = async (name, ttlSeconds) => {
      steps.push(`${tenant} ${ttlSeconds}`);
      await setTtl(name, ttlSeconds);
    };
  }
  const change = (ttlSeconds: number): Promise<void> =>
    tables.setTtl(TENANTS, entity, ttlSeconds, async () => {
      await setImmediate();
      steps.push(`noted ${ttlSeconds}`);
    });
  await Promise.all([change(1), change(2)]);
  expect(steps).toEqual(["first 1", "second 1", "noted 1", "first 2", "second 2", "noted 2"]);
});
