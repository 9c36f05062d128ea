import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { column, entityBody, groupBody } from "../support/bodies.ts";
import { type SignedInHorizon, startSignedIn } from "./support/signed-in-horizon.ts";

const TIMEOUT_MS = 60_000;
const ROOT = "/api/v1/horizon/rows";

let horizon: SignedInHorizon;

beforeAll(async () => {
  horizon = await startSignedIn({ ROW_ENABLED: "true" });
  await make("/entity", entityBody("players"));
  await make("/entity", entityBody("archived"));
  await horizon.call("/entity?name=archived", { state: "ARCHIVED" }, "PUT");
  await make("/feature-group", groupBody("stats", "players"));
  await make("/feature-group?upgrade=true", groupBody("stats", "players"));
  await make("/feature-group", groupBody("fixed", "players", { versionEnabled: false }));
}, TIMEOUT_MS);

afterAll(() => horizon.close());

async function make(path: string, body: Record<string, unknown>): Promise<void> {
  const answer = await horizon.call(path, body);
  if (answer.status !== 200) throw new Error(`${path}: ${JSON.stringify(answer)}`);
}

interface Check {
  readonly problems: readonly { readonly field: string; readonly message: string }[];
  readonly plan: Record<string, unknown> | null;
}

async function check(kind: string, body: Record<string, unknown>): Promise<Check> {
  const { body: answer } = await horizon.call(`${ROOT}/check/${kind}`, body);
  return answer as unknown as Check;
}

describe("the dry run of an entity", { timeout: TIMEOUT_MS }, () => {
  const owner = (text: string) => entityBody("teams", {}, { owner: text });
  it.each([
    ["no name", entityBody(""), "entity.tableName", /must have a name/],
    ["a name with a blank", entityBody("a b"), "entity.tableName", /"a b" must be a letter/],
    ["a name that is taken", entityBody("players"), "entity.tableName", /already exists/],
    ["the same to stores", entityBody("Players"), "entity.tableName", /already exists: players/],
    ["no columns", entityBody("t", { features: [] }), "entity.features", /at least one/],
    [
      "a bad column",
      entityBody("t", { features: [column("1x")], primaryKeys: ["1x"] }),
      "entity.features.0.name",
      /"1x" must be/,
    ],
    [
      "a column twice",
      entityBody("t", { features: [column("a"), column("A")], primaryKeys: ["a"] }),
      "entity.features.1.name",
      /there is a column a already/,
    ],
    [
      "a type that is none",
      entityBody("t", { features: [column("a", "LIST")], primaryKeys: ["a"] }),
      "entity.features.0.type",
      /"LIST" is none of ASCII/,
    ],
    ["no key", entityBody("t", { primaryKeys: [] }), "entity.primaryKeys", /at least one/],
    ["a key that is no column", entityBody("t", { primaryKeys: ["z"] }), "entity.primaryKeys", /z/],
    [
      "a key twice",
      entityBody("t", { primaryKeys: ["season", "season"] }),
      "entity.primaryKeys",
      /twice/,
    ],
    ["a negative TTL", entityBody("t", { ttl: -1 }), "entity.ttl", /-1 must be 0 to/],
    ["no owner", owner(""), "owner", /there must be an owner/],
    ["an owner without a domain", owner("ada"), "owner", /"ada" is no email/],
    ["a tag that is too long", entityBody("t", {}, { tags: ["x".repeat(201)] }), "", /201 char/],
  ])("tells of %s at its field, and the creation refuses it", async (_, body, field, message) => {
    const { problems, plan } = await check("entity", body);
    expect(problems).toContainEqual(
      expect.objectContaining({ field, message: expect.stringMatching(message) }),
    );
    expect(plan).toBeNull();
    expect((await horizon.call("/entity", body)).status).toBe(400);
  });

  it("says what would be made, and makes nothing", async () => {
    expect(await check("entity", entityBody("Teams"))).toEqual({
      problems: [],
      plan: {
        table: "teams",
        version: null,
        tenants: ["default-tenant"],
        columns: [
          stored("user_id", "BIGINT", "partition-key", "user_id"),
          stored("season", "INT", "clustering-key", "season"),
          stored("country", "TEXT", "shared", "country"),
        ],
      },
    });
    expect((await horizon.call("/entity/metadata?name=Teams")).status).toBe(404);
  });

  it("tells of all that is missing at once, and of a body that is none", async () => {
    const { problems } = await check("entity", { entity: {} });
    expect(problems.map(({ field }) => field)).toEqual([
      "entity.tableName",
      "entity.features",
      "entity.primaryKeys",
      "owner",
    ]);
    expect((await horizon.call(`${ROOT}/check/entity`, {})).status).toBe(400);
  });
});

function stored(name: string, type: string, role: string, storedAs: string) {
  const storage = { "stored-as": storedAs, "storage-type": type.toLowerCase() };
  return { name, type, role, description: "", tags: [], ...storage };
}

function hasColumn(column: object) {
  return { columns: expect.arrayContaining([column]) };
}

