import { parseSnapshot } from "@ofs/registry";
import { expect, test } from "vitest";
import { describeEntities } from "../../src/routes/schema-routes.ts";

const ANYBODY = { callerId: "ranker", entities: undefined };
const ENTITY_COUNT = 40_000;

// Quadratic, it took many times the time limit.
test("as many faulty entities as one likes are described in one pass", () => {
  const entries = new Map<string, Uint8Array>();
  for (let index = 0; index < ENTITY_COUNT; index += 1) {
    entries.set(`entities/e${index}/label`, Buffer.from("another"));
  }
  const snapshot = parseSnapshot(entries, 1);
  const { entities } = describeEntities(snapshot, [], ANYBODY);
  expect(entities).toHaveLength(ENTITY_COUNT);
  for (const { label, faults } of entities ?? []) {
    expect(faults?.map(({ path }) => path)).toEqual([`entities/${label}/label`]);
  }
});

test("a label with slashes has its own faults, and no other's", () => {
  const entities = { a: { label: "x" }, "a/b": { label: "y" }, ab: { label: "z" } };
  const text = JSON.stringify({ entities });
  const snapshot = parseSnapshot(new Map([["", Buffer.from(text)]]), 1);
  const described = describeEntities(snapshot, ["a/b", "ab"], ANYBODY).entities ?? [];
  expect(described.map(({ faults }) => faults?.map(({ path }) => path))).toEqual([
    ["entities/a/b/label"],
    ["entities/ab/label"],
  ]);
});
