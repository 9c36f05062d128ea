import { type CatalogParts, RowCatalog } from "@ofs/rows";
import { describe, expect, it } from "vitest";
import { column, entity, group } from "../support/definitions.ts";
import { latestOf } from "../support/row-objects.ts";

function build(parts: Partial<CatalogParts>, previous?: RowCatalog): RowCatalog {
  const none = { entities: [], groups: [], versions: [], consumers: [], populators: [] };
  return RowCatalog.build({ ...none, ...parts }, previous);
}

function reasons(catalog: RowCatalog): Record<string, string> {
  return Object.fromEntries(catalog.faults.map(({ path, reason }) => [path, reason]));
}

describe("RowCatalog", () => {
  it("resolves columns to storage names, the entity's first", () => {
    const columns = [column("Wins", "INT"), column("badge", "TEXT")];
    const catalog = build({
      entities: [entity("User_Table")],
      groups: [group("User_Stats", "v2", { entityName: "User_Table", columns })],
      versions: [latestOf("User_Stats", "v2")],
    });
    const resolved = catalog.group("User_Stats");
    expect(catalog.faults).toEqual([]);
    expect(resolved?.table).toEqual({
      name: "user_table",
      keys: [
        { name: "user_id", type: "BIGINT" },
        { name: "season", type: "INT" },
      ],
    });
    expect([...(resolved?.columns ?? [])].map(([name, each]) => [name, each.stored.name])).toEqual([
      ["country", "country"],
      ["season", "season"],
      ["user_id", "user_id"],
      ["Wins", "user_stats__v2__wins"],
      ["badge", "user_stats__v2__badge"],
    ]);
    expect(resolved?.keys.map(({ name, keyIndex, isKey }) => [name, keyIndex, isKey])).toEqual([
      ["user_id", 0, true],
      ["season", 1, true],
    ]);
    expect(resolved?.columns.get("Wins")).toMatchObject({
      isKey: false,
      keyIndex: -1,
      type: "INT",
    });
    expect(resolved?.foldedColumns.get("wins")).toBe(resolved?.columns.get("Wins"));
  });

  it("finds the latest version, a given one, and folded names", () => {
    const catalog = build({
      entities: [entity("User")],
      groups: [
        group("Stats", "v10", { entityName: "User" }),
        group("Stats", "v9", { entityName: "User" }),
        group("old", "v1", { entityName: "User", versionEnabled: false }),
      ],
      versions: [latestOf("Stats", "v10"), latestOf("old", "v1")],
    });
    expect(catalog.group("Stats")?.metadata.version).toBe("v10");
    expect(catalog.group("Stats", "v9")?.metadata.version).toBe("v9");
    expect(catalog.group("Stats", "v8")).toBeUndefined();
    expect(catalog.group("stats")).toBeUndefined();
    expect(catalog.groupFolded("sTATS")).toBe(catalog.group("Stats"));
    expect(catalog.groupFolded("none")).toBeUndefined();
    expect(catalog.entity("user")).toBeUndefined();
    expect(catalog.entityFolded("USER")?.name).toBe("User");
    expect(catalog.versionsOf("Stats").map(({ metadata }) => metadata.version)).toEqual([
      "v9",
      "v10",
    ]);
    expect(catalog.latestVersion("Stats")).toBe("v10");
    expect(catalog.group("old")?.columns.get("wins")?.stored.name).toBe("old__wins");
  });

  it("finds groups by tenant and entity, and topics", () => {
    const tenant = { read: "a", write: "b", consume: "c" };
    const consumer = {
      tenantName: "c",
      topicName: "c-topic",
      numPartitions: 1,
      numConsumers: 1,
      updatedAt: 1,
    };
    const fallback = { ...consumer, tenantName: "default-tenant", topicName: "all" };
    const catalog = build({
      entities: [entity("user")],
      groups: [group("x", "v1", { tenant }), group("y", "v1")],
      versions: [latestOf("x", "v1"), latestOf("y", "v1")],
      consumers: [consumer, fallback],
    });
    const names = (groups: readonly { metadata: { name: string } }[]) =>
      groups.map((g) => g.metadata.name);
    expect(names(catalog.groupsOfTenant("read", "a"))).toEqual(["x"]);
    expect(names(catalog.groupsOfTenant("write", "a"))).toEqual([]);
    expect(names(catalog.groupsOfTenant("consume", "default-tenant"))).toEqual(["y"]);
    expect(names(catalog.groupsOfEntity("user"))).toEqual(["x", "y"]);
    expect(catalog.topicOf({ tenant })).toBe("c-topic");
    expect(catalog.topicOf({ tenant: { ...tenant, consume: "other" } })).toBe("all");
    expect(RowCatalog.EMPTY.topicOf({ tenant })).toBeUndefined();
  });

  it("leaves out what cannot be served, and nothing else", () => {
    const noKey = entity("nokey");
    const badKey = { ...noKey.entity, tableName: "nokey", primaryKeys: ["nobody"] };
    const catalog = build({
      entities: [entity("user"), { ...noKey, entity: badKey }],
      groups: [
        group("good", "v1"),
        group("good", "v2", { columns: [column("a", "INT"), column("A", "INT")] }),
        group("clash", "v1", { columns: [column("season", "INT")] }),
        group("lost", "v1", { entityName: "nobody" }),
        group("below", "v1", { entityName: "nokey" }),
        group("silent", "v1"),
      ],
      versions: [
        latestOf("good", "v2"),
        latestOf("clash", "v1"),
        latestOf("lost", "v1"),
        latestOf("below", "v1"),
      ],
    });
    expect(catalog.group("good", "v1")).toBeDefined();
    expect(catalog.group("good")).toBeUndefined();
    expect(catalog.group("silent", "v1")).toBeDefined();
    expect(reasons(catalog)).toEqual({
      "entities/nokey": 'primary key "nobody" is no column',
      "feature-groups/good/v2": 'column "A" stands twice',
      "feature-groups/clash/v1": 'column "season" stands twice',
      "feature-groups/lost/v1": 'entity "nobody" is not there or faulty',
      "feature-groups/below/v1": 'entity "nokey" is not there or faulty',
      "versions/good": 'latest version "v2" is not there or faulty',
      "versions/clash": 'latest version "v1" is not there or faulty',
      "versions/lost": 'latest version "v1" is not there or faulty',
      "versions/below": 'latest version "v1" is not there or faulty',
      "versions/silent": "there is no latest version",
    });
  });

  it("keeps the older of two that exclude each other", () => {
    const catalog = build({
      entities: [entity("User", { createdAt: 2 }), entity("user", { createdAt: 1 })],
      groups: [
        group("a__v1", "v1", {
          versionEnabled: false,
          columns: [column("c", "INT")],
          createdAt: 9,
        }),
        group("a", "v1", { columns: [column("c", "TEXT")], createdAt: 8 }),
        group("A", "v1", { createdAt: 10 }),
      ],
      versions: [latestOf("a", "v1"), latestOf("a__v1", "v1"), latestOf("A", "v1")],
    });
    expect(catalog.group("a")).toBeDefined();
    expect(reasons(catalog)).toMatchObject({
      "entities/User": "its table is that of entity user",
      "feature-groups/a__v1/v1": "column a__v1__c is stored for a v1",
      "feature-groups/A/v1": "feature group a differs in case only",
    });
  });

  it("keeps the objects of what has not changed", () => {
    const user = entity("user");
    const stats = group("stats", "v1");
    const versions = [latestOf("stats", "v1")];
    const before = build({ entities: [user], groups: [stats], versions });
    const added = build(
      { entities: [user], groups: [group("new", "v1"), stats], versions },
      before,
    );
    expect(added.group("stats")).toBe(before.group("stats"));
    expect(added.group("new", "v1")?.table).toBe(before.group("stats")?.table);
    const touched = build({ entities: [{ ...user }], groups: [stats], versions }, added);
    expect(touched.group("stats")).not.toBe(before.group("stats"));
    expect(touched.group("stats")?.table).not.toBe(before.group("stats")?.table);
  });

  it("takes thousands of versions", () => {
    const columns = Array.from({ length: 20 }, (_, index) => column(`c${index}`, "INT"));
    const groups = Array.from({ length: 2_000 }, (_, index) =>
      group(`g${index % 10}`, `v${Math.floor(index / 10) + 1}`, { columns }),
    );
    const versions = Array.from({ length: 10 }, (_, index) => latestOf(`g${index}`, "v200"));
    const catalog = build({ entities: [entity("user")], groups, versions });
    expect(catalog.faults).toEqual([]);
    expect(catalog.groups()).toHaveLength(2_000);
    expect(catalog.group("g7")?.columns.get("c19")?.stored.name).toBe("g7__v200__c19");
  });
});
