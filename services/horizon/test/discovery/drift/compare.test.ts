import { describe, expect, it } from "vitest";
import { foldApproved } from "../../../src/discovery/drift/approved-state.ts";
import { compareRegistry } from "../../../src/discovery/drift/compare-registry.ts";
import { compareRequests } from "../../../src/discovery/drift/compare-requests.ts";
import { diffTable, tableNeeds } from "../../../src/discovery/drift/compare-tables.ts";
import { planRepair } from "../../../src/discovery/drift/model.ts";
import { EXAMPLE, exampleCatalog, type TextEntries } from "../support/example-tree.ts";
import { approved, exampleRequests } from "../support/requests.ts";

const CORE = "entities/user/feature-groups/core";

const WITHOUT_USER: TextEntries = Object.fromEntries(
  Object.keys(EXAMPLE)
    .filter((path) => path.startsWith("entities/user/"))
    .map((path) => [path, undefined]),
);

function requestDrift(changes: TextEntries, requests = exampleRequests()) {
  return compareRequests(foldApproved(requests), exampleCatalog(changes));
}

describe("approved requests and the registry", () => {
  it("agree in the example, whatever order the rows come in", () => {
    expect(requestDrift({})).toEqual([]);
    expect(requestDrift({}, exampleRequests().reverse())).toEqual([]);
  });

  it("agree also where the database keeps times to the second", () => {
    const ofOneSecond = exampleRequests().map((request) => ({ ...request, updatedAtMs: 1_000 }));
    expect(requestDrift({}, ofOneSecond)).toEqual([]);
    expect(requestDrift({}, ofOneSecond.reverse())).toEqual([]);
  });

  it("requests that were not approved count for nothing", () => {
    const rejected = exampleRequests().map((request) => ({
      ...request,
      status: "REJECTED" as const,
    }));
    expect(requestDrift({ [`${CORE}/store-id`]: "2" }, rejected)).toEqual([]);
  });

  it.each<[string, TextEntries, string, string]>([
    ["store", { "storage/stores/1": undefined }, "store-missing", "store of table user_features"],
    [
      "primary keys",
      {
        "storage/stores/1":
          '{"conf-id":1,"db-type":"scylla","table":"user_features","primary-keys":["id"]}',
      },
      "store-differs",
      "store 1",
    ],
    ["writer", { "security/writer/user_job": undefined }, "job-missing", "writer user_job"],
    ["reader", { "security/reader/ranker": undefined }, "job-missing", "reader ranker"],
    ["key", { "entities/user/keys/0/column-label": "uid" }, "entity-differs", "entity user"],
    [
      "data type",
      { [`${CORE}/data-type`]: "DataTypeFP64" },
      "group-differs",
      "feature-group user/core",
    ],
    ["job", { [`${CORE}/job-id`]: "other" }, "group-differs", "feature-group user/core"],
    [
      "active labels",
      { [`${CORE}/features/1/labels`]: "ctr" },
      "feature-missing",
      "feature user/core/cvr",
    ],
    [
      "source",
      { "source/user|core|ctr": "TABLE|db.x|c1|0" },
      "source-differs",
      "feature user/core/ctr",
    ],
  ])("a %s that is not as approved is told, and left to people", (_, changes, kind, subject) => {
    const found = requestDrift(changes);
    expect(found).toContainEqual(
      expect.objectContaining({
        kind,
        subject: expect.stringContaining(subject),
        remedy: undefined,
      }),
    );
    for (const difference of found.filter((each) => each.kind === kind)) {
      expect(planRepair(difference, 7)).toBeUndefined();
    }
  });

  it.each<[TextEntries, string, string]>([
    [{ [`${CORE}/ttl-in-seconds`]: "1" }, `${CORE}/ttl-in-seconds`, "86400"],
    [{ [`${CORE}/in-memory-cache-enabled`]: "false" }, `${CORE}/in-memory-cache-enabled`, "true"],
    [
      { "entities/user/distributed-cache/ttl-in-seconds": "1" },
      "entities/user/distributed-cache/ttl-in-seconds",
      "300",
    ],
    [{ "source/user|core|ctr": undefined }, "source/user|core|ctr", "TABLE|db.t|c1|0.0"],
    [{ "source/user|core|ctr": "|||0.0" }, "source/user|core|ctr", "TABLE|db.t|c1|0.0"],
  ])("%j is repaired by one write", (changes, path, value) => {
    const found = requestDrift(changes);
    expect(found).toHaveLength(1);
    const [difference] = found;
    expect(difference && planRepair(difference, 7)).toEqual({
      description: `write ${path}`,
      tables: [],
      writes: [{ path, value: Buffer.from(value) }],
      expectations: [{ kind: "unchanged", path, since: 7 }],
    });
  });

  it("a missing entity is told once", () => {
    const requests = [
      approved("entity", { "entity-label": "shop", "key-map": {} }),
      ...exampleRequests(),
    ];
    expect(requestDrift({}, requests).map(({ kind }) => kind)).toEqual(["entity-missing"]);
  });

  it("a feature that nobody asked for is only mentioned", () => {
    const withoutAdd = exampleRequests().filter(({ kind }) => kind !== "features-add");
    expect(requestDrift({}, withoutAdd)).toMatchObject([
      { kind: "feature-unrequested", severity: "info", subject: "feature user/core/cvr" },
    ]);
  });

  it("a source that cannot be a path or a value is not written", () => {
    const requests = [
      ...exampleRequests(),
      approved("features-edit", {
        "entity-label": "user",
        "feature-group-label": "core",
        features: [{ labels: "ctr", "source-base-path": "db|t" }],
      }),
    ];
    const found = requestDrift({ "source/user|core|ctr": undefined }, requests);
    expect(found).toMatchObject([{ kind: "source-missing", remedy: undefined }]);
  });

  it("a payload that cannot be read is told, and hides no other", () => {
    const requests = [...exampleRequests(), approved("job", { "job-id": 7 })];
    const found = requestDrift({ "security/reader/ranker": undefined }, requests);
    expect(found.map(({ kind }) => kind)).toEqual(["request-unreadable", "job-missing"]);
    expect(found[0]?.message).toContain("job-type");
  });

  it("ids stay as long as differences do", () => {
    const [first] = requestDrift({ [`${CORE}/ttl-in-seconds`]: "1" });
    const [again] = requestDrift({ [`${CORE}/ttl-in-seconds`]: "1" });
    const [other] = requestDrift({ [`${CORE}/ttl-in-seconds`]: "2" });
    expect(again?.id).toBe(first?.id);
    expect(other?.id).not.toBe(first?.id);
  });
});

