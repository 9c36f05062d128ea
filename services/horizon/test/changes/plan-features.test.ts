import { describe, expect, it } from "vitest";
import { deleteBody, featureBody, featuresBody } from "./support/bodies.ts";
import { CORE, plan, problemsOf, smallTree, type Texts, textsOf } from "./support/trees.ts";

const META = '"string-length":0,"vector-length":0';
const TABLE_SOURCE = {
  "storage-provider": "TABLE",
  "source-base-path": "db.t",
  "source-data-column": "c9",
};

/** The group's features as strings with lengths of 16, counted as older control planes do: 9 + 16 + 16. */
function stringTree(changes: Texts = {}) {
  return smallTree({
    [`${CORE}/data-type`]: "DataTypeString",
    [`${CORE}/columns/seg_0/current-size-in-bytes`]: "41",
    [`${CORE}/features/1/default-values`]: "x,y",
    [`${CORE}/features/1/feature-meta`]:
      '{"ctr":{"sequence":0,"default-value":"eA==","string-length":16,"vector-length":0},"cvr":{"sequence":1,"default-value":"eQ==","string-length":16,"vector-length":0}}',
    ...changes,
  });
}

function vectorTree() {
  return smallTree({
    [`${CORE}/data-type`]: "DataTypeInt32Vector",
    [`${CORE}/columns/seg_0/current-size-in-bytes`]: "21",
    [`${CORE}/features/1/default-values`]: "[1,2],[3]",
    [`${CORE}/features/1/feature-meta`]:
      '{"ctr":{"sequence":0,"default-value":"AQAAAAIAAAA=","string-length":0,"vector-length":2},"cvr":{"sequence":1,"default-value":"AwAAAA==","string-length":0,"vector-length":1}}',
  });
}

