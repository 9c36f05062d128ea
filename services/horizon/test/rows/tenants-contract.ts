import { FeatureStoreError } from "@ofs/platform";
import { beforeAll, describe, expect, test } from "vitest";
import { column, entityBody, groupBody } from "./support/bodies.ts";
import type { MemoryClusters } from "./support/memory-clusters.ts";
import type { MemoryTopics } from "./support/memory-topics.ts";
import type { RowApp } from "./support/row-app.ts";

/** Tenants, consumers and populators, over any database. */
export function testTenants(
  open: () => RowApp<MemoryClusters>,
  openTopics: () => MemoryTopics,
): void {
  const call: RowApp<MemoryClusters>["call"] = (...args) => open().call(...args);
  const map = (featureGroupName: string, tenantConfig: object) =>
    call("POST", "/feature-group/tenant", { featureGroupName, tenantConfig });

  describe("tenants", () => {
    beforeAll(async () => {
      await call("POST", "/entity", entityBody("t_users"));
      await call("POST", "/feature-group", groupBody("t_stats", "t_users"));
    });

    test("a mapping makes table and columns of all versions, and is inherited", async () => {
      const more = { features: [column("losses")] };
      const upgrade = { upgrade: "true" };
      await call("POST", "/feature-group", groupBody("t_stats", "t_users", more), upgrade);
      const answer = await map("t_stats", { read: "second", consume: "clicks" });
      const tenantConfig = { read: "second", write: "default-tenant", consume: "clicks" };
      expect(answer.data).toEqual({ featureGroupName: "t_stats", tenantConfig });
      const shown = await call("GET", "/feature-group/tenant?feature-group-name=t_stats");
      expect(shown.data).toEqual({ featureGroupName: "t_stats", tenantConfig });
      expect(open().clusters.of("second").columnsOf("t_users")).toEqual([
        "country",
        "t_stats__v1__badge",
        "t_stats__v1__wins",
        "t_stats__v2__losses",
      ]);
      const published = await open().published();
      for (const version of ["v1", "v2"]) {
        expect(published[`feature-groups/t_stats/${version}`]).toMatchObject({
          tenant: tenantConfig,
        });
      }
      await call("POST", "/feature-group", groupBody("t_stats", "t_users"), upgrade);
      const { metadata } = (await call("GET", "/feature-group/metadata?name=t_stats")).data;
      expect(metadata).toMatchObject({ version: "v3", tenant: tenantConfig });
      for (const tenant of ["default-tenant", "second"]) {
        const columns = open().clusters.of(tenant).columnsOf("t_users");
        expect(columns).toContain("t_stats__v3__wins");
      }
    });

    test("a tenant without connection is refused, and nothing is changed", async () => {
      const { failure } = await map("t_stats", { read: "nowhere" });
      const code = "OFS-V2-TENANT-ONBOARDING-EXCEPTION";
      expect(failure).toMatchObject({ status: 400, code });
      open().clusters.of("third").isAway = true;
      expect((await map("t_stats", { write: "third" })).failure).toMatchObject({
        status: 400,
        code,
      });
      open().clusters.of("third").isAway = false;
      const shown = await call("GET", "/feature-group/tenant?feature-group-name=t_stats");
      expect(shown.text).not.toMatch(/nowhere|third/);
      expect((await map("unknown", {})).failure).toMatchObject({
        status: 404,
        code: "FEATURE-GROUP-NOT-FOUND-EXCEPTION",
      });
      expect((await call("POST", "/feature-group/tenant", {})).failure.code).toBe(
        "INVALID_REQUEST",
      );
    });

    test("all of a tenant moves; lists say who is where", async () => {
      await call("POST", "/feature-group", groupBody("t_other", "t_users"));
      await map("t_other", { write: "second" });
      const body = { tenantType: "WRITER", currentTenant: "second", newTenant: "third" };
      expect((await call("PUT", "/tenant/all", body)).data).toEqual(body);
      const url = "/tenant/feature-group/all?tenant-name=third";
      const { featureGroups } = (await call("GET", `${url}&tenant-type=WRITER`)).data;
      expect(featureGroups).toMatchObject([{ name: "t_other", tenant: { write: "third" } }]);
      expect((await call("GET", url)).data).toEqual({ featureGroups });
      expect((await call("GET", `${url}&tenant-type=READER`)).data).toEqual({ featureGroups: [] });
      expect((await call("GET", `${url}&tenant-type=X`)).failure.code).toBe("INVALID_REQUEST");
      const { tenants } = (await call("GET", "/tenant/list")).data;
      expect(tenants).toEqual([
        { tenantType: "READER", names: expect.arrayContaining(["default-tenant", "second"]) },
        { tenantType: "WRITER", names: expect.arrayContaining(["default-tenant", "third"]) },
        { tenantType: "CONSUMER", names: expect.arrayContaining(["clicks", "default-tenant"]) },
      ]);
      const back = { tenantType: "WRITER", currentTenant: "third", newTenant: "second" };
      await call("POST", "/feature-group", groupBody("t_third", "t_users"));
      await map("t_third", { write: "third" });
      const { failures } = open().clusters.of("second");
      const refusal = new FeatureStoreError("FAILED_PRECONDITION", "column x is TEXT, not INT");
      failures.push(refusal);
      expect((await call("PUT", "/tenant/all", back)).failure).toMatchObject({
        status: 500,
        code: "OFS-V2-TENANT-ONBOARDING-EXCEPTION",
        message: "column x is TEXT, not INT",
      });
      const all = await call("PUT", "/tenant/all", { ...body, tenantType: "ALL" });
      expect(all.failure).toMatchObject({ code: "OFS-V2-TENANT-ONBOARDING-EXCEPTION" });
      expect(open().clusters.retained).toContain("third");
    });
  });

  describe("consumers", () => {
    const onboard = (tenantName: string, topicName: string, numPartitions = 3) =>
      call("POST", "/consumer/onboard", { tenantName, topicName, numPartitions });
    const KAFKA = { status: 400, code: "OFS-V2-KAFKA-ADMIN-EXCEPTION" };

    beforeAll(async () => {
      await call("POST", "/entity", entityBody("c_users"));
      for (const tenant of ["views", "sales"]) {
        await call("POST", "/feature-group", groupBody(`c_${tenant}`, "c_users"));
        await map(`c_${tenant}`, { consume: tenant });
      }
    });

    test("without any topic the lookup says so; the default tenant's serves others", async () => {
      expect((await call("GET", "/feature-group/topic?name=c_views")).failure).toMatchObject({
        status: 400,
        code: "OFS-V2-CONSUMER-CONFIG-NOT-FOUND-EXCEPTION",
      });
      await open().admin.consumers.onboardDefault("common", 2);
      await open().admin.consumers.onboardDefault("common", 2);
      expect((await call("GET", "/feature-group/topic?name=c_views")).data).toEqual({
        featureGroupName: "c_views",
        topic: "common",
      });
      expect((await call("GET", "/feature-group/c_views/topic")).json).toEqual({
        message: "Feature Group Topic Details Fetched Successfully",
        data: { topic: "common" },
      });
    });

    test("onboarding makes topic, row and registry entry, once", async () => {
      const body = { tenantName: "views", topicName: "views-topic", numPartitions: 3 };
      expect((await onboard("views", "views-topic")).data).toEqual(body);
      expect(openTopics().topics.get("views-topic")).toBe(3);
      expect((await open().published())["consumers/views"]).toMatchObject({
        ...body,
        numConsumers: 1,
      });
      const again = await onboard("views", "views-topic");
      expect(again.failure).toEqual({ ...KAFKA, message: "consumer metadata already exists" });
      expect((await onboard("nobody", "x")).failure).toMatchObject({
        status: 400,
        code: "OFS-V2-TENANT-NOT-FOUND-EXCEPTION",
      });
      const all = (await call("GET", "/consumer/metadata/all")).json.data;
      expect(all).toContainEqual({
        tenantName: "views",
        topicName: "views-topic",
        numConsumers: 1,
      });
      expect((await call("GET", "/feature-group/topic?name=c_views")).data).toMatchObject({
        topic: "views-topic",
      });
    });

    test("partitions grow, members stay below them", async () => {
      const put = (what: string, body: object) => call("PUT", `/consumer/${what}`, body);
      await onboard("sales", "sales-topic", 2);
      const more = { tenantName: "sales", numPartitions: 4 };
      expect((await put("partitions", more)).data).toEqual(more);
      expect(openTopics().topics.get("sales-topic")).toBe(4);
      const fewer = await put("partitions", { tenantName: "sales", numPartitions: 1 });
      expect(fewer.failure).toMatchObject(KAFKA);
      const unknown = { tenantName: "nobody", numPartitions: 9, numConsumers: 1, topicName: "t" };
      expect((await put("partitions", unknown)).failure).toMatchObject(KAFKA);
      for (const what of ["count", "topic"]) {
        expect((await put(what, unknown)).failure).toMatchObject({
          status: 400,
          code: "OFS-V2-TENANT-NOT-FOUND-EXCEPTION",
        });
      }
      expect((await put("count", { tenantName: "sales", numConsumers: 4 })).status).toBe(200);
      const many = await put("count", { tenantName: "sales", numConsumers: 5 });
      const message = "consumer count cannot be greater than num partitions";
      expect(many.failure).toEqual({ ...KAFKA, message });
      await put("topic", { tenantName: "sales", topicName: "elsewhere" });
      expect((await open().published())["consumers/sales"]).toMatchObject({
        topicName: "elsewhere",
        numConsumers: 4,
      });
    });

    test("register takes snake case, makes no topic, and refuses a second", async () => {
      const body = {
        tenant_name: "silent",
        topic_name: "old-topic",
        num_partitions: 5,
        num_consumers: 3,
      };
      expect((await call("POST", "/consumer/register", body)).data).toEqual(body);
      expect(openTopics().topics.has("old-topic")).toBe(false);
      expect((await open().published())["consumers/silent"]).toMatchObject({ numConsumers: 1 });
      expect((await call("POST", "/consumer/register", body)).failure).toMatchObject({
        code: "OFS-V2-CONSUMER-REGISTRATION-EXCEPTION",
        message: "consumer metadata already exists",
      });
    });

    test("populators are added and replaced", async () => {
      for (const numWorkers of [1, 3]) {
        const body = { tenantName: "loader", numWorkers };
        expect((await call("PUT", "/populator/metadata", body)).data).toEqual(body);
        expect((await call("GET", "/populator/metadata/all")).json.data).toContainEqual(body);
        expect((await open().published())["populators/loader"]).toMatchObject(body);
      }
    });

    test("topics are made once; without backups their metadata and jobs say so", async () => {
      const body = { topicName: "fresh", numPartitions: 1 };
      expect((await call("POST", "/kafka/topic", body)).data).toEqual(body);
      expect((await call("POST", "/kafka/topic", body)).failure).toMatchObject(KAFKA);
      expect((await call("GET", "/kafka/topic-metadata")).failure).toMatchObject({
        status: 400,
        code: "OFS-V2-KAFKA-CONFIG-NOT-FOUND-EXCEPTION",
      });
      expect((await call("POST", "/jobs/BackupMetastoreJob/start", {})).failure).toMatchObject({
        status: 400,
        message: expect.stringContaining("no bucket"),
      });
      const bad = { topicName: "a b", numPartitions: 0 };
      expect((await call("POST", "/kafka/topic", bad)).failure.code).toBe("INVALID_REQUEST");
    });
  });
}
