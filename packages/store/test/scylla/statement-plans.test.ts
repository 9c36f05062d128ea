import { expect, test } from "vitest";
import { StatementPlans } from "../../src/scylla/statement-plans.ts";
import { planSelect, planWrite } from "../../src/scylla/statements.ts";
import { entity, featureGroup, storeDefinition } from "../fixtures.ts";

const scores = featureGroup({ label: "scores", id: 1, columns: ["seg_0"] });
const tags = featureGroup({ label: "tags", id: 2, columns: ["seg_1"] });
const users = {
  entity: entity("user", ["id"], [scores, tags]),
  store: storeDefinition({ table: "users" }),
};

test("a plan is made once for the same table, entity and groups, whatever array they come in", () => {
  const plans = new StatementPlans("ofs");
  const first = plans.select(users, [scores, tags]);
  expect(first).toEqual(planSelect("ofs", users, [scores, tags]));
  expect(plans.select({ ...users }, [scores, tags])).toBe(first);
  expect(plans.write(users, [tags])).toEqual(planWrite("ofs", users, [tags]));
  expect(plans.write(users, [tags])).toBe(plans.write(users, [tags]));
});

test.each([
  ["fewer groups", users, [scores]],
  ["another order", users, [tags, scores]],
  ["another table", { ...users, store: storeDefinition({ table: "others" }) }, [scores, tags]],
  ["another entity", { ...users, entity: entity("item", ["sku"], []) }, [scores, tags]],
  ["a newer group", users, [{ ...scores, columns: ["seg_0", "seg_2"] }, tags]],
  ["a newer second group", users, [scores, { ...tags, columns: ["seg_1", "seg_2"] }]],
])("%s have a plan of their own", (_, table, groups) => {
  const plans = new StatementPlans("ofs");
  plans.select(users, [scores, tags]);
  expect(plans.select(table, groups)).toEqual(planSelect("ofs", table, groups));
});

test("many shapes are planned right, though not all of them are kept", () => {
  const plans = new StatementPlans("ofs");
  const groups = Array.from({ length: 200 }, (_, i) =>
    featureGroup({ label: `g${i}`, id: i + 3, columns: [`c_${i}`] }),
  );
  for (let round = 0; round < 2; round++) {
    for (const group of groups) {
      expect(plans.select(users, [scores, group])).toEqual(
        planSelect("ofs", users, [scores, group]),
      );
    }
  }
});
