import type { DatabaseSettings } from "@ofs/database";
import { beforeAll, describe, expect, test } from "vitest";
import { column, entityBody, groupBody } from "./support/bodies.ts";
import type { MemoryClusters } from "./support/memory-clusters.ts";
import { runInMetastore } from "./support/raw-metastore.ts";
import type { RowApp } from "./support/row-app.ts";

const COUNT = 1_000;
const COLUMNS = 10;
/** A hundred times what it takes. */
const LOAD_MS_MAX = 10_000;
const TIMEOUT_MS = 240_000;

const TABLE = "cassandra_store_feature_group_metadata";
const SAME =
  "version_enabled, feature_group_type, feature_group, entity_name, state, owner, tags, description, tenant_config";

/** Further versions, as an imported database has them. */
function copies(): string[] {
  const statements = [
    `update cassandra_store_feature_group_version_map set latest_version = 'v${COUNT}' where name = 'm_stats'`,
  ];
  for (let number = 2; number <= COUNT; number += 1) {
    statements.push(
      `insert into ${TABLE} (name, version, ${SAME}) select name, 'v${number}', ${SAME} from ${TABLE} where name = 'm_stats' and version = 'v1'`,
    );
  }
  return statements;
}

/** A feature group that has been changed for years, over any database. */
export function testManyVersions(
  open: () => { readonly app: RowApp<MemoryClusters>; readonly settings: DatabaseSettings },
): void {
  const call: RowApp<MemoryClusters>["call"] = (...args) => open().app.call(...args);

  describe("a feature group of 1000 versions", () => {
    beforeAll(async () => {
      await call("POST", "/entity", entityBody("m_users"));
      const features = Array.from({ length: COLUMNS }, (_, index) => column(`column_${index}`));
      await call("POST", "/feature-group", groupBody("m_stats", "m_users", { features }));
      await runInMetastore(open().settings, copies());
    }, TIMEOUT_MS);

    test("is published at once", { timeout: TIMEOUT_MS }, async () => {
      const startedAtMs = performance.now();
      await open().app.admin.reconcile();
      expect(performance.now() - startedAtMs).toBeLessThan(LOAD_MS_MAX);
      const published = await open().app.published();
      expect(published["versions/m_stats"]).toMatchObject({ latestVersion: `v${COUNT}` });
      expect(published[`feature-groups/m_stats/v${COUNT}`]).toMatchObject({ version: `v${COUNT}` });
    });

    test.each([
      "/feature-group/all",
      "/feature-group/metadata?name=m_stats",
      "/tenant/feature-group/all?tenant-name=default-tenant",
      "/FeatureStore/get-feature-group?id=m_stats&version=1000",
    ])("%s", { timeout: TIMEOUT_MS }, async (url) => {
      const startedAtMs = performance.now();
      const answer = await call("GET", url, undefined, { "compressed-response": "false" });
      expect(performance.now() - startedAtMs).toBeLessThan(LOAD_MS_MAX);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain(`v${COUNT}`.slice(1));
    });

    test("one more is made", { timeout: TIMEOUT_MS }, async () => {
      const startedAtMs = performance.now();
      const more = await call(
        "POST",
        "/feature-group?upgrade=true",
        groupBody("m_stats", "m_users"),
      );
      expect(performance.now() - startedAtMs).toBeLessThan(LOAD_MS_MAX);
      expect(more.data).toMatchObject({ version: `v${COUNT + 1}` });
    });
  });
}
