import { parseSnapshot } from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { exampleWithout, faultAt, parseExample, toEntries } from "../support/entries.ts";

const SCORES = "entities/user/feature-groups/scores";
const TAGS = "entities/user/feature-groups/tags";

/** Checks that a change stops `scores` and nothing else, and that the fault says why. */
function expectOnlyScoresDisabled(
  changes: Readonly<Record<string, string | undefined>>,
  path: string,
  reason: RegExp,
): void {
  const snapshot = parseExample(changes);
  const user = snapshot.entities.get("user");
  expect(faultAt(snapshot, path)).toMatchObject({ disables: "feature-group" });
  expect(faultAt(snapshot, path).reason).toMatch(reason);
  expect([...(user?.groups.keys() ?? [])]).toEqual(["tags"]);
  expect([...(user?.disabledGroups.keys() ?? [])]).toEqual(["scores"]);
  expect(user?.disabledGroups.get("scores")).toContain(path);
  expect(user?.distributedGroups.map((group) => group.label)).toEqual(["tags"]);
}

describe("do better 42: one unparsable value disables only its feature group", () => {
  it.each<[string, string, RegExp]>([
    ["id", "many", /"many" is not an integer from 0 to 65535/],
    ["id", "65536", /"65536" is not an integer from 0 to 65535/],
    ["id", "-1", /"-1" is not/],
    ["id", "1e1", /"1e1" is not/],
    ["ttl-in-seconds", "1 day", /"1 day" is not an integer/],
    ["ttl-in-seconds", "-5", /"-5" is not an integer/],
    ["data-type", "DataTypeFP128", /"DataTypeFP128" is not a data type/],
    ["data-type", "", /is missing/],
    ["layout-version", "2", /"2" is not an integer from 1 to 1/],
    ["in-memory-cache-enabled", "yes", /"yes" is not one of true, false, 1, 0/],
    ["active-version", "latest", /"latest" is not an integer/],
    ["active-version", "2", /version 2 is missing or faulty/],
    ["active-version", "65536", /"65536" is not an integer from 0 to 65535/],
    ["store-id", "7", /store "7" is not in the registry/],
    ["columns/seg_0/label", "seg_1", /"seg_1" is not the column's name "seg_0"/],
  ])("%s = %j", (field, value, reason) => {
    expectOnlyScoresDisabled({ [`${SCORES}/${field}`]: value }, `${SCORES}/${field}`, reason);
  });

  it.each(["id", "store-id", "data-type", "layout-version", "active-version"])(
    "%s is missing",
    (field) => {
      const path = `${SCORES}/${field}`;
      expectOnlyScoresDisabled({ [path]: undefined }, path, /is missing/);
    },
  );

  it("a column name that would not be one", () => {
    const column = "seg_0) VALUES (1";
    const path = `${SCORES}/columns/${column}`;
    expectOnlyScoresDisabled({ [`${path}/label`]: column }, path, /is not a table or column name/);
  });

  it("no columns on a store that keeps blocks in columns", () => {
    const path = `${SCORES}/columns/seg_0`;
    const changes = { [`${path}/label`]: undefined, [`${path}/current-size-in-bytes`]: undefined };
    expectOnlyScoresDisabled(changes, `${SCORES}/columns`, /is missing: store "1" keeps blocks/);
  });

  it("no columns are needed elsewhere", () => {
    const entries = exampleWithout(`${SCORES}/columns`, `${TAGS}/columns`);
    const store = '{"db-type":"redis_failover","conf-id":4}';
    const snapshot = parseSnapshot(toEntries({ ...entries, "storage/stores/1": store }), 1);
    expect(snapshot.faults).toEqual([]);
    expect(snapshot.entities.get("user")?.groups.get("scores")?.columns).toEqual([]);
  });

  it("a group that is not an object", () => {
    expectOnlyScoresDisabled({ [SCORES]: "[1]" }, SCORES, /neither sub-keys nor a JSON object/);
  });

  it("half-written groups", () => {
    const snapshot = parseExample({
      "entities/user/feature-groups/new/id": "2",
      "entities/user/feature-groups/new/store-id": "1",
    });
    expect(snapshot.entities.get("user")?.groups.size).toBe(2);
    expect(snapshot.entities.get("user")?.disabledGroups.has("new")).toBe(true);
  });
});

describe("do better 6: bad versions and sequences", () => {
  const META = `${SCORES}/features/1/feature-meta`;
  const meta = (ctr: object, cvr: object): string =>
    JSON.stringify({
      ctr: { "default-value": "AAAAAA==", ...ctr },
      cvr: { "default-value": "AAAAAA==", ...cvr },
    });

  it.each<[string, string, RegExp]>([
    ["a gap in the sequences", meta({ sequence: 0 }, { sequence: 2 }), /"cvr" has 2; blocks/],
    ["a sequence twice", meta({ sequence: 0 }, { sequence: 0 }), /sequences are not 0 to 1/],
    ["no sequence", meta({}, { sequence: 1 }), /is missing/],
    [
      "a vector length that is not 16 bits",
      meta({ sequence: 0, "vector-length": 65_536 }, { sequence: 1 }),
      /"65536"/,
    ],
    ["text", "ctr", /neither sub-keys nor a JSON object: not valid JSON/],
    ["a list", "[]", /neither sub-keys nor a JSON object/],
  ])("feature-meta of the active version with %s disables the group", (_, value, reason) => {
    const snapshot = parseExample({ [META]: value });
    const fault = snapshot.faults.find((each) => each.path.startsWith(META));
    expect(fault?.reason).toMatch(reason);
    expect(fault?.reason).toContain("blocks of this version cannot be read");
    expect(faultAt(snapshot, `${SCORES}/active-version`).disables).toBe("feature-group");
    expect([...(snapshot.entities.get("user")?.groups.keys() ?? [])]).toEqual(["tags"]);
  });

  it.each<[string, string | undefined]>([
    ["an empty label", "ctr,,cvr"],
    ["a label twice", "ctr,ctr"],
    ["no labels", undefined],
  ])("%s disables the group", (_, labels) => {
    const snapshot = parseExample({ [`${SCORES}/features/1/labels`]: labels });
    expect(faultAt(snapshot, `${SCORES}/features/1/labels`).disables).toBe("nothing");
    expect(snapshot.entities.get("user")?.disabledGroups.has("scores")).toBe(true);
  });

  it("a faulty version that is not active stops only its own blocks", () => {
    const path = `${TAGS}/features/1/feature-meta`;
    const snapshot = parseExample({ [path]: "{" });
    expect(faultAt(snapshot, path).disables).toBe("nothing");
    const tags = snapshot.entities.get("user")?.groups.get("tags");
    expect([...(tags?.versions.keys() ?? [])]).toEqual([2]);
  });

  it("a version whose name is no number is left out", () => {
    const snapshot = parseExample({
      [`${SCORES}/features/v2/labels`]: "ctr",
      [`${SCORES}/features/01/labels`]: "ctr",
      [`${SCORES}/features/70000/labels`]: "ctr",
    });
    for (const name of ["v2", "01", "70000"]) {
      expect(faultAt(snapshot, `${SCORES}/features/${name}`).disables).toBe("nothing");
    }
    expect(snapshot.entities.get("user")?.groups.get("scores")?.versions.size).toBe(1);
  });

  it("a label without feature-meta is left out of the feature count, as older servers do", () => {
    const snapshot = parseExample({ [`${SCORES}/features/1/labels`]: "ctr,cvr,extra" });
    const fault = faultAt(snapshot, `${SCORES}/features/1/labels`);
    expect(fault).toMatchObject({
      disables: "nothing",
      reason: expect.stringContaining('"extra"'),
    });
    expect(snapshot.entities.get("user")?.groups.get("scores")?.active.labels).toEqual([
      "ctr",
      "cvr",
    ]);
  });

  it("a default that fits no form is a zero value and reported", () => {
    const value = JSON.stringify({
      ctr: { sequence: 0, "default-value": "AAA=" },
      cvr: { sequence: 1, "default-value": "?" },
    });
    const snapshot = parseExample({ [META]: value });
    expect(faultAt(snapshot, `${META}/ctr/default-value`).disables).toBe("nothing");
    expect(faultAt(snapshot, `${META}/cvr/default-value`).reason).toContain('"?" is not base64');
    const scores = snapshot.entities.get("user")?.groups.get("scores");
    expect(scores?.active.defaults.map((bytes) => [...bytes])).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
  });

  it("takes the foreign form of a default of true", () => {
    const snapshot = parseExample({
      [`${SCORES}/data-type`]: "DataTypeBool",
      [META]:
        '{"ctr":{"sequence":0,"default-value":"gA=="},"cvr":{"sequence":1,"default-value":"AA=="}}',
    });
    expect(snapshot.faults).toEqual([]);
    const scores = snapshot.entities.get("user")?.groups.get("scores");
    expect(scores?.active.defaults.map((bytes) => [...bytes])).toEqual([[1], [0]]);
  });

  it("refuses a version that would fill the memory", () => {
    const labels = Array.from({ length: 200 }, (_, sequence) => `f${sequence}`);
    const huge = Object.fromEntries(
      labels.map((label, sequence) => [label, { sequence, "vector-length": 65_535 }]),
    );
    const snapshot = parseExample({
      [`${SCORES}/data-type`]: "DataTypeFP64Vector",
      [`${SCORES}/features/1/labels`]: labels.join(","),
      [META]: JSON.stringify(huge),
    });
    expect(faultAt(snapshot, META).reason).toMatch(/are more than/);
  });

  it.each<[string, Record<string, string | undefined>, string, RegExp]>([
    ["sequences with a gap", { "keys/0/sequence": "1" }, "keys/0/sequence", /are not 0 to 0/],
    ["a sequence that is no number", { "keys/0/sequence": "first" }, "keys/0/sequence", /"first"/],
    [
      "a sequence twice",
      {
        "keys/1/sequence": "0",
        "keys/1/entity-label": "item_id",
        "keys/1/column-label": "item_id",
      },
      "keys/1/sequence",
      /found 0 in place of 1/,
    ],
    [
      "one name for two keys",
      {
        "keys/1/sequence": "1",
        "keys/1/entity-label": "user_id",
        "keys/1/column-label": "item_id",
      },
      "keys/1/sequence",
      /"user_id" .* shares a name/,
    ],
    ["a column that is no name", { "keys/0/column-label": "a b" }, "keys/0/column-label", /"a b"/],
    ["no key name", { "keys/0/entity-label": undefined }, "keys/0/entity-label", /is missing/],
    ["no label", { label: undefined }, "label", /is missing/],
    ["another label", { label: "item" }, "label", /"item" is not the entity's name "user"/],
    [
      "an unparsable cache",
      { "distributed-cache/ttl-in-seconds": "soon" },
      "distributed-cache/ttl-in-seconds",
      /"soon" is not an integer/,
    ],
  ])("%s disables the entity only", (_, fields, field, reason) => {
    const changes = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [`entities/user/${name}`, value]),
    );
    const snapshot = parseExample({
      ...changes,
      "entities/item/label": "item",
      "entities/item/keys/0": '{"sequence":0,"entity-label":"item_id","column-label":"item_id"}',
    });
    expect(faultAt(snapshot, `entities/user/${field}`)).toMatchObject({ disables: "entity" });
    expect(faultAt(snapshot, `entities/user/${field}`).reason).toMatch(reason);
    expect([...snapshot.entities.keys()]).toEqual(["item"]);
    expect(snapshot.disabledEntities.get("user")).toContain(field);
  });

  it("an entity without keys is disabled", () => {
    const snapshot = parseSnapshot(toEntries(exampleWithout("entities/user/keys")), 1);
    expect(faultAt(snapshot, "entities/user/keys").disables).toBe("entity");
    expect(snapshot.disabledEntities.has("user")).toBe(true);
  });
});