describe("planning to add features", () => {
  it("makes the next version, the new ones last, and grows the columns", () => {
    const features = [featureBody("new", { "default-values": "2", ...TABLE_SOURCE })];
    const made = plan("features-add", featuresBody(features));
    expect(textsOf(made.writes)).toEqual({
      [`${CORE}/columns/seg_0/current-size-in-bytes`]: "21",
      [`${CORE}/features/2/labels`]: "ctr,cvr,new",
      [`${CORE}/features/2/default-values`]: "0.0,-1.0,2",
      [`${CORE}/features/2/feature-meta`]: `{"ctr":{"sequence":0,"default-value":"AAAAAA==",${META}},"cvr":{"sequence":1,"default-value":"AACAvw==",${META}},"new":{"sequence":2,"default-value":"AAAAQA==",${META}}}`,
      "source/user|core|new": "TABLE|db.t|c9|2",
      [`${CORE}/active-version`]: "2",
    });
    expect(made.writes.at(-1)?.path).toBe(`${CORE}/active-version`);
    expect(made.tables).toEqual([]);
    expect(made.expectations).toEqual([
      { kind: "no-author-since", since: 7 },
      { kind: "absent", path: `${CORE}/features/2` },
      { kind: "unchanged", path: `${CORE}/active-version`, since: 7 },
      { kind: "unchanged", path: "storage/stores/1", since: 7 },
      { kind: "unchanged", path: "entities/user/label", since: 7 },
    ]);
    expect(made.outcome).toEqual({
      version: 2,
      featureCount: 3,
      columnCount: 1,
      newColumnCount: 0,
    });
  });

  it("makes columns after those of the whole entity, and their table", () => {
    const tree = smallTree({
      [`${CORE}/columns/seg_0/current-size-in-bytes`]: "1020",
      "entities/user/feature-groups/other/columns/seg_4/label": "seg_4",
    });
    const made = plan("features-add", featuresBody([featureBody("a"), featureBody("b")]), tree);
    expect(textsOf(made.writes)).toMatchObject({
      [`${CORE}/columns/seg_0/current-size-in-bytes`]: "1024",
      [`${CORE}/columns/seg_5/current-size-in-bytes`]: "4",
      [`${CORE}/columns/seg_5/label`]: "seg_5",
    });
    expect(made.tables).toEqual([expect.objectContaining({ columns: ["seg_0", "seg_5"] })]);
    expect(made.expectations).toContainEqual({ kind: "absent", path: `${CORE}/columns/seg_5` });
  });

  it("makes good what an older control plane counted too small", () => {
    const body = featuresBody([featureBody("z", { "default-values": "", "string-length": "10" })]);
    const texts = textsOf(plan("features-add", body, stringTree()).writes);
    // 9 + 18 + 18 + 12, where 41 + 12 would have been counted.
    expect(texts[`${CORE}/columns/seg_0/current-size-in-bytes`]).toBe("57");
  });

  it("adds to a group without features, and after all were deleted", () => {
    const none = {
      [`${CORE}/features/1/labels`]: undefined,
      [`${CORE}/features/1/default-values`]: undefined,
      [`${CORE}/features/1/feature-meta`]: undefined,
    };
    const body = featuresBody([featureBody("a")]);
    const texts = textsOf(plan("features-add", body, smallTree(none)).writes);
    expect(texts[`${CORE}/features/2/labels`]).toBe("a");
    const emptied = smallTree({
      [`${CORE}/active-version`]: "2",
      [`${CORE}/features/2/labels`]: "",
      [`${CORE}/features/2/default-values`]: "",
      [`${CORE}/features/2/feature-meta`]: "{}",
    });
    const after = textsOf(plan("features-add", body, emptied).writes);
    expect(after[`${CORE}/features/3/labels`]).toBe("a");
  });

  it("never writes over a version that is there, active or not", () => {
    const tree = smallTree({ [`${CORE}/features/6/labels`]: "left,behind" });
    const made = plan("features-add", featuresBody([featureBody("a")]), tree);
    expect(made.outcome).toMatchObject({ version: 7 });
  });

  it("brings defaults of older control planes into the one right form", () => {
    const tree = smallTree({
      [`${CORE}/data-type`]: "DataTypeBool",
      [`${CORE}/features/1/default-values`]: "true,false",
      [`${CORE}/features/1/feature-meta`]: `{"ctr":{"sequence":0,"default-value":"gA==",${META}},"cvr":{"sequence":1,"default-value":null,${META}}}`,
    });
    const body = featuresBody([featureBody("a", { "default-values": "true" })]);
    const texts = textsOf(plan("features-add", body, tree).writes);
    expect(texts[`${CORE}/features/2/default-values`]).toBe("true,false,true");
    expect(texts[`${CORE}/features/2/feature-meta`]).toContain(
      '"cvr":{"sequence":1,"default-value":"AA=="',
    );
    expect(texts[`${CORE}/features/2/feature-meta`]).toContain(
      '"ctr":{"sequence":0,"default-value":"AQ=="',
    );
  });

  it("goes by feature-meta where the joined texts cannot be told apart", () => {
    const tree = stringTree({ [`${CORE}/features/1/default-values`]: "x,y,z" });
    const body = featuresBody([featureBody("a", { "default-values": "", "string-length": 1 })]);
    const texts = textsOf(plan("features-add", body, tree).writes);
    expect(texts[`${CORE}/features/2/default-values`]).toBe("x,y,");
  });

  it.each<[string, Record<string, unknown>, readonly unknown[], Texts, string]>([
    [
      "an unknown entity",
      { "entity-label": "nobody" },
      [featureBody("a")],
      {},
      'entity-label: entity "nobody" is not there (missing)',
    ],
    [
      "an unknown group",
      { "feature-group-label": "nothing" },
      [featureBody("a")],
      {},
      'feature-group-label: feature group "nothing" of entity "user" is not there (missing)',
    ],
    [
      "a feature that is active",
      {},
      [featureBody("ctr")],
      {},
      'features.0.labels: "ctr" is there already (conflict)',
    ],
    [
      "S5 a feature that differs by case only",
      {},
      [featureBody("CTR")],
      {},
      'features.0.labels: "CTR" is there already as "ctr", which readers take for the same name (conflict)',
    ],
    [
      "a feature twice",
      {},
      [featureBody("a"), featureBody("a")],
      {},
      'features.1.labels: "a" is there already (conflict)',
    ],
    [
      "no version left",
      {},
      [featureBody("a")],
      { [`${CORE}/features/65535/labels`]: "x" },
      ": version 65536 is more than 65535: blocks cannot name it (conflict)",
    ],
    [
      "a faulty data type",
      {},
      [featureBody("a")],
      { [`${CORE}/data-type`]: "FP32" },
      'feature-group-label: "core": the registry\'s entities/user/feature-groups/core/data-type "FP32" is not a data type (conflict)',
    ],
    [
      "a faulty active version",
      {},
      [featureBody("a")],
      { [`${CORE}/active-version`]: "x" },
      'feature-group-label: "core": the registry\'s entities/user/feature-groups/core/active-version "x" is not an integer from 0 to 65535 (conflict)',
    ],
    [
      "faulty sequences",
      {},
      [featureBody("a")],
      { [`${CORE}/features/1/labels`]: "cvr" },
      'feature-group-label: "core": the registry\'s entities/user/feature-groups/core/features/1/feature-meta sequences are not 0 to 0: "cvr" has 1 (conflict)',
    ],
    [
      "a store that is gone",
      {},
      [featureBody("a")],
      { "storage/stores/1": undefined },
      'feature-group-label: store "1" is not there (missing)',
    ],
    [
      "rows that are too large",
      {},
      [featureBody("a")],
      { [`${CORE}/columns/seg_1/current-size-in-bytes`]: "102380" },
      "features: rows of store 1 would take 102401 bytes, more than 102400 (conflict)",
    ],
  ])("refuses %s", (_, changes, features, texts, expected) => {
    const body = featuresBody(features, changes);
    expect(problemsOf("features-add", body, smallTree(texts))).toEqual([expected]);
  });
});

