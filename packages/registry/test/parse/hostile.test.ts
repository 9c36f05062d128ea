import { parseSnapshot, type Snapshot } from "@ofs/registry";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExample, toEntries } from "../support/entries.ts";
import { WORKED_EXAMPLE } from "../support/worked-example.ts";

const { OFS_PROPERTY_RUNS = "400" } = process.env;
const RUNS = Number(OFS_PROPERTY_RUNS);

const paths = Object.keys(WORKED_EXAMPLE);
/** Every place of the example's tree, inner ones too. */
const places = [
  ...new Set(
    paths.flatMap((path) => {
      const names = path.split("/");
      return names.map((_, index) => names.slice(0, index).join("/")).concat(path);
    }),
  ),
];
const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length", ""];

const value = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
  fc
    .constantFrom(
      "{}",
      "[]",
      "null",
      "0",
      "-1",
      "1e999",
      "true",
      '""',
      "{",
      "NaN",
      "\u0000",
      '{"a":',
    )
    .map((text) => Buffer.from(text)),
  fc.constantFrom(...Object.values(WORKED_EXAMPLE)).map((text) => Buffer.from(text)),
);
const path = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...places) },
  fc.tuple(fc.constantFrom(...places), fc.constantFrom(...names)).map((parts) => parts.join("/")),
  fc
    .array(fc.oneof(fc.constantFrom(...names), fc.string()), { maxLength: 40 })
    .map((parts) => parts.join("/")),
);

/** Things that must hold of any snapshot. */
function assertSound(snapshot: Snapshot): void {
  for (const [label, entity] of snapshot.entities) {
    expect(entity.label).toBe(label);
    expect(entity.keys.length).toBeGreaterThan(0);
    for (const group of entity.groups.values()) {
      expect(snapshot.stores.has(group.storeId)).toBe(true);
      expect(group.versions.get(group.active.version)).toBe(group.active);
      for (const schema of group.versions.values()) {
        expect(schema.defaults.length).toBe(schema.layout.featureCount);
        expect(schema.labels.length).toBe(schema.layout.featureCount);
      }
    }
  }
  for (const reader of snapshot.readers.values()) {
    expect(reader.credentials.length).toBeGreaterThan(0);
  }
  const faultPaths = snapshot.faults.map((fault) => fault.path);
  expect(new Set(faultPaths).size).toBe(faultPaths.length);
}

describe("hostile trees", () => {
  it("property: any value anywhere neither throws nor spoils the rest", () => {
    const changes = fc.array(fc.tuple(path, value), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(changes, (changed) => {
        const entries = toEntries(WORKED_EXAMPLE);
        for (const [at, bytes] of changed) entries.set(at, bytes);
        assertSound(parseSnapshot(entries, 1));
      }),
      { numRuns: RUNS },
    );
  });

  it("property: a tree of random JSON neither throws nor is anything but faults", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        assertSound(parseSnapshot(new Map([["", Buffer.from(json)]]), 1));
      }),
      { numRuns: RUNS },
    );
  });

  it("names of Object.prototype are names like any other", () => {
    const snapshot = parseExample({
      "security/reader/__proto__": '{"token":"t"}',
      "security/reader/constructor": '{"token":"t","__proto__":{"scopes":{"access":[]}}}',
      "storage/stores": '{"__proto__":{"db-type":"embedded","polluted":1}}',
    });
    expect(snapshot.readers.has("__proto__")).toBe(true);
    expect(snapshot.readers.get("constructor")?.mayRead).toBe(true);
    expect(snapshot.stores.get("__proto__")?.dbType).toBe("embedded");
    expect("polluted" in {}).toBe(false);
    expect(snapshot.readers.has("toString")).toBe(false);
  });

  it("deep JSON and deep paths cost nothing and break nothing", () => {
    const depth = 200_000;
    const deep = `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    const list = "[".repeat(depth) + "]".repeat(depth);
    const snapshot = parseExample({
      "storage/stores/2": deep,
      "storage/stores/3": `{"db-type":"embedded","primary-keys":${list}}`,
      "storage/stores/4": `{"db-type":${deep}}`,
      [`${"a/".repeat(100_000)}b`]: "x",
    });
    expect(snapshot.faults.map((fault) => fault.disables)).toEqual(["store", "store", "store"]);
    expect(snapshot.entities.get("user")?.groups.size).toBe(2);
  });

  it("a long value is cut in the reason", () => {
    const snapshot = parseExample({ "p2p-enabled-percentage": "x".repeat(100_000) });
    expect(snapshot.faults[0]?.reason.length).toBeLessThan(200);
  });

  it("text that is not UTF-8 is a fault", () => {
    const entries = toEntries(WORKED_EXAMPLE);
    entries.set("entities/user/feature-groups/scores/store-id", Buffer.of(0xff, 0xfe));
    const snapshot = parseSnapshot(entries, 1);
    expect(snapshot.faults).toMatchObject([{ reason: "is not text", disables: "feature-group" }]);
  });
});
