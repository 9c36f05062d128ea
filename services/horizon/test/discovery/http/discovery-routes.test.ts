import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BASE, DiscoveryApp } from "../support/discovery-app.ts";

let test: DiscoveryApp;

beforeEach(async () => {
  test = await DiscoveryApp.create();
});

afterEach(() => test.close());

async function get(path: string): Promise<unknown> {
  const reply = await test.call("viewer", "GET", path);
  expect([reply.statusCode, reply.headers["content-type"]]).toEqual([
    200,
    "application/json; charset=utf-8",
  ]);
  return reply.json();
}

describe("published endpoints", () => {
  it.each(["get-entites", "get-entities"])("%s", async (path) => {
    expect(await get(path)).toEqual(["catalog", "user"]);
  });

  it("retrieve-entities", async () => {
    expect(await get("retrieve-entities")).toMatchObject([
      { "entity-label": "catalog" },
      {
        "entity-label": "user",
        keys: { "0": { sequence: 0, "entity-label": "user_id", "column-label": "user_id" } },
        "distributed-cache": { enabled: "true", "conf-id": 2 },
      },
    ]);
  });

  it("get-feature-groups, of an entity without some too", async () => {
    expect(await get("get-feature-groups?entityLabel=user")).toEqual([
      { label: "core", "data-type": "DataTypeFP32" },
      { label: "tags", "data-type": "DataTypeStringVector" },
    ]);
    expect(await get("get-feature-groups?entityLabel=catalog")).toEqual([]);
  });

  it("retrieve-feature-groups", async () => {
    expect(await get("retrieve-feature-groups?entity=user")).toMatchObject([
      {
        "feature-group-label": "core",
        "active-version": "1",
        features: { "1": { labels: "ctr,cvr" } },
      },
      {
        "feature-group-label": "tags",
        "active-version": "2",
        features: { "2": { labels: "city,zone" } },
      },
    ]);
  });

  it("get-store, get-jobs, get-config", async () => {
    expect(await get("get-store")).toMatchObject({ "1": { table: "user_features" } });
    expect(await get("get-jobs?jobType=writer")).toEqual(["user_job"]);
    expect(await get("get-jobs?jobType=reader")).toEqual(["auditor", "ranker"]);
    expect(await get("get-config")).toEqual({ "1": "scylla", "4": "redis_failover" });
  });

  it("get-cache-config", async () => {
    const ask = (type: unknown) =>
      test.call("viewer", "POST", "get-cache-config", { "cache-type": type });
    expect((await ask("distributed")).json()).toEqual({
      error: "",
      data: { "2": "distributed_cache" },
    });
    expect((await ask("in-memory")).json()).toEqual({
      error: "",
      data: { "3": "in_memory_cache" },
    });
    for (const type of ["other", 1, undefined]) {
      const reply = await ask(type);
      expect(reply.statusCode).toBe(400);
      expect(reply.json()).toMatchObject({
        error: expect.stringContaining("cache-type"),
        data: {},
      });
    }
  });

  it("get-online-features-mapping", async () => {
    const ask = (list: unknown) =>
      test.call("viewer", "POST", "get-online-features-mapping", { "offline-feature-list": list });
    const good = await ask(["TABLE|db.t|c1", "PCTR_CALIBRATION|TABLE|db.t|c1", "TABLE|x|y"]);
    expect(good.json()).toEqual({
      error: "",
      data: {
        "TABLE|db.t|c1": "user:core:ctr",
        "PCTR_CALIBRATION|TABLE|db.t|c1": "pctr_calibration:user:core:ctr",
      },
    });
    const bad = await ask("TABLE|db.t|c1");
    expect(bad.statusCode).toBe(400);
    expect(bad.json()).toMatchObject({ error: expect.any(String), data: {} });
  });
});

describe("additions", () => {
  const group = "entities/user/groups/tags";

  it("versions, page by page", async () => {
    expect(await get(`${group}/versions?limit=1&offset=1`)).toMatchObject({
      "active-version": "2",
      total: 2,
      versions: [{ version: "1", "is-active": false }],
    });
  });

  it("differences of versions", async () => {
    expect(await get(`${group}/versions/1/diff/2`)).toMatchObject({
      added: ["zone"],
      removed: ["tier"],
    });
  });

  it("one feature", async () => {
    expect(await get(`${group}/features/zone`)).toMatchObject({
      feature: { "storage-provider": "PARQUET_GCS", "default-value": "[z]" },
      "may-read": ["ranker"],
    });
  });

  it("search, jobs and faults", async () => {
    expect(await get("search?q=ctr&kind=feature")).toMatchObject({
      total: 1,
      hits: [{ kind: "feature", label: "ctr", "feature-group-label": "core" }],
    });
    expect(await get("jobs")).toMatchObject([
      { "job-id": "user_job", "may-write": false, "previous-token-until": 2000 },
    ]);
    expect(await get("faults")).toEqual([]);
  });
});

