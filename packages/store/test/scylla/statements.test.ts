import { expect, test } from "vitest";
import { planSelect, planWrite } from "../../src/scylla/statements.ts";
import { entity, featureGroup, storeDefinition } from "../fixtures.ts";

const scores = featureGroup({ label: "scores", id: 0, columns: ["seg_10", "seg_9"] });
const tags = featureGroup({ label: "tags", id: 1, columns: ["seg_2"] });
const store = storeDefinition({ table: "User_Features" });
const users = { entity: entity("user", ["User_Id"], [scores, tags]), store };
const pairs = { entity: entity("pair", ["b", "a"], [scores, tags]), store };

test("a select of one-column keys has each column once, sorted as text, and then the key column", () => {
  expect(planSelect("Ofs", users, [tags, scores])).toEqual({
    pointQuery:
      'SELECT "seg_10" AS "0", "seg_2" AS "1", "seg_9" AS "2" FROM "ofs"."user_features" WHERE "user_id" = ?',
    inQuery:
      'SELECT "seg_10" AS "0", "seg_2" AS "1", "seg_9" AS "2", "user_id" AS "3" FROM "ofs"."user_features" WHERE "user_id" IN ?',
    keyPlace: 3,
    groupPlaces: [[1], [0, 2]],
  });
});

test("a select of composite keys has them in sequence order, and no IN", () => {
  const plan = planSelect("ofs", pairs, [tags]);
  expect(plan.pointQuery).toBe(
    'SELECT "seg_2" AS "0" FROM "ofs"."user_features" WHERE "b" = ? AND "a" = ?',
  );
  expect(plan.inQuery).toBeUndefined();
});

test("an insert and a delete have keys, sorted columns and a write time; it is known where each piece goes", () => {
  expect(planWrite("ofs", pairs, [tags, scores])).toEqual({
    insertQuery:
      'INSERT INTO "ofs"."user_features" ("b", "a", "seg_10", "seg_2", "seg_9") VALUES (?, ?, ?, ?, ?) USING TIMESTAMP ?',
    deleteQuery:
      'DELETE "seg_10", "seg_2", "seg_9" FROM "ofs"."user_features" USING TIMESTAMP ? WHERE "b" = ? AND "a" = ?',
    groupPlaces: [[1], [0, 2]],
    pieceCount: 3,
  });
});

test("the order of groups does not change the text", () => {
  const texts = [
    [scores, tags],
    [tags, scores],
  ].map((groups) => [
    planSelect("ofs", users, groups).pointQuery,
    planSelect("ofs", users, groups).inQuery,
    planWrite("ofs", users, groups).insertQuery,
  ]);
  expect(texts[0]).toEqual(texts[1]);
});

test.each([
  ["keyspace", () => planSelect("o fs", users, [tags])],
  ["table", () => planWrite("ofs", { ...users, store: { ...store, table: "t;" } }, [tags])],
  ["key column", () => planSelect("ofs", { ...users, entity: entity("e", ['"'], []) }, [tags])],
  ["column", () => planWrite("ofs", users, [{ ...tags, columns: ["seg-1"] }])],
])("a %s that is no name is refused", (what, plan) => {
  expect(plan).toThrow(
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(what) }),
  );
});