describe("planning to edit features", () => {
  it("changes defaults and sources in place", () => {
    const edit = featureBody("cvr", { "default-values": "2.5", ...TABLE_SOURCE });
    const made = plan("features-edit", featuresBody([edit]));
    expect(textsOf(made.writes)).toEqual({
      [`${CORE}/features/1/default-values`]: "0.0,2.5",
      [`${CORE}/features/1/feature-meta`]: `{"ctr":{"sequence":0,"default-value":"AAAAAA==",${META}},"cvr":{"sequence":1,"default-value":"AAAgQA==",${META}}}`,
      "source/user|core|cvr": "TABLE|db.t|c9|2.5",
    });
    expect(made.outcome).toEqual({ version: 1 });
    expect(made.expectations).toContainEqual({
      kind: "unchanged",
      path: `${CORE}/features/1/feature-meta`,
      since: 7,
    });
  });

  it("V8: takes a source away with its provider, and keeps it where nothing is said of it", () => {
    const removed = textsOf(plan("features-edit", featuresBody([featureBody("ctr")])).writes);
    expect(removed).toEqual({ "source/user|core|ctr": undefined });
    const kept = textsOf(
      plan("features-edit", featuresBody([{ labels: "ctr", "default-values": "7" }])).writes,
    );
    expect(kept["source/user|core|ctr"]).toBe("TABLE|db.t|c1|7");
  });

  it("writes nothing where nothing is different", () => {
    const same = featureBody("cvr", { "default-values": "-1.0" });
    expect(plan("features-edit", featuresBody([same])).writes).toEqual([]);
    const respelled = smallTree({
      [`${CORE}/features/1/feature-meta`]:
        '{ "ctr": {"sequence": 0, "default-value": "AAAAAA=="}, "cvr": {"sequence": 1, "default-value": "AACAvw=="} }',
    });
    expect(plan("features-edit", featuresBody([same]), respelled).writes).toEqual([]);
  });

  it("V2: makes a new version for another vector length", () => {
    const edit = { labels: "cvr", "vector-length": "3", "default-values": "[7,8,9]" };
    const texts = textsOf(plan("features-edit", featuresBody([edit]), vectorTree()).writes);
    expect(texts).toEqual({
      [`${CORE}/columns/seg_0/current-size-in-bytes`]: "29",
      [`${CORE}/features/2/labels`]: "ctr,cvr",
      [`${CORE}/features/2/default-values`]: "[1,2],[7,8,9]",
      [`${CORE}/features/2/feature-meta`]:
        '{"ctr":{"sequence":0,"default-value":"AQAAAAIAAAA=","string-length":0,"vector-length":2},"cvr":{"sequence":1,"default-value":"BwAAAAgAAAAJAAAA","string-length":0,"vector-length":3}}',
      [`${CORE}/active-version`]: "2",
    });
  });

  it("makes a new version for another string length, and shrinks the columns", () => {
    const tree = stringTree({ [`${CORE}/columns/seg_0/current-size-in-bytes`]: "45" });
    const edit = { labels: "ctr", "string-length": 6 };
    const texts = textsOf(plan("features-edit", featuresBody([edit]), tree).writes);
    expect(texts).toMatchObject({
      [`${CORE}/active-version`]: "2",
      [`${CORE}/columns/seg_0/current-size-in-bytes`]: "35",
    });
    expect(texts).not.toHaveProperty([`${CORE}/features/1/feature-meta`]);
  });

  it.each<[string, unknown, string]>([
    [
      "V8 an unknown feature",
      { labels: "nothing" },
      'features.0.labels: feature "nothing" is not in the active version 1 (missing)',
    ],
    [
      "a feature of another case",
      { labels: "CTR" },
      'features.0.labels: feature "CTR" is not in the active version 1 (missing)',
    ],
    [
      "V4 a default of another type",
      { labels: "ctr", "default-values": "abc" },
      'features.0.default-values: "abc": default "abc" is no DataTypeFP32 (invalid)',
    ],
    [
      "V10 a source without a path",
      { labels: "cvr", "storage-provider": "TABLE", "source-data-column": "c" },
      'features.0.source-base-path: "" is empty, where storage-provider is TABLE (invalid)',
    ],
  ])("refuses %s", (_, edit, expected) => {
    expect(problemsOf("features-edit", featuresBody([edit]))).toEqual([expected]);
  });

  it("refuses a feature twice", () => {
    expect(
      problemsOf("features-edit", featuresBody([{ labels: "ctr" }, { labels: "ctr" }])),
    ).toEqual(['features.1.labels: "ctr" is there twice (invalid)']);
  });

  it("checks a default that stays against a length that does not", () => {
    const shorter = featuresBody([{ labels: "cvr", "vector-length": 2 }]);
    expect(problemsOf("features-edit", shorter, vectorTree())).toEqual([
      expect.stringContaining("has 1 elements where the vector has 2 (invalid)"),
    ]);
  });
});

