import { describe, expect, it } from "vitest";
import { cacheBody, entityBody, keyBody } from "./support/bodies.ts";
import { CONTEXT, plan, problemsOf, smallTree, textsOf } from "./support/trees.ts";

describe("planning an entity", () => {
  it("writes labels, keys and caches as published", () => {
    const body = entityBody({
      "key-map": { "0": keyBody(0, "shop_id"), extra: keyBody(1, "day") },
      "in-memory-cache": cacheBody({ enabled: "false", "conf-id": 5, "ttl-in-seconds": 0 }),
    });
    const made = plan("entity", body);
    expect(textsOf(made.writes)).toEqual({
      "entities/shop/label": "shop",
      "entities/shop/keys/0/sequence": "0",
      "entities/shop/keys/0/entity-label": "shop_id",
      "entities/shop/keys/0/column-label": "shop_id",
      "entities/shop/keys/extra/sequence": "1",
      "entities/shop/keys/extra/entity-label": "day",
      "entities/shop/keys/extra/column-label": "day",
      "entities/shop/distributed-cache/enabled": "true",
      "entities/shop/distributed-cache/ttl-in-seconds": "300",
      "entities/shop/distributed-cache/jitter-percentage": "10",
      "entities/shop/distributed-cache/conf-id": "2",
      "entities/shop/in-memory-cache/enabled": "false",
      "entities/shop/in-memory-cache/ttl-in-seconds": "0",
      "entities/shop/in-memory-cache/jitter-percentage": "10",
      "entities/shop/in-memory-cache/conf-id": "5",
    });
    expect(made.expectations).toContainEqual({ kind: "absent", path: "entities/shop" });
    expect(made.tables).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["the only one where none is named", { enabled: "true", "conf-id": 0 }, "2"],
    ["the first where the cache is off", { enabled: "false", "conf-id": undefined }, "2"],
  ])("chooses the cache: %s", (_, changes, expected) => {
    const body = entityBody({ "distributed-cache": cacheBody(changes) });
    expect(textsOf(plan("entity", body).writes)["entities/shop/distributed-cache/conf-id"]).toBe(
      expected,
    );
  });

  it("needs no configured cache where it is off", () => {
    const context = { ...CONTEXT, distributedCacheConfIds: [], processCacheConfIds: [] };
    const body = { "entity-label": "shop", "key-map": { "0": keyBody(0, "shop_id") } };
    const texts = textsOf(plan("entity", body, smallTree(), context).writes);
    expect(texts["entities/shop/in-memory-cache/enabled"]).toBe("false");
    expect(texts["entities/shop/in-memory-cache/conf-id"]).toBe("0");
  });

  const keys = (...list: readonly unknown[]) => ({
    "key-map": Object.fromEntries(list.map((key, index) => [String(index), key])),
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "V6 an entity that is there",
      { "entity-label": "user" },
      'entity-label: entity "user" is there already (conflict)',
    ],
    [
      "S5 an entity that differs by case only",
      { "entity-label": "User" },
      'entity-label: entity "User" is there already as "user", which readers take for the same name (conflict)',
    ],
    [
      "S5 an entity that differs by dashes only",
      { "entity-label": "us-er" },
      'entity-label: entity "us-er" is there already as "user", which readers take for the same name (conflict)',
    ],
    [
      "V6 a sequence twice",
      keys(keyBody(0, "a"), keyBody(0, "b")),
      "key-map.1.sequence: 0 is the sequence of another key (invalid)",
    ],
    [
      "a gap in the sequences",
      keys(keyBody(0, "a"), keyBody(2, "b")),
      "key-map.1.sequence: 2 is not from 0 to 1, as sequences of 2 keys are (invalid)",
    ],
    [
      "V6 a column twice",
      keys(keyBody(0, "a"), { ...keyBody(1, "b"), "column-label": "A" }),
      'key-map.1.column-label: "A" is the column of another key (invalid)',
    ],
    [
      "a label twice",
      keys(keyBody(0, "a"), { ...keyBody(1, "b"), "entity-label": "A" }),
      'key-map.1.entity-label: "A" is the label of another key (invalid)',
    ],
    [
      "S5 a name of the key-map twice",
      { "key-map": { a: keyBody(0, "a"), A: keyBody(1, "b") } },
      'key-map.A: "A" is the same name as another key (invalid)',
    ],
    [
      "a column named as a block's",
      keys({ ...keyBody(0, "a"), "column-label": "SEG_12" }),
      'key-map.0.column-label: "SEG_12" is a name of columns for blocks (invalid)',
    ],
    [
      "an unknown cache",
      { "distributed-cache": cacheBody({ "conf-id": 3 }) },
      "distributed-cache.conf-id: 3 is not a configured cache: there is 2 (missing)",
    ],
    [
      "an unknown cache that is off",
      { "in-memory-cache": cacheBody({ enabled: "false", "conf-id": 2 }) },
      "in-memory-cache.conf-id: 2 is not a configured cache: there is 3, 5 (missing)",
    ],
    [
      "no cache where there are several",
      { "in-memory-cache": cacheBody({ "conf-id": 0 }) },
      "in-memory-cache.conf-id: 0 is not a configured cache: there is 3, 5 (missing)",
    ],
  ])("refuses %s", (_, changes, expected) => {
    expect(problemsOf("entity", entityBody(changes))).toEqual([expected]);
  });

  it("compares with entities that readers have disabled", () => {
    const tree = smallTree({ "entities/Shop/label": "another" });
    expect(problemsOf("entity", entityBody(), tree)).toEqual([
      'entity-label: entity "shop" is there already as "Shop", which readers take for the same name (conflict)',
    ]);
  });
});

describe("planning an entity's edit", () => {
  it("writes what is different of the caches, and never which cache it is", () => {
    const body = {
      "entity-label": "user",
      "distributed-cache": cacheBody({ "ttl-in-seconds": 301, "conf-id": 77 }),
      "in-memory-cache": cacheBody({ enabled: "true", "conf-id": 99 }),
    };
    const made = plan("entity-edit", body);
    expect(textsOf(made.writes)).toEqual({
      "entities/user/distributed-cache/ttl-in-seconds": "301",
      "entities/user/in-memory-cache/enabled": "true",
      "entities/user/in-memory-cache/ttl-in-seconds": "300",
      "entities/user/in-memory-cache/jitter-percentage": "10",
    });
    expect(made.expectations).toContainEqual({
      kind: "unchanged",
      path: "entities/user/label",
      since: 7,
    });
  });

  it("names a cache where the entity has none", () => {
    const body = { "entity-label": "catalog", "distributed-cache": cacheBody() };
    const texts = textsOf(plan("entity-edit", body).writes);
    expect(texts["entities/catalog/distributed-cache/conf-id"]).toBe("2");
    expect(Object.keys(texts)).toHaveLength(4);
  });

  it("refuses an entity that is not there, by its very name", () => {
    expect(problemsOf("entity-edit", { "entity-label": "User" })).toEqual([
      'entity-label: entity "User" is not there (missing)',
    ]);
  });

  it("S4: edits what older control planes have named otherwise", () => {
    const tree = smallTree({ "entities/my entity/label": "my entity" });
    const body = { "entity-label": "my entity", "distributed-cache": cacheBody() };
    expect(problemsOf("entity-edit", body, tree)).toEqual([]);
  });
});
