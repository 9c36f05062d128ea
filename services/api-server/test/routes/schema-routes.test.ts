import { parseSnapshot } from "@ofs/registry";
import { entityTree } from "@ofs/testkit";
import { describe, expect, test } from "vitest";
import { describeEntities } from "../../src/routes/schema-routes.ts";

const ANYBODY = { callerId: "ranker", entities: undefined };
const STORE = '{"db-type":"embedded","conf-id":0,"table":"t","max-column-size-in-bytes":1024}';

const TREE = {
  "storage/stores/1": STORE,
  ...entityTree("user", ["user_id", "city"], {
    embeddings: {
      id: 4,
      type: "FP32Vector",
      ttlSeconds: 3_600,
      process: true,
      versions: [
        { old: { vectorLength: 2, default: Buffer.alloc(8) } },
        {
          old: { vectorLength: 2, default: Buffer.alloc(8) },
          fresh: { vectorLength: 3, default: Buffer.alloc(12, 1) },
        },
      ],
    },
    tags: { id: 5, type: "String", versions: [{ tag: { stringLength: 16 } }] },
  }),
  ...entityTree("item", ["item_id"], {
    broken: { id: 0, type: "Nothing", versions: [{ a: {} }] },
  }),
};

const snapshot = snapshotOf(TREE);

function snapshotOf(tree: Record<string, string>) {
  const entries = Object.entries(tree).map(([path, text]) => [path, Buffer.from(text)] as const);
  return parseSnapshot(new Map(entries), 42);
}

test("an entity is described with keys, groups, features, lengths and defaults", () => {
  const { entities, registryRevision } = describeEntities(snapshot, ["user"], ANYBODY);
  expect(String(registryRevision)).toBe("42");
  expect(entities).toEqual([
    {
      label: "user",
      keyLabels: ["user_id", "city"],
      faults: [],
      groups: [
        {
          label: "embeddings",
          id: 4,
          dataType: "DataTypeFP32Vector",
          ttlSeconds: expect.objectContaining({ low: 3_600, high: 0 }),
          activeVersion: 2,
          storeId: "1",
          processCached: true,
          distributedCached: false,
          features: [
            {
              label: "old",
              vectorLength: 2,
              stringLength: 0,
              defaultValue: new Uint8Array(8),
            },
            {
              label: "fresh",
              vectorLength: 3,
              stringLength: 0,
              defaultValue: new Uint8Array(12).fill(1),
            },
          ],
        },
        expect.objectContaining({
          label: "tags",
          features: [expect.objectContaining({ vectorLength: 1, stringLength: 16 })],
        }),
      ],
    },
  ]);
});

test("what is broken is told with its reason", () => {
  const { entities } = describeEntities(snapshot, ["item"], ANYBODY);
  expect(entities).toMatchObject([
    {
      label: "item",
      groups: [],
      faults: [
        {
          path: "entities/item/feature-groups/broken/data-type",
          reason: expect.stringContaining("DataTypeNothing"),
        },
      ],
    },
  ]);
});

test("an entity that is disabled as a whole is there, with its faults", () => {
  const broken = snapshotOf({ ...TREE, "entities/user/keys/0/sequence": "first" });
  const { entities } = describeEntities(broken, ["user"], ANYBODY);
  expect(broken.disabledEntities.has("user")).toBe(true);
  expect(entities?.[0]?.groups ?? []).toEqual([]);
  expect(entities?.[0]?.faults?.length).toBeGreaterThan(0);
});

describe("scope", () => {
  const itemsOnly = { callerId: "ranker", entities: new Set(["item"]) };

  test("none named: all that the caller may use, by label", () => {
    const labels = (context: typeof itemsOnly | typeof ANYBODY) =>
      describeEntities(snapshot, [], context).entities?.map(({ label }) => label);
    expect(labels(ANYBODY)).toEqual(["item", "user"]);
    expect(labels(itemsOnly)).toEqual(["item"]);
  });

  test("another entity is PERMISSION_DENIED, also one that does not exist", () => {
    for (const label of ["user", "nobody"]) {
      expect(() => describeEntities(snapshot, [label], itemsOnly)).toThrow(
        expect.objectContaining({ code: "PERMISSION_DENIED" }),
      );
    }
  });

  test("an unknown entity is NOT_FOUND", () => {
    expect(() => describeEntities(snapshot, ["user", "x"], ANYBODY)).toThrow(
      expect.objectContaining({
        code: "NOT_FOUND",
        message: "invalid entity x: entity x not found",
      }),
    );
  });
});