describe("planning to delete features", () => {
  it("closes up the others in a new version, and takes sources away", () => {
    const made = plan("features-delete", deleteBody(["ctr"]));
    expect(textsOf(made.writes)).toEqual({
      [`${CORE}/columns/seg_0/current-size-in-bytes`]: "13",
      [`${CORE}/features/2/labels`]: "cvr",
      [`${CORE}/features/2/default-values`]: "-1.0",
      [`${CORE}/features/2/feature-meta`]: `{"cvr":{"sequence":0,"default-value":"AACAvw==",${META}}}`,
      "source/user|core|ctr": undefined,
      [`${CORE}/active-version`]: "2",
    });
    expect(made.writes.at(-1)?.path).toBe(`${CORE}/active-version`);
  });

  it("may delete all", () => {
    const texts = textsOf(plan("features-delete", deleteBody(["ctr", "cvr"])).writes);
    expect(texts).toMatchObject({
      [`${CORE}/features/2/labels`]: "",
      [`${CORE}/features/2/default-values`]: "",
      [`${CORE}/features/2/feature-meta`]: "{}",
      [`${CORE}/columns/seg_0/current-size-in-bytes`]: "9",
    });
  });

  it.each<[string, readonly string[], string]>([
    [
      "an unknown feature",
      ["nothing"],
      'feature-labels.0: feature "nothing" is not in the active version 1 (missing)',
    ],
    ["a feature twice", ["ctr", "ctr"], 'feature-labels.1: "ctr" is there twice (invalid)'],
  ])("refuses %s", (_, labels, expected) => {
    expect(problemsOf("features-delete", deleteBody(labels))).toEqual([expected]);
  });
});
