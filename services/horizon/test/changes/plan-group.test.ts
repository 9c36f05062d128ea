import { describe, expect, it } from "vitest";
import { featureBody, groupBody, groupEditBody } from "./support/bodies.ts";
import { CORE, plan, problemsOf, smallTree, type Texts, textsOf } from "./support/trees.ts";

const FRESH = "entities/user/feature-groups/fresh";

describe("planning a feature group", () => {
  it("writes all of it as published, the active version last", () => {
    const source = {
      "storage-provider": "TABLE",
      "source-base-path": "db.t",
      "source-data-column": "c1",
    };
    const features = [featureBody("a", source), featureBody("b", { "default-values": "1.5" })];
    const made = plan("feature-group", groupBody({ features }));
    expect(textsOf(made.writes)).toEqual({
      [`${FRESH}/id`]: "1",
      [`${FRESH}/columns/seg_1/label`]: "seg_1",
      [`${FRESH}/columns/seg_1/current-size-in-bytes`]: "17",
      [`${FRESH}/store-id`]: "1",
      [`${FRESH}/data-type`]: "DataTypeFP32",
      [`${FRESH}/job-id`]: "user_job",
      [`${FRESH}/ttl-in-seconds`]: "3600",
      [`${FRESH}/in-memory-cache-enabled`]: "true",
      [`${FRESH}/distributed-cache-enabled`]: "false",
      [`${FRESH}/layout-version`]: "1",
      [`${FRESH}/features/1/labels`]: "a,b",
      [`${FRESH}/features/1/default-values`]: "0.0,1.5",
      [`${FRESH}/features/1/feature-meta`]:
        '{"a":{"sequence":0,"default-value":"AAAAAA==","string-length":0,"vector-length":0},"b":{"sequence":1,"default-value":"AADAPw==","string-length":0,"vector-length":0}}',
      "source/user|fresh|a": "TABLE|db.t|c1|0.0",
      [`${FRESH}/active-version`]: "1",
    });
    expect(made.writes.at(-1)?.path).toBe(`${FRESH}/active-version`);
    expect(made.tables).toEqual([
      expect.objectContaining({ storeId: "1", columns: ["seg_1"], primaryKeys: ["user_id"] }),
    ]);
    expect(made.outcome).toEqual({ featureGroupId: 1, version: 1, columnCount: 1 });
    expect(made.expectations).toEqual([
      { kind: "no-author-since", since: 7 },
      { kind: "absent", path: FRESH },
      { kind: "unchanged", path: "storage/stores/1", since: 7 },
      { kind: "unchanged", path: "security/writer/user_job", since: 7 },
      { kind: "unchanged", path: "entities/user/label", since: 7 },
    ]);
  });

  it("makes a group without features: no version, one column for the header", () => {
    const blank = featureBody("", { "default-values": "" });
    const texts = textsOf(plan("feature-group", groupBody({ features: [blank] })).writes);
    expect(Object.keys(texts).filter((path) => path.includes("/features/"))).toEqual([]);
    expect(texts[`${FRESH}/columns/seg_1/current-size-in-bytes`]).toBe("9");
    expect(texts[`${FRESH}/active-version`]).toBe("1");
  });

  it("numbers columns on through the entity, and spreads features over several", () => {
    const features = Array.from({ length: 300 }, (_, index) => featureBody(`f${index}`));
    const tree = smallTree({
      [`${CORE}/columns/seg_11/label`]: "seg_11",
      [`${CORE}/columns/seg_9/label`]: "seg_9",
    });
    const made = plan("feature-group", groupBody({ features }), tree);
    expect(made.tables[0]?.columns).toEqual(["seg_12", "seg_13"]);
    const texts = textsOf(made.writes);
    expect(texts[`${FRESH}/columns/seg_12/current-size-in-bytes`]).toBe("1024");
    expect(texts[`${FRESH}/columns/seg_13/current-size-in-bytes`]).toBe("185");
  });

  it("counts columns and ids of groups that readers have disabled", () => {
    const tree = smallTree({
      "entities/user/feature-groups/broken/id": "17",
      "entities/user/feature-groups/broken/data-type": "nonsense",
      "entities/user/feature-groups/broken/columns/seg_4/label": "seg_4",
      "entities/user/feature-groups/far/id": "99999999",
    });
    const made = plan("feature-group", groupBody(), tree);
    expect(made.outcome).toMatchObject({ featureGroupId: 18 });
    expect(made.tables[0]?.columns).toEqual(["seg_5"]);
  });

  it("takes Redis stores without keys, and several entities in one", () => {
    const onRedis = groupBody({ "store-id": 2 });
    expect(plan("feature-group", onRedis).tables).toEqual([]);
    const other = { ...smallTree(), entries: new Map(smallTree().entries) };
    for (const { path, value } of plan("feature-group", onRedis).writes) {
      if (value !== undefined) other.entries.set(path, value);
    }
    const second = groupBody({ "store-id": 2, "entity-label": "catalog" });
    expect(problemsOf("feature-group", second, other)).toEqual([]);
  });

  it("reads groups that stand as JSON, too", () => {
    const group = { id: 5, "store-id": "1", columns: { seg_3: { label: "seg_3" } } };
    const tree = smallTree({ "entities/user/feature-groups/json": JSON.stringify(group) });
    const made = plan("feature-group", groupBody(), tree);
    expect(made.outcome).toMatchObject({ featureGroupId: 6 });
    expect(made.tables[0]?.columns).toEqual(["seg_4"]);
    const taken = groupBody({ "fg-label": "JSON" });
    expect(problemsOf("feature-group", taken, tree)).toHaveLength(1);
  });

  it("removes a source that an earlier feature of the name has left", () => {
    const tree = smallTree({ "source/user|fresh|a": "TABLE|old|c|0" });
    const texts = textsOf(plan("feature-group", groupBody(), tree).writes);
    expect(texts).toHaveProperty(["source/user|fresh|a"], undefined);
  });

  const string = (label: string, length: number) =>
    featureBody(label, { "default-values": "", "string-length": String(length) });

  it.each<[string, Record<string, unknown>, Texts, string]>([
    [
      "an unknown entity",
      { "entity-label": "nobody" },
      {},
      'entity-label: entity "nobody" is not there (missing)',
    ],
    [
      "a group that is there",
      { "fg-label": "core" },
      {},
      'fg-label: feature group "core" of entity "user" is there already (conflict)',
    ],
    [
      "S5 a group that differs by case only",
      { "fg-label": "CO-RE" },
      {},
      'fg-label: feature group "CO-RE" of entity "user" is there already as "core", which readers take for the same name (conflict)',
    ],
    ["an unknown store", { "store-id": 5 }, {}, 'store-id: store "5" is not there (missing)'],
    [
      "a faulty store",
      {},
      { "storage/stores/1": "x" },
      'store-id: store "1": the registry\'s storage/stores/1 is neither sub-keys nor a JSON object: not valid JSON (conflict)',
    ],
    [
      "an unknown job",
      { "job-id": "nobody" },
      {},
      'job-id: writer job "nobody" is not there (missing)',
    ],
    [
      "a reader as the job",
      { "job-id": "test" },
      {},
      'job-id: writer job "test" is not there (missing)',
    ],
    [
      "other key columns",
      {},
      { "entities/user/keys/0/column-label": "uid" },
      'store-id: 1 has the primary keys user_id, entity "user" the columns uid (conflict)',
    ],
    [
      "more key columns",
      {},
      { "entities/user/keys/1": '{"sequence":1,"entity-label":"d","column-label":"d"}' },
      'store-id: 1 has the primary keys user_id, entity "user" the columns user_id, d (conflict)',
    ],
    [
      "faulty keys",
      {},
      { "entities/user/keys/0/sequence": "x" },
      'entity-label: "user": the registry\'s entities/user/keys/0/sequence "x" is not an integer from 0 to 2147483647 (conflict)',
    ],
    [
      "V7 a store of another entity",
      { "entity-label": "catalog" },
      {},
      'store-id: 1 is the store of entity "user" already (feature group "core") (conflict)',
    ],
    [
      "no id left",
      {},
      { [`${CORE}/id`]: "65535" },
      ": group id 65536 is more than 65535 (conflict)",
    ],
    [
      "a feature twice",
      { features: [featureBody("a"), featureBody("a")] },
      {},
      'features.1.labels: "a" is there already (conflict)',
    ],
    [
      "S5 a feature twice by another case",
      { features: [featureBody("a-b"), featureBody("AB")] },
      {},
      'features.1.labels: "AB" is there already as "a-b", which readers take for the same name (conflict)',
    ],
    [
      "V8 values of no feature",
      { features: [featureBody("")] },
      {},
      'features.0.labels: "" is empty (invalid)',
    ],
  ])("refuses %s", (_, changes, texts, expected) => {
    expect(problemsOf("feature-group", groupBody(changes), smallTree(texts))).toEqual([expected]);
  });

  it("V3: counts all groups of the store against the largest row, in wide numbers", () => {
    const features = [string("a", 60_000), string("b", 42_358)];
    const body = groupBody({ "data-type": "DataTypeString", features });
    // 9 + 60002 + 42360 = 102371, and 17 of the other group.
    expect(problemsOf("feature-group", body)).toEqual([]);
    const larger = smallTree({ [`${CORE}/columns/seg_0/current-size-in-bytes`]: "30" });
    expect(problemsOf("feature-group", body, larger)).toEqual([
      "features: rows of store 1 would take 102401 bytes, more than 102400 (conflict)",
    ]);
    const many = Array.from({ length: 70 }, (_, index) => string(`s${index}`, 2000));
    expect(
      problemsOf("feature-group", groupBody({ "data-type": "DataTypeString", features: many })),
    ).toEqual(["features: rows of store 1 would take 140166 bytes, more than 102400 (conflict)"]);
  });

  it("refuses what no transaction of the registry takes", () => {
    const features = Array.from({ length: 10_000 }, (_, index) =>
      featureBody(`${"long".repeat(10)}${index}`, { "default-values": "0" }),
    );
    const problems = problemsOf(
      "feature-group",
      groupBody({ "data-type": "DataTypeInt8", features }),
    );
    expect(problems).toEqual([
      expect.stringMatching(/^: the change takes \d+ bytes in the registry, more than 1048576/),
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a pipe in a path",
      { "source-base-path": "a|b" },
      'features.0.source-base-path: "a|b" must not hold | (invalid)',
    ],
    [
      "a pipe in a column",
      { "source-data-column": "a|b" },
      'features.0.source-data-column: "a|b" must not hold | (invalid)',
    ],
    [
      "no path",
      { "source-base-path": " " },
      'features.0.source-base-path: " " is empty, where storage-provider is TABLE (invalid)',
    ],
    [
      "no column",
      { "source-data-column": "" },
      'features.0.source-data-column: "" is empty, where storage-provider is TABLE (invalid)',
    ],
    [
      "V5 a pipe in a default",
      { "default-values": "a|b" },
      'features.0.default-values: "a|b" must not hold | where the feature has a source (invalid)',
    ],
  ])("refuses a source with %s", (_, changes, expected) => {
    const feature = featureBody("a", {
      "default-values": "x",
      "string-length": "9",
      "storage-provider": "TABLE",
      "source-base-path": "db.t",
      "source-data-column": "c",
      ...changes,
    });
    const body = groupBody({ "data-type": "DataTypeString", features: [feature] });
    expect(problemsOf("feature-group", body)).toEqual([expected]);
    const withoutProvider = { ...feature, "storage-provider": "" };
    const ignored = groupBody({ "data-type": "DataTypeString", features: [withoutProvider] });
    expect(problemsOf("feature-group", ignored)).toEqual([]);
  });

  it("names problems of features beside those of the group", () => {
    const features = [
      featureBody("a", { "default-values": "x" }),
      featureBody("b", { "default-values": "y" }),
    ];
    const body = groupBody({ "job-id": "nobody", "fg-label": "core", features });
    expect(problemsOf("feature-group", body).map((each) => each.split(":")[0])).toEqual([
      "features.0.default-values",
      "features.1.default-values",
      "job-id",
      "fg-label",
    ]);
  });
});

describe("planning a feature group's edit", () => {
  it("writes what is different", () => {
    const made = plan("feature-group-edit", groupEditBody());
    expect(textsOf(made.writes)).toEqual({
      [`${CORE}/ttl-in-seconds`]: "60",
      [`${CORE}/in-memory-cache-enabled`]: "false",
    });
    expect(made.tables).toEqual([]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ "entity-label": "nobody" }, 'entity-label: entity "nobody" is not there (missing)'],
    [
      { "fg-label": "Core" },
      'fg-label: feature group "Core" of entity "user" is not there (missing)',
    ],
  ])("refuses what is not there: %o", (changes, expected) => {
    expect(problemsOf("feature-group-edit", groupEditBody(changes))).toEqual([expected]);
  });

  it("S6: repairs a TTL that readers cannot read", () => {
    const tree = smallTree({ [`${CORE}/ttl-in-seconds`]: "-1" });
    expect(textsOf(plan("feature-group-edit", groupEditBody(), tree).writes)).toHaveProperty(
      [`${CORE}/ttl-in-seconds`],
      "60",
    );
  });
});
