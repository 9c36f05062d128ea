import { FeatureStoreError } from "@ofs/platform";
import { beforeAll, describe, expect, test } from "vitest";
import { column, entityBody, groupBody } from "./support/bodies.ts";
import type { MemoryClusters } from "./support/memory-clusters.ts";
import type { RowAnswer, RowApp } from "./support/row-app.ts";

const COUNT = 100;

/** What holds when many want the same, and when clusters fail, over any database. */
export function testRaces(open: () => RowApp<MemoryClusters>): void {
  const call: RowApp<MemoryClusters>["call"] = (...args) => open().call(...args);
  const many = (act: (index: number) => Promise<RowAnswer>): Promise<RowAnswer[]> =>
    Promise.all(Array.from({ length: COUNT }, (_, index) => act(index)));
  const codesOf = (answers: readonly RowAnswer[]): unknown[] => [
    ...new Set(answers.filter(({ status }) => status !== 200).map(({ failure }) => failure.code)),
  ];
  const winners = (answers: readonly RowAnswer[]): RowAnswer[] =>
    answers.filter(({ status }) => status === 200);

  describe("many at once", () => {
    beforeAll(async () => {
      await call("POST", "/entity", entityBody("r_users"));
    });

    test("one of many equal entities is made", async () => {
      const answers = await many(() => call("POST", "/entity", entityBody("r_entity")));
      expect(winners(answers)).toHaveLength(1);
      expect(codesOf(answers)).toEqual(["ENTITY-ALREADY-EXISTS-EXCEPTION"]);
    });

    test("one of many equal feature groups is made", async () => {
      const answers = await many(() =>
        call("POST", "/feature-group", groupBody("r_one", "r_users")),
      );
      expect(winners(answers)).toHaveLength(1);
      expect(codesOf(answers)).toEqual(["FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION"]);
    });

    test("one of many topics of a tenant is kept", async () => {
      await call("POST", "/feature-group", groupBody("r_consumed", "r_users"));
      const tenantConfig = { consume: "r-tenant" };
      await call("POST", "/feature-group/tenant", { featureGroupName: "r_consumed", tenantConfig });
      const answers = await many((index) => {
        const body = { tenant_name: "r-tenant", topic_name: `r-${index}`, num_partitions: 1 };
        return call("POST", "/consumer/register", body);
      });
      expect(codesOf(answers)).toEqual(["OFS-V2-CONSUMER-REGISTRATION-EXCEPTION"]);
      const [winner] = winners(answers);
      expect(winners(answers)).toHaveLength(1);
      const { topic } = (await call("GET", "/feature-group/topic?name=r_consumed")).data;
      expect(winner?.data).toMatchObject({ topic_name: topic });
    });

    test("of many TTLs the table has the one that is shown", async () => {
      await call("POST", "/entity", entityBody("r_ttl"));
      await call("POST", "/feature-group", groupBody("r_ttl_stats", "r_ttl"));
      const tenantConfig = { write: "second" };
      await call("POST", "/feature-group/tenant", {
        featureGroupName: "r_ttl_stats",
        tenantConfig,
      });
      const body = { name: "r_ttl_stats" };
      const answers = await many((index) =>
        call("PUT", "/feature-group/ttl", { ...body, ttl: index + 1 }),
      );
      expect(winners(answers)).toHaveLength(COUNT);
      const { entity } = (await call("GET", "/entity?name=r_ttl")).data as {
        entity: { ttl: number };
      };
      for (const tenant of ["default-tenant", "second"]) {
        const table = open().clusters.of(tenant).tables.get("r_ttl");
        expect(table?.ttlSeconds).toBe(entity.ttl);
      }
      expect((await open().published())["entities/r_ttl"]).toMatchObject({ entity });
    });

    test("many upgrades get consecutive versions, one each", async () => {
      const answers = await many((index) => {
        const features = [column(`c${index % 3}`)];
        const body = groupBody("r_many", "r_users", { features });
        return call("POST", "/feature-group", body, { upgrade: "true" });
      });
      const versions = answers.map(({ data: { version } }) => String(version));
      const wanted = Array.from({ length: COUNT }, (_, index) => `v${index + 1}`);
      expect(versions.toSorted()).toEqual(wanted.toSorted());
      const { version } = (await call("GET", "/feature-group/version?name=r_many")).data;
      expect(version).toMatchObject({ latestVersion: `v${COUNT}` });
      const published = await open().published();
      expect(published["versions/r_many"]).toEqual(version);
      for (const each of wanted) {
        expect(published[`feature-groups/r_many/${each}`]).toMatchObject({ version: each });
      }
    });
  });

  describe("trouble", () => {
    const away = (): FeatureStoreError => new FeatureStoreError("UNAVAILABLE", "no node answers");
    const refusal = (): FeatureStoreError =>
      new FeatureStoreError("FAILED_PRECONDITION", "column k is TEXT, not INT");

    beforeAll(async () => {
      await call("POST", "/entity", entityBody("x_users"));
    });

    test("an entity whose table could not be made is in no answer, and is taken up by the same request", async () => {
      const { failures } = open().clusters.of("default-tenant");
      failures.push(away());
      const body = entityBody("x_entity");
      const failed = await call("POST", "/entity", body);
      expect(failed.failure).toMatchObject({ status: 500, code: "ENTITY-REGISTRATION-ERROR" });
      expect(failed.json.error?.cause).toContain("no node answers");
      expect((await call("GET", "/entity?name=x_entity")).status).toBe(404);
      const found = await call("GET", "/search/entities", { searchPattern: "x_entity" });
      expect(found.data).toEqual({ entities: [] });
      expect((await open().published())["entities/x_entity"]).toBeUndefined();
      const other = entityBody("x_entity", {}, { description: "another" });
      expect((await call("POST", "/entity", other)).failure.code).toBe(
        "ENTITY-ALREADY-EXISTS-EXCEPTION",
      );
      expect((await call("POST", "/entity", body)).status).toBe(200);
      expect((await call("POST", "/entity", body)).failure.code).toBe(
        "ENTITY-ALREADY-EXISTS-EXCEPTION",
      );
    });

    test("a version whose columns could not be made is taken up by the same request", async () => {
      const { failures } = open().clusters.of("default-tenant");
      await call("POST", "/feature-group", groupBody("x_stats", "x_users"));
      const upgrade = { upgrade: "true" };
      const features = [column("again")];
      const body = groupBody("x_stats", "x_users", { features });
      failures.push(away());
      expect((await call("POST", "/feature-group", body, upgrade)).failure).toMatchObject({
        status: 500,
        code: "FEATURE-GROUP-REGISTRATION-ERROR",
      });
      const seen = await call("GET", "/feature-group?name=x_stats&version=v2");
      expect(seen.status).toBe(404);
      expect((await call("GET", "/feature-group?name=x_stats")).data).toMatchObject({
        version: "v1",
      });
      const taken = await call("POST", "/feature-group", body, upgrade);
      expect(taken.data).toMatchObject({ version: "v2" });
      const next = await call("POST", "/feature-group", body, upgrade);
      expect(next.data).toMatchObject({ version: "v3" });
    });

    test("what the cluster refuses frees its name and version", async () => {
      const { failures } = open().clusters.of("default-tenant");
      failures.push(refusal());
      const failed = await call("POST", "/feature-group", groupBody("x_refused", "x_users"));
      expect(failed.failure.code).toBe("FEATURE-GROUP-REGISTRATION-ERROR");
      const other = groupBody("x_refused", "x_users", { features: [column("other")] });
      expect((await call("POST", "/feature-group", other)).data).toMatchObject({ version: "v1" });
      failures.push(refusal());
      const entity = await call("POST", "/entity", entityBody("x_no_table"));
      expect(entity.failure.code).toBe("ENTITY-REGISTRATION-ERROR");
      const changed = entityBody("x_no_table", { primaryKeys: ["user_id"] });
      expect((await call("POST", "/entity", changed)).status).toBe(200);
    });

    test("the reconciler finishes what was left, and publishes what is missing", async () => {
      const { failures } = open().clusters.of("default-tenant");
      failures.push(away(), away());
      await call("POST", "/entity", entityBody("x_left"));
      await call("POST", "/feature-group", groupBody("x_left_fg", "x_users"));
      await open().registry.write([{ path: "versions/x_stats", value: undefined }]);
      await open().admin.reconcile();
      expect((await call("GET", "/entity?name=x_left")).status).toBe(200);
      expect((await call("GET", "/feature-group?name=x_left_fg")).status).toBe(200);
      const published = await open().published();
      expect(published).toMatchObject({
        "entities/x_left": { name: "x_left" },
        "feature-groups/x_left_fg/v1": { version: "v1" },
        "versions/x_left_fg": { latestVersion: "v1" },
        "versions/x_stats": { latestVersion: "v3" },
      });
    });
  });
}