describe("the registry itself", () => {
  it.each<[TextEntries, string, string]>([
    [{ "security/writer/user_job": undefined }, "job-unknown", "feature-group user/core"],
    [{ [`${CORE}/store-id`]: "9" }, "node-faulty", `node ${CORE}/store-id`],
    [{ "source/user|core|gone": "TABLE|db.t|c|0" }, "source-stray", "source user|core|gone"],
    [{ "source/user|core|ctr": "|||0.0" }, "source-stray", "source user|core|ctr"],
    [{ "source/user|core": "TABLE|db.t|c|0" }, "source-faulty", "source user|core"],
    [{ "source/user|core|a/b": "TABLE|db.t|c|0" }, "source-faulty", "source user|core|a"],
  ])("%j: %s", (changes, kind, subject) => {
    const found = compareRegistry(exampleCatalog(changes));
    expect(found.map((each) => [each.kind, each.subject])).toContainEqual([kind, subject]);
  });

  it("sources of an entity that is gone are repaired by deleting them", () => {
    const found = compareRegistry(exampleCatalog(WITHOUT_USER));
    expect(found.map(({ kind, remedy }) => [kind, remedy?.do])).toEqual(
      found.map(() => ["source-stray", "delete"]),
    );
    expect(found).toHaveLength(3);
  });

  it("a source that no feature has is repaired by deleting it", () => {
    const path = "source/user|core|gone";
    const [difference] = compareRegistry(exampleCatalog({ [path]: "TABLE|db.t|c|0" }));
    expect(difference && planRepair(difference, 7)).toMatchObject({
      writes: [{ path, value: undefined }],
      expectations: [{ kind: "unchanged", path, since: 7 }],
    });
  });
});

