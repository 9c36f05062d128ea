import { describe, expect, it } from "vitest";
import type { CatalogEntity } from "../../../src/discovery/catalog/model.ts";
import {
  entityLabels,
  entityShapes,
  groupNames,
  groupShapes,
  storeShapes,
} from "../../../src/discovery/views/discovery-shapes.ts";
import { jobNames, jobShapes } from "../../../src/discovery/views/jobs.ts";
import { catalogOf, EXAMPLE, exampleCatalog } from "../support/example-tree.ts";

const CORE = "entities/user/feature-groups/core";

function user(catalog = exampleCatalog()): CatalogEntity {
  const entity = catalog.entities.get("user");
  if (entity === undefined) throw new Error("the example has no entity user");
  return entity;
}

/** As a client gets it. */
const wire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("published shapes", () => {
  it("an empty registry gives empty lists, not null", () => {
    const catalog = catalogOf(new Map());
    expect(entityLabels(catalog)).toEqual([]);
    expect(entityShapes(catalog)).toEqual([]);
    expect(wire(storeShapes(catalog))).toEqual({});
    expect(jobNames(catalog, "writer")).toEqual([]);
  });

  it("retrieve-entities: keys as they are named, caches with textual flags, those of a cache that is off too", () => {
    expect(wire(entityShapes(exampleCatalog()))).toEqual([
      {
        "entity-label": "catalog",
        keys: {
          "0": { sequence: 1, "entity-label": "catalog_id", "column-label": "catalog_id" },
          "1": { sequence: 0, "entity-label": "shop_id", "column-label": "shop" },
        },
        "in-memory-cache": {
          enabled: "false",
          "ttl-in-seconds": 0,
          "jitter-percentage": 0,
          "conf-id": 0,
        },
        "distributed-cache": {
          enabled: "false",
          "ttl-in-seconds": 0,
          "jitter-percentage": 0,
          "conf-id": 0,
        },
      },
      {
        "entity-label": "user",
        keys: { "0": { sequence: 0, "entity-label": "user_id", "column-label": "user_id" } },
        "in-memory-cache": {
          enabled: "false",
          "ttl-in-seconds": 60,
          "jitter-percentage": 5,
          "conf-id": 3,
        },
        "distributed-cache": {
          enabled: "true",
          "ttl-in-seconds": 300,
          "jitter-percentage": 10,
          "conf-id": 2,
        },
      },
    ]);
  });

  it("get-feature-groups: labels with data types", () => {
    expect(groupNames(user())).toEqual([
      { label: "core", "data-type": "DataTypeFP32" },
      { label: "tags", "data-type": "DataTypeStringVector" },
    ]);
  });

  it("retrieve-feature-groups: the published example", () => {
    const catalog = exampleCatalog();
    expect(wire(groupShapes(catalog, user(catalog))[0])).toEqual({
      "entity-label": "user",
      "feature-group-label": "core",
      id: 0,
      "active-version": "1",
      features: {
        "1": {
          labels: "ctr,cvr",
          "default-values": ["0.0", "0.0"],
          "source-base-paths": ["db.t", "db.t"],
          "source-data-columns": ["c1", "c2"],
          "storage-providers": ["TABLE", "TABLE"],
          "string-lengths": [0, 0],
          "vector-lengths": [0, 0],
        },
      },
      "store-id": "1",
      "data-type": "DataTypeFP32",
      "ttl-in-seconds": 86400,
      "ttl-in-epoch": 0,
      "job-id": "user_job",
      "in-memory-cache-enabled": true,
      "distributed-cache-enabled": true,
      "layout-version": 1,
    });
  });

  it("a feature without a source has empty texts in its place, and sequences give the order", () => {
    const catalog = exampleCatalog();
    const [, tags] = groupShapes(catalog, user(catalog));
    expect(wire(tags?.features)).toEqual({
      "2": {
        labels: "city,zone",
        "default-values": ["[na,na]", "[z]"],
        "source-base-paths": ["", "gs://bucket/zones"],
        "source-data-columns": ["", "zone"],
        "storage-providers": ["", "PARQUET_GCS"],
        "string-lengths": [16, 8],
        "vector-lengths": [2, 1],
      },
    });
  });

  it("a source without a provider counts as none", () => {
    const catalog = exampleCatalog({ "source/user|core|ctr": "|||0.0" });
    const [core] = groupShapes(catalog, user(catalog));
    expect(core?.features["1"]).toMatchObject({
      "source-base-paths": ["", "db.t"],
      "storage-providers": ["", "TABLE"],
    });
  });

  it("a group without features has none", () => {
    const catalog = exampleCatalog({
      [`${CORE}/features/1/labels`]: undefined,
      [`${CORE}/features/1/default-values`]: undefined,
      [`${CORE}/features/1/feature-meta`]: undefined,
    });
    expect(wire(groupShapes(catalog, user(catalog))[0]?.features)).toEqual({});
  });

  it("defaults that the comma list cannot tell apart are made of their bytes", () => {
    const catalog = exampleCatalog({ [`${CORE}/features/1/default-values`]: "0.0,0,0" });
    expect(groupShapes(catalog, user(catalog))[0]?.features["1"]?.["default-values"]).toEqual([
      "0",
      "0",
    ]);
  });

  it("a default that says something else than what is served is told, and what is served is shown", () => {
    const catalog = exampleCatalog({ [`${CORE}/features/1/default-values`]: "0.0,high" });
    const [core] = groupShapes(catalog, user(catalog));
    expect(core?.features["1"]?.["default-values"]).toEqual(["0.0", "0"]);
    expect(core?.faults).toEqual([
      {
        path: `${CORE}/features/1/default-values`,
        reason: '"high" is not the default of "cvr" that is served: "0"',
      },
    ]);
  });

  it("get-store: by id", () => {
    expect(wire(storeShapes(exampleCatalog()))).toEqual({
      "1": {
        "db-type": "scylla",
        "conf-id": 1,
        table: "user_features",
        "max-column-size-in-bytes": 1024,
        "max-row-size-in-bytes": 102400,
        "primary-keys": ["user_id"],
        "table-ttl": 0,
      },
    });
  });

  it("get-jobs: names only, and nothing anywhere tells a token", () => {
    const catalog = exampleCatalog();
    expect(jobNames(catalog, "writer")).toEqual(["user_job"]);
    expect(jobNames(catalog, "reader")).toEqual(["auditor", "ranker"]);
    const all = JSON.stringify([
      jobShapes(catalog, "writer", 1_000),
      jobShapes(catalog, "reader", 1_000),
      storeShapes(catalog),
      entityShapes(catalog),
      groupShapes(catalog, user(catalog)),
    ]);
    expect(all).not.toMatch(/s3cret|-token"|"(?:new|old|auditor)-token/);
  });

  it("jobs: what they feed and may do, and how long a previous token counts", () => {
    const catalog = exampleCatalog();
    expect(jobShapes(catalog, "writer", 2_000)).toEqual([
      {
        "job-id": "user_job",
        "job-type": "writer",
        writes: [
          { "entity-label": "user", "feature-group-label": "core" },
          { "entity-label": "user", "feature-group-label": "tags" },
        ],
        entities: null,
        "may-read": false,
        "may-write": false,
        "previous-token-until": 2000,
        revoked: false,
      },
    ]);
    expect(jobShapes(catalog, "writer", 2_001)[0]?.["previous-token-until"]).toBeNull();
    const revoked = exampleCatalog({ "security/writer/user_job": '{"token":"x","revoked":true}' });
    expect(jobShapes(revoked, "writer", 0)).toMatchObject([
      { revoked: true, "previous-token-until": null },
    ]);
    expect(jobShapes(catalog, "reader", 0)[0]).toMatchObject({
      "job-id": "auditor",
      writes: [],
      entities: ["catalog"],
      "may-read": true,
      "may-write": false,
    });
  });
});

