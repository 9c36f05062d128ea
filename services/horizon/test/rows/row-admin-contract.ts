import { beforeAll, describe, expect, test } from "vitest";
import { column, entityBody, groupBody, OWNER } from "./support/bodies.ts";
import type { MemoryClusters } from "./support/memory-clusters.ts";
import type { RowApp } from "./support/row-app.ts";

const REQUEST = { status: 400, message: "invalid request" };

/** What the endpoints promise, over any database. Each test has names of its own. */
export function testRowAdmin(open: () => RowApp<MemoryClusters>): void {
  const call: RowApp<MemoryClusters>["call"] = (...args) => open().call(...args);

  describe("entities", () => {
    test("creation answers the entity, and makes table and registry entry", async () => {
      const body = entityBody("players", { ttl: 60 });
      const answer = await call("POST", "/entity", body);
      expect(answer.status).toBe(200);
      expect(answer.type).toMatch(/^application\/json/);
      expect(answer.data).toEqual({ entity: body.entity });
      const table = open().clusters.of("default-tenant").tables.get("players");
      expect(table).toMatchObject({
        ttlSeconds: 60,
        keys: [{ name: "user_id" }, { name: "season" }],
      });
      const published = await open().published();
      expect(published["entities/players"]).toMatchObject({
        name: "players",
        state: "LIVE",
        owner: OWNER,
        tags: ["people"],
        entity: body.entity,
      });
      const { metadata } = (await call("GET", "/entity/metadata?name=players")).data;
      expect(metadata).toEqual(published["entities/players"]);
      expect((await call("GET", "/entity?name=players")).data).toEqual({ entity: body.entity });
      expect((await call("GET", "/v1/entity/players/")).data).toEqual({ entity: body.entity });
    });

    test("names of members count in any case, content types not at all, and defaults are filled in", async () => {
      const sent = `{"ENTITY":{"tablename":"loose","Features":[{"NAME":"k","type":"INT"}],"primaryKEYS":["k"]},"Owner":"${OWNER}","unknown":1e400}`;
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const { entity } = (await call("POST", "/entity?", sent, headers)).data;
      const features = [{ name: "k", type: "INT", description: "", tags: [] }];
      expect(entity).toEqual({ tableName: "loose", features, primaryKeys: ["k"] });
      const { metadata } = (await call("GET", "/entity/metadata?name=loose", "{}")).data;
      expect(metadata).toMatchObject({ tags: [], description: "" });
    });

    test("tags that are almost the same are kept as they are", async () => {
      const tags = ["Blue", "blue", "bl\u00fce", "blue "];
      const body = entityBody("colours", {}, { tags });
      expect((await call("POST", "/entity", body)).status).toBe(200);
      expect((await call("GET", "/entity/metadata?name=colours")).data).toMatchObject({
        metadata: { tags },
      });
    });

    test("register makes metadata only", async () => {
      await call("POST", "/entity/register", entityBody("registered"));
      expect((await call("GET", "/entity?name=registered")).status).toBe(200);
      expect(open().clusters.of("default-tenant").tables.has("registered")).toBe(false);
    });

    test.each([
      ["no owner", { owner: undefined }, {}, "ENTITY-REGISTRATION-REQUEST-EXCEPTION"],
      [
        "an owner that is no address",
        { owner: "ada" },
        {},
        "ENTITY-REGISTRATION-REQUEST-EXCEPTION",
      ],
      ["no keys", {}, { primaryKeys: [] }, "ENTITY-REGISTRATION-REQUEST-EXCEPTION"],
      ["a foreign key", {}, { primaryKeys: ["x"] }, "ENTITY-SCHEMA-VALIDATION-EXCEPTION"],
      ["a long tag", { tags: ["x".repeat(201)] }, {}, "ENTITY-REGISTRATION-REQUEST-EXCEPTION"],
      [
        "a long description",
        { description: "x".repeat(70_000) },
        {},
        "ENTITY-REGISTRATION-REQUEST-EXCEPTION",
      ],
      ["a bad name", {}, { tableName: "a-b" }, "ENTITY-SCHEMA-VALIDATION-EXCEPTION"],
    ])("%s is refused", async (_, envelope, change, code) => {
      const answer = await call("POST", "/entity", entityBody("refused", change, envelope));
      expect(answer.failure).toMatchObject({ status: 400, code });
      expect((await call("GET", "/entity?name=refused")).status).toBe(404);
    });

    test("a body that is no JSON, or none, is refused", async () => {
      const code = "INVALID_REQUEST";
      expect((await call("POST", "/entity", "{")).failure).toMatchObject({ ...REQUEST, code });
      expect((await call("POST", "/entity")).failure).toMatchObject({
        ...REQUEST,
        code: "ENTITY-REGISTRATION-REQUEST-EXCEPTION",
      });
    });

    test("a name is taken in every case", async () => {
      await call("POST", "/entity", entityBody("taken"));
      const code = "ENTITY-ALREADY-EXISTS-EXCEPTION";
      for (const name of ["taken", "TAKEN"]) {
        const answer = await call("POST", "/entity", entityBody(name));
        expect(answer.failure).toEqual({ status: 400, code, message: "entity already exists" });
      }
      expect((await call("GET", "/entity?name=TAKEN")).failure).toMatchObject({
        status: 404,
        code: "ENTITY-NOT-FOUND-EXCEPTION",
      });
    });

    test("a missing parameter is named", async () => {
      const { failure } = await call("GET", "/entity");
      expect(failure).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
      expect(failure.message).toMatch(/: name must not be null$/);
    });

    test("the state changes there and back, and is refused with feature groups", async () => {
      await call("POST", "/entity", entityBody("states"));
      const url = "/entity?name=states";
      expect((await call("PUT", url, { state: "ARCHIVED" })).data).toEqual({ state: "ARCHIVED" });
      expect((await open().published())["entities/states"]).toMatchObject({ state: "ARCHIVED" });
      const refused = await call("POST", "/feature-group", groupBody("on_archived", "states"));
      expect(refused.failure).toMatchObject({ status: 400, code: "ENTITY-STATE-EXCEPTION" });
      await call("PUT", url, { state: "LIVE" });
      expect((await call("POST", "/feature-group", groupBody("on_live", "states"))).status).toBe(
        200,
      );
      expect((await call("PUT", url, { state: "ARCHIVED" })).failure).toMatchObject({
        status: 400,
        code: "UPDATE-ENTITY-REQUEST-EXCEPTION",
      });
      expect((await call("PUT", url, {})).failure.code).toBe("INVALID_REQUEST");
      expect((await call("PUT", url, { state: "GONE" })).failure.code).toBe("INVALID_REQUEST");
      const unknown = await call("PUT", "/entity?name=nobody", { state: "LIVE" });
      expect(unknown.failure).toMatchObject({ status: 404, code: "ENTITY-NOT-FOUND-EXCEPTION" });
    });

    test("a table that the cluster refuses frees its name", async () => {
      const { failures } = open().clusters.of("default-tenant");
      const first = await call("POST", "/entity", entityBody("clash"));
      expect(first.status).toBe(200);
      const bad = entityBody("CLASH2");
      failures.push(new Error("a fault of ours"));
      const unknown = await call("POST", "/entity", bad);
      expect(unknown.failure).toMatchObject({ status: 500, code: "UNKNOWN_EXCEPTION" });
    });
  });

  describe("feature groups", () => {
    beforeAll(async () => {
      await call("POST", "/entity", entityBody("fg_users"));
    });

    test("creation answers definition and version, and makes columns and registry entries", async () => {
      const body = groupBody("Stats", "fg_users");
      expect((await call("POST", "/feature-group", body)).data).toEqual({
        featureGroup: body.featureGroup,
        version: "v1",
      });
      const columns = open().clusters.of("default-tenant").columnsOf("fg_users");
      expect(columns).toEqual(expect.arrayContaining(["stats__v1__badge", "stats__v1__wins"]));
      const published = await open().published();
      expect(published["feature-groups/Stats/v1"]).toMatchObject({
        version: "v1",
        tenant: { read: "default-tenant", write: "default-tenant", consume: "default-tenant" },
      });
      expect(published["versions/Stats"]).toMatchObject({ name: "Stats", latestVersion: "v1" });
      const { metadata } = (await call("GET", "/feature-group/metadata?name=Stats")).data;
      expect(metadata).toEqual(published["feature-groups/Stats/v1"]);
      const { version } = (await call("GET", "/feature-group/version?name=Stats")).data;
      expect(version).toEqual(published["versions/Stats"]);
    });

    test("an upgrade makes the next version, and both stay readable", async () => {
      const features = [column("wins", "BIGINT")];
      await call("POST", "/feature-group", groupBody("grown", "fg_users"));
      const again = await call(
        "POST",
        "/feature-group",
        groupBody("grown", "fg_users", { features }),
      );
      const code = "FEATURE-GROUP-ALREADY-EXISTS-EXCEPTION";
      expect(again.failure).toMatchObject({ status: 400, code });
      const upgrade = { upgrade: "true" };
      const body = groupBody("grown", "fg_users", { features, versionEnabled: false });
      const answer = await call("POST", "/feature-group", body, upgrade);
      expect(answer.data).toMatchObject({ version: "v2", featureGroup: { versionEnabled: true } });
      const get = async (url: string) => (await call("GET", url)).data;
      expect(await get("/feature-group?name=grown")).toMatchObject({ version: "v2" });
      expect(await get("/v1/feature-group/grown?version=v1")).toMatchObject({ version: "v1" });
      const schema = (await get("/feature-group/schema?name=grown&version=v2")) as {
        schema: { name: string }[];
      };
      expect(schema).toMatchObject({
        primaryKeys: ["user_id", "season"],
        version: "v2",
        featureGroupType: "ONLINE",
      });
      const names = schema.schema.map(({ name }) => name);
      expect(names).toEqual(["user_id", "season", "country", "wins"]);
    });

    test("an unversioned one has no upgrade, and columns without version", async () => {
      const body = groupBody("plain", "fg_users", { versionEnabled: false });
      expect((await call("POST", "/feature-group", body)).data).toMatchObject({ version: "v1" });
      const columns = open().clusters.of("default-tenant").columnsOf("fg_users");
      expect(columns).toContain("plain__wins");
      const upgraded = await call("POST", "/feature-group", body, { upgrade: "true" });
      expect(upgraded.failure).toMatchObject({
        status: 400,
        code: "VERSIONING-DISABLED-EXCEPTION",
      });
    });

    test.each([
      ["no owner", {}, { owner: "" }, "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION", 400],
      ["no columns", { features: [] }, {}, "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION", 400],
      ["an unknown entity", { entityName: "no" }, {}, "ENTITY-NOT-FOUND-EXCEPTION", 404],
      [
        "a key's name",
        { features: [column("season")] },
        {},
        "FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION",
        400,
      ],
      [
        "a double",
        { features: [column("a"), column("A")] },
        {},
        "FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION",
        400,
      ],
      [
        "__ in a column",
        { features: [column("a__b")] },
        {},
        "FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION",
        400,
      ],
    ])("%s is refused", async (_, change, envelope, code, status) => {
      const body = groupBody("refused_group", "fg_users", change, envelope);
      expect((await call("POST", "/feature-group", body)).failure).toMatchObject({ status, code });
      expect((await call("GET", "/feature-group?name=refused_group")).status).toBe(404);
    });

    test("two groups never share a column of the store", async () => {
      await call("POST", "/feature-group", groupBody("near", "fg_users"));
      const meets = groupBody("near__v1", "fg_users", { versionEnabled: false });
      expect((await call("POST", "/feature-group", meets)).failure).toMatchObject({
        status: 400,
        code: "FEATURE-GROUP-INVALID-COLUMN-NAMES-EXCEPTION",
      });
      const other = { versionEnabled: false, features: [column("losses")] };
      const beside = groupBody("near__v1", "fg_users", other);
      expect((await call("POST", "/feature-group", beside)).status).toBe(200);
    });

    test("an upgrade does not change the entity", async () => {
      await call("POST", "/entity", entityBody("fg_other"));
      await call("POST", "/feature-group", groupBody("faithful", "fg_users"));
      const moved = await call("POST", "/feature-group", groupBody("faithful", "fg_other"), {
        upgrade: "true",
      });
      const code = "FEATURE-GROUP-REGISTRATION-REQUEST-EXCEPTION";
      expect(moved.failure).toMatchObject({ status: 400, code });
    });

    test("an archived version keeps its metadata, and has no schema", async () => {
      await call("POST", "/feature-group", groupBody("old", "fg_users"));
      const url = "/feature-group?name=old&version=v1";
      expect((await call("PUT", url, { state: "ARCHIVED" })).data).toEqual({ state: "ARCHIVED" });
      expect((await call("GET", "/feature-group/schema?name=old")).failure).toMatchObject({
        status: 400,
        code: "FEATURE-GROUP-STATE-EXCEPTION",
      });
      expect((await call("GET", "/feature-group?name=old")).status).toBe(200);
      expect((await call("PUT", "/feature-group?name=old", { state: "LIVE" })).status).toBe(200);
      expect((await call("GET", "/feature-group/schema?name=old")).status).toBe(200);
    });

    test.each([
      ["GET", "/feature-group?name=none"],
      ["GET", "/feature-group?name=Stats&version=v99"],
      ["GET", "/feature-group/schema?name=none"],
      ["GET", "/feature-group/metadata?name=none"],
      ["GET", "/feature-group/version?name=none"],
      ["GET", "/feature-group/tenant?feature-group-name=none"],
      ["GET", "/feature-group/topic?name=none"],
      ["GET", "/feature-group/run-data?name=none"],
    ] as const)("%s %s is not found", async (method, url) => {
      const code = "FEATURE-GROUP-NOT-FOUND-EXCEPTION";
      expect((await call(method, url)).failure).toEqual({
        status: 404,
        code,
        message: "feature group not found",
      });
    });

    test("a TTL acts on the table and is shown by the entity", async () => {
      await call("POST", "/entity", entityBody("ttl_users"));
      await call("POST", "/feature-group", groupBody("ttl_stats", "ttl_users"));
      const answer = await call("PUT", "/feature-group/ttl", { name: "ttl_stats", ttl: "3600" });
      expect(answer.data).toEqual({ name: "ttl_stats", ttl: 3600 });
      const { tables } = open().clusters.of("default-tenant");
      expect(tables.get("ttl_users")?.ttlSeconds).toBe(3600);
      expect((await call("GET", "/entity?name=ttl_users")).data).toMatchObject({
        entity: { ttl: 3600 },
      });
      expect((await open().published())["entities/ttl_users"]).toMatchObject({
        entity: { ttl: 3600 },
      });
      const negative = await call("PUT", "/feature-group/ttl", { name: "ttl_stats", ttl: -1 });
      expect(negative.failure).toMatchObject({ status: 400, code: "INVALID_REQUEST" });
      await call("POST", "/entity/register", entityBody("ttl_none"));
      await call("POST", "/feature-group/register", groupBody("ttl_no_table", "ttl_none"));
      const failed = await call("PUT", "/feature-group/ttl", { name: "ttl_no_table", ttl: 1 });
      expect(failed.failure).toMatchObject({ status: 500, code: "OFS-V2-TTL-UPDATE-EXCEPTION" });
    });
  });
}