describe("sources that a fault hides", () => {
  it.each<[string, TextEntries]>([
    ["the group's", { [`${CORE}/data-type`]: "DataTypeFP31" }],
    ["the version's", { [`${CORE}/features/1/feature-meta`]: "not json" }],
    ["the entity's", { "entities/user/keys/0/sequence": "one" }],
    ["that of all entities", { ...WITHOUT_USER, entities: "not json" }],
  ])("are never deleted: %s", (_, changes) => {
    const catalog = exampleCatalog({ ...changes, "source/user|core|gone": "TABLE|db.t|c|0" });
    const strays = compareRegistry(catalog).filter(({ kind }) => kind === "source-stray");
    expect(strays.length).toBeGreaterThan(0);
    for (const difference of strays) expect(planRepair(difference, 7)).toBeUndefined();
  });
});

describe("tables", () => {
  const [need] = tableNeeds(exampleCatalog());
  if (need === undefined) throw new Error("the example has a store");
  const table = {
    primaryKeys: ["user_id"],
    columns: new Map([
      ["user_id", "text"],
      ["seg_0", "blob"],
      ["seg_1", "blob"],
    ]),
  };

  it("a need holds the columns of all groups of a store", () => {
    expect(need).toEqual({
      storeId: "1",
      dbType: "scylla",
      confId: 1,
      table: "user_features",
      primaryKeys: ["user_id"],
      tableTtlSeconds: 0,
      columns: ["seg_0", "seg_1"],
      mayExist: true,
    });
  });

  it("a table as it must be is no difference; one of Redis cannot be missing", () => {
    expect(diffTable(need, table)).toEqual([]);
    expect(diffTable({ ...need, dbType: "redis_failover" }, undefined)).toEqual([]);
    expect(diffTable({ ...need, dbType: "embedded" }, undefined)).toEqual([]);
  });

  it("a column of a group that is not served is not called unused", () => {
    const columns = new Map([...table.columns, ["seg_2", "blob"]]);
    expect(diffTable(need, { ...table, columns }, new Set(["seg_2"]))).toEqual([]);
  });

  it("stores take names in any case, and describe them in lower case", () => {
    const loud = { ...need, primaryKeys: ["User_Id"], columns: ["SEG_0", "Seg_1"] };
    expect(diffTable(loud, table)).toEqual([]);
  });

  it("a missing table is made with all columns", () => {
    const [difference, ...others] = diffTable(need, undefined);
    expect(others).toEqual([]);
    expect(difference).toMatchObject({ kind: "table-missing", severity: "error" });
    expect(difference && planRepair(difference, 7)).toMatchObject({ tables: [need], writes: [] });
  });

  it("a missing column is added", () => {
    const columns = new Map([...table.columns].filter(([name]) => name !== "seg_1"));
    const [difference] = diffTable(need, { ...table, columns });
    expect(difference).toMatchObject({ kind: "column-missing" });
    const tables = [{ ...need, columns: ["seg_1"] }];
    expect(difference && planRepair(difference, 7)).toMatchObject({ tables, writes: [] });
  });

  it.each([
    ["table-keys-differ", { ...table, primaryKeys: ["id"] }],
    ["column-type-differs", { ...table, columns: new Map([...table.columns, ["seg_0", "text"]]) }],
    ["column-unused", { ...table, columns: new Map([...table.columns, ["seg_2", "blob"]]) }],
  ])("%s is left to people", (kind, found) => {
    const differences = diffTable(need, found);
    expect(differences.map((each) => each.kind)).toEqual([kind]);
    expect(differences[0] && planRepair(differences[0], 7)).toBeUndefined();
  });
});