describe("faulty nodes", () => {
  it.each([
    ["data-type", "DataTypeFP31", '"DataTypeFP31" is not a data type'],
    ["ttl-in-seconds", "-1", '"-1" is not an integer from 0'],
    ["store-id", "9", 'store "9" is not in the registry'],
    ["in-memory-cache-enabled", "yes", '"yes" is not one of true, false, 1, 0'],
    ["columns/seg_0/current-size-in-bytes", "many", '"many" is not an integer'],
  ])(
    "a group with a bad %s is shown with its reason, and hides nothing",
    (field, value, reason) => {
      const catalog = exampleCatalog({ [`${CORE}/${field}`]: value });
      const groups = groupShapes(catalog, user(catalog));
      expect(groups.map((each) => each["feature-group-label"])).toEqual(["core", "tags"]);
      expect(groups[0]?.features["1"]?.labels).toBe("ctr,cvr");
      expect(JSON.stringify(groups[0]?.faults)).toContain(JSON.stringify(reason).slice(1, -1));
      expect(groups[1]).not.toHaveProperty("faults");
    },
  );

  it("an entity that is not served is shown with its reason, its groups too", () => {
    const catalog = exampleCatalog({ "entities/user/keys/0/sequence": "one" });
    const [other, faulty] = entityShapes(catalog);
    expect(other).not.toHaveProperty("faults");
    expect(faulty?.faults?.[0]).toEqual({
      path: "entities/user",
      reason: expect.stringContaining('"one" is not an integer'),
    });
    expect(groupNames(user(catalog))).toHaveLength(2);
  });

  it("a store that is not JSON is shown with its reason", () => {
    const catalog = exampleCatalog({ "storage/stores/2": "not json" });
    const stores = storeShapes(catalog);
    expect(Object.keys(stores)).toEqual(["1", "2"]);
    expect(stores["2"]?.faults?.[0]?.reason).toContain("not valid JSON");
    expect(stores["1"]).not.toHaveProperty("faults");
  });

  it("a job without a token is shown with its reason", () => {
    const catalog = exampleCatalog({ "security/writer/lost": "{}" });
    const lost = jobShapes(catalog, "writer", 0).find((job) => job["job-id"] === "lost");
    expect(lost).toMatchObject({
      "may-write": false,
      faults: [{ path: "security/writer/lost/token", reason: "is missing, and so is sha256" }],
    });
  });

  it("one bad value of a JSON tree leaves the others", () => {
    const catalog = exampleCatalog({ ...EXAMPLE, "entities/user/feature-groups/odd": "17" });
    expect(groupNames(user(catalog)).map((each) => each.label)).toEqual(["core", "odd", "tags"]);
  });
});