describe("failures", () => {
  it.each([
    ["get-feature-groups", 400, "entityLabel"],
    ["get-feature-groups?entityLabel=", 400, "entityLabel"],
    ["get-feature-groups?entityLabel=shop", 400, '"shop"'],
    ["retrieve-feature-groups?entity=shop", 400, '"shop"'],
    ["retrieve-feature-groups?entity=a&entity=b", 400, "entity"],
    ["get-jobs", 400, "jobType"],
    ["get-jobs?jobType=other", 400, "jobType"],
    ["entities/shop/groups/core/versions", 404, '"shop"'],
    ["entities/user/groups/nope/versions", 404, '"nope"'],
    ["entities/user/groups/core/versions?limit=1000", 400, "limit"],
    ["entities/user/groups/core/versions/1/diff/9", 404, '"9"'],
    ["entities/user/groups/tags/features/tier", 404, '"tier"'],
    ["search?q=", 400, "q"],
    ["search?q=a&limit=0", 400, "limit"],
    ["search?q=a&kind=other", 400, "kind"],
  ])("%s: %i", async (path, status, named) => {
    const reply = await test.call("admin", "GET", path);
    expect(reply.statusCode).toBe(status);
    expect(reply.json()).toMatchObject({ error: expect.stringContaining(named) });
  });

  it("nobody is let in without a session, and only those who may", async () => {
    const anonymous = await test.app.inject({ url: `${BASE}/get-entities` });
    expect(anonymous.statusCode).toBe(401);
    const refused = [
      await test.call("author", "GET", "drift"),
      await test.call("approver", "POST", "drift/repair", { ids: ["x"] }),
      await test.call("viewer", "POST", "values", { entity: "user", keys: [], features: {} }),
    ];
    expect(refused.map((reply) => reply.statusCode)).toEqual([403, 403, 403]);
  });

  it("before the first tree everything is unavailable, and later not any more", async () => {
    const late = new DiscoveryApp();
    late.source.goDown("not there yet");
    expect(() => late.catalog.current()).toThrow("its tree has not arrived yet");
    await late.catalog.start();
    expect(() => late.catalog.current()).toThrow("not there yet");
    expect(late.catalog.isLive).toBe(false);
    await late.catalog.close();
  });
});

describe("tags of answers", () => {
  it("who has the answer of this revision gets no other", async () => {
    const first = await test.call("viewer", "GET", "retrieve-entities");
    const { etag } = first.headers;
    const asked = { "if-none-match": `W/"other", ${etag}` };
    const second = await test.call("viewer", "GET", "retrieve-entities", undefined, asked);
    expect([second.statusCode, second.body]).toEqual([304, ""]);
    await test.change("entities/shop/label", "shop");
    const third = await test.call("viewer", "GET", "retrieve-entities", undefined, asked);
    expect(third.statusCode).toBe(200);
    expect(third.headers.etag).not.toBe(etag);
  });

  it("a refused call gets no tag", async () => {
    const reply = await test.call("viewer", "GET", "get-jobs?jobType=other");
    expect(reply.headers.etag).toBeUndefined();
  });
});

it("changes of the registry are seen, and faults of it with their reasons", async () => {
  await test.change("entities/user/feature-groups/core/data-type", "DataTypeFP31");
  expect(await get("retrieve-feature-groups?entity=user")).toMatchObject([
    {
      "feature-group-label": "core",
      faults: [{ reason: expect.stringContaining("FP31") }, { reason: expect.any(String) }],
    },
    { "feature-group-label": "tags" },
  ]);
  expect(await get("faults")).toMatchObject([{ disables: "feature-group" }]);
});

it("all endpoints are in the API's description", () => {
  const { paths = {} } = test.app.swagger() as { paths?: Record<string, unknown> };
  for (const path of ["retrieve-entities", "get-source-mapping", "search", "drift", "values"]) {
    expect(Object.keys(paths)).toContain(`${BASE}/${path}`);
  }
  expect(JSON.stringify(paths[`${BASE}/get-source-mapping`])).toContain("data-paths");
});
