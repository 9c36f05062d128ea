import { freePort } from "@ofs/testkit";
import { afterEach, expect, test } from "vitest";
import { StoreTables } from "../../src/apply/index.ts";
import type { TableNeed } from "../../src/changes/index.ts";
import { silentLog } from "./support/memory-world.ts";

const opened: StoreTables[] = [];

afterEach(async () => {
  for (const tables of opened.splice(0)) await tables.close();
});

function tablesWith(port: number): StoreTables {
  const options = { contactPoints: ["127.0.0.1"], port, keyspace: "ks", connectTimeoutMs: 500 };
  const tables = new StoreTables([{ confId: 1, options }], silentLog);
  opened.push(tables);
  return tables;
}

function need(changes: Partial<TableNeed> = {}): TableNeed {
  return {
    storeId: "1",
    dbType: "scylla",
    confId: 1,
    table: "t",
    primaryKeys: ["user_id"],
    tableTtlSeconds: 0,
    columns: [],
    mayExist: true,
    ...changes,
  };
}

test.each(["embedded", "redis_failover", "redis_standalone", "redis_cluster"])(
  "%s has no tables to make or describe",
  async (dbType) => {
    const tables = tablesWith(1);
    await tables.make(need({ dbType, confId: 9 }));
    expect(await tables.describe(need({ dbType, confId: 9 }))).toBeUndefined();
  },
);

test.each([
  [{ confId: 9 }, "no scylla connection with conf-id 9 is configured"],
  [{ dbType: "oracle" }, "no oracle connection with conf-id 1 is configured"],
])("%j is refused", async (changes, message) => {
  const tables = tablesWith(1);
  const refusal = { code: "FAILED_PRECONDITION", message };
  await expect(tables.make(need(changes))).rejects.toMatchObject(refusal);
  await expect(tables.describe(need(changes))).rejects.toMatchObject(refusal);
});

test("a server that cannot be reached is UNAVAILABLE, each time it is needed", async () => {
  const tables = tablesWith(await freePort());
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await expect(tables.make(need())).rejects.toMatchObject({ code: "UNAVAILABLE" });
  }
});

test("after closing nothing is opened any more", async () => {
  const tables = tablesWith(1);
  await tables.close();
  await tables.close();
  const failure = { code: "UNAVAILABLE", message: "the stores are closed" };
  await expect(tables.make(need())).rejects.toMatchObject(failure);
});