describe("do better 44: a disabled cache needs no settings", () => {
  it("ignores conf-id and the rest while the cache is off", () => {
    const snapshot = parseExample({
      "entities/user/in-memory-cache/enabled": "false",
      "entities/user/in-memory-cache/conf-id": "none of them",
      "entities/user/in-memory-cache/ttl-in-seconds": "-",
    });
    expect(snapshot.faults).toEqual([]);
    const user = snapshot.entities.get("user");
    expect(user?.processCache.isEnabled).toBe(false);
    expect(user?.groups.get("scores")?.isProcessCached).toBe(false);
    expect(user?.groups.get("scores")?.isDistributedCached).toBe(true);
  });

  it("keeps which cache that is, for writes clear what was left there", () => {
    const path = "entities/user/distributed-cache/enabled";
    const user = parseExample({ [path]: "false" }).entities.get("user");
    expect(user?.distributedCache).toMatchObject({ isEnabled: false, confId: 2 });
  });

  it("do better 45: a cache without conf-id is left to its user", () => {
    const snapshot = parseExample({ "entities/user/distributed-cache/conf-id": undefined });
    expect(snapshot.faults).toEqual([]);
    expect(snapshot.entities.get("user")?.distributedCache.confId).toBeUndefined();
  });
});

describe("columns", () => {
  it("are sorted as text", () => {
    const snapshot = parseExample({
      [`${SCORES}/columns/seg_9/label`]: "seg_9",
      [`${SCORES}/columns/seg_10/label`]: "seg_10",
    });
    const columns = snapshot.entities.get("user")?.groups.get("scores")?.columns;
    expect(columns).toEqual(["seg_0", "seg_10", "seg_9"]);
  });
});