describe("the dry run of a feature group", { timeout: TIMEOUT_MS }, () => {
  const features = (...columns: object[]) => ({ features: columns });
  it.each([
    ["no name", groupBody("", "players"), "featureGroup.featureGroupName", /must have a name/],
    ["a bad name", groupBody("1", "players"), "featureGroup.featureGroupName", /"1" must be/],
    ["a taken name", groupBody("stats", "players"), "featureGroup.featureGroupName", /of players/],
    ["no entity", groupBody("x", ""), "featureGroup.entityName", /must have an entity/],
    ["an unknown entity", groupBody("x", "nobody"), "featureGroup.entityName", /not found/],
    ["an archived entity", groupBody("x", "archived"), "featureGroup.entityName", /is archived/],
    [
      "a column of the entity",
      groupBody("x", "players", features(column("Country"))),
      "featureGroup.features.0.name",
      /the entity has a column country already/,
    ],
    [
      "a separator in a name",
      groupBody("x", "players", features(column("a__b"))),
      "featureGroup.features.0.name",
      /must not contain __/,
    ],
    [
      "a stored name that is taken",
      groupBody("stats__v1", "players", { ...features(column("wins")), versionEnabled: false }),
      "featureGroup.features",
      /feature names already/,
    ],
    [
      "a kind that is none",
      groupBody("x", "players", { featureGroupType: "BOTH" }),
      "",
      /none of ONLINE, OFFLINE/,
    ],
  ])("tells of %s at its field, and the creation refuses it", async (_, body, field, message) => {
    const { problems, plan } = await check("feature-group", body);
    expect(problems).toContainEqual(
      expect.objectContaining({ field, message: expect.stringMatching(message) }),
    );
    expect(plan).toBeNull();
    expect((await horizon.call("/feature-group", body)).status).toBeGreaterThanOrEqual(400);
  });

  it.each([
    ["an unknown group", groupBody("nothing", "players"), /not found/],
    ["a group without versions", groupBody("fixed", "players"), /versioning disabled/],
  ])("tells that %s has no further version", async (_, body, message) => {
    const { problems } = await check("feature-group?upgrade=true", body);
    expect(problems).toEqual([
      {
        field: "featureGroup.featureGroupName",
        message: expect.stringMatching(message),
        reason: "invalid",
      },
    ]);
  });

  it("says which version comes next, with its columns in the store", async () => {
    const { problems, plan } = await check(
      "feature-group?upgrade=true",
      groupBody("stats", "players"),
    );
    expect(problems).toEqual([]);
    expect(plan).toMatchObject({ table: "players", version: "v3", tenants: ["default-tenant"] });
    expect(plan).toMatchObject(hasColumn(stored("wins", "INT", "own", "stats__v3__wins")));
  });
});

describe("what is stored", { timeout: TIMEOUT_MS }, () => {
  it("lists versions, newest first, and the columns of each", async () => {
    const versions = await horizon.call(`${ROOT}/feature-group-versions?name=stats`);
    expect(versions.body).toMatchObject([
      { version: "v2", "is-latest": true, "column-count": 2, state: "LIVE" },
      { version: "v1", "is-latest": false },
    ]);
    const first = await horizon.call(`${ROOT}/feature-group-storage?name=stats&version=v1`);
    expect(first.body).toMatchObject({ table: "players", version: "v1" });
    expect(first.body).toMatchObject(hasColumn(stored("wins", "INT", "own", "stats__v1__wins")));
    const fixed = await horizon.call(`${ROOT}/feature-group-storage?name=fixed`);
    expect(fixed.body).toMatchObject(hasColumn(stored("wins", "INT", "own", "fixed__wins")));
    const entity = await horizon.call(`${ROOT}/entity-storage?name=players`);
    expect(entity.body).toMatchObject(hasColumn(stored("country", "TEXT", "shared", "country")));
  });

  it.each(["feature-group-versions", "feature-group-storage", "entity-storage"])(
    "answers 404 where there is nothing: %s",
    async (path) => {
      expect(await horizon.call(`${ROOT}/${path}?name=nothing`)).toMatchObject({
        status: 404,
        body: { code: "NotFound", error: expect.stringContaining("nothing") },
      });
    },
  );
});

describe("consumers", { timeout: TIMEOUT_MS }, () => {
  it("come with the partitions that their topics have in truth", async () => {
    const known = { tenantName: "default-tenant", topicName: "rows", numPartitions: 4 };
    await make("/consumer/onboard", known);
    const missing = { topic_name: "missing", num_partitions: 2, num_consumers: 1 };
    await make("/consumer/register", { tenant_name: "other", ...missing });
    const { body } = await horizon.call(`${ROOT}/consumers`);
    expect(body).toMatchObject([
      { "tenant-name": "default-tenant", "topic-partitions": 4, "topic-fault": null },
      {
        "tenant-name": "other",
        "num-partitions": 2,
        "topic-partitions": null,
        "topic-fault": "topic missing does not exist",
      },
    ]);
  });
});

describe("dialects", { timeout: TIMEOUT_MS }, () => {
  it("are told to those who are signed in, and the console's routes are for them only", async () => {
    expect((await horizon.call("/api/v1/horizon/dialects")).body).toEqual({
      block: true,
      row: true,
    });
    for (const path of ["/api/v1/horizon/dialects", `${ROOT}/creations`, `${ROOT}/consumers`]) {
      expect((await fetch(horizon.origin + path)).status).toBe(401);
    }
  });

  it("are one, where the row dialect is off", async () => {
    const other = await startSignedIn({});
    try {
      expect((await other.call("/api/v1/horizon/dialects")).body).toMatchObject({ row: false });
      expect((await other.call(`${ROOT}/creations`)).status).toBe(404);
    } finally {
      await other.close();
    }
  });
});
