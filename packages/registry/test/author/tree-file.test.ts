import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadTreeFile, parseSnapshot, parseTreeFile, type RegistryChange } from "@ofs/registry";
import { describe, expect, it } from "vitest";
import { parseExample, toEntries } from "../support/entries.ts";
import { WORKED_EXAMPLE } from "../support/worked-example.ts";

const EXAMPLE_YAML = `
security:
  reader:
    ranker: { token: s3cret }
  writer:
    user_job: { token: job-token }
p2p-enabled-percentage: 0
storage:
  stores:
    1:
      db-type: scylla
      conf-id: 1
      table: user_features
      max-column-size-in-bytes: 1024
      max-row-size-in-bytes: 102400
      primary-keys: [user_id]
      table-ttl: 0
entities:
  user:
    label: user
    keys:
      0: { sequence: 0, entity-label: user_id, column-label: user_id }
    distributed-cache: &cache
      enabled: true
      ttl-in-seconds: 600
      jitter-percentage: 10
      conf-id: 2
    in-memory-cache: { enabled: true, ttl-in-seconds: 60, jitter-percentage: 10, conf-id: 3 }
    feature-groups:
      scores:
        id: 0
        active-version: 1
        store-id: 1
        data-type: DataTypeFP32
        ttl-in-seconds: 86400
        job-id: user_job
        layout-version: 1
        in-memory-cache-enabled: true
        distributed-cache-enabled: true
        columns:
          seg_0: { label: seg_0, current-size-in-bytes: 17 }
        features:
          1:
            ctr:
            cvr: { default: -1 }
      tags:
        id: 1
        active-version: 2
        store-id: "1"
        data-type: DataTypeString
        ttl-in-seconds: 0
        job-id: user_job
        layout-version: 1
        in-memory-cache-enabled: false
        distributed-cache-enabled: true
        columns:
          seg_1: { label: seg_1, current-size-in-bytes: 41 }
        features:
          1:
            labels: city
            feature-meta:
              city: { sequence: 0, default-value: bmE=, string-length: 16, vector-length: 0 }
          2:
            city: { default: na, string-length: 16 }
            tier: { default: na, string-length: 16 }
circuitbreaker:
  distributed_cache:
    enabled: true
    name: distributed_cache
    version: 1
    failure-rate-threshold: 50
    failure-rate-minimum-window: 100
    failure-rate-window-in-ms: 10000
    success-count-threshold: 8
    success-count-window: 10
    with-delay-in-ms: 5000
    active-cb-keys: { distributed_cache_retrieval: { enabled: true, forced-state: 0 } }
`;

function textsOf(changes: readonly RegistryChange[]): Record<string, string> {
  const texts = changes.map(({ path, value }) => [path, Buffer.from(value ?? []).toString()]);
  return Object.fromEntries(texts);
}

/** One feature group of a type, with one feature as written. */
function withFeature(dataType: string, feature: string): Record<string, string> {
  const features = `{ 1: { f: ${feature} } }`;
  const group = `{ data-type: ${dataType}, features: ${features} }`;
  return textsOf(parseTreeFile(`entities: { e: { feature-groups: { g: ${group} } } }`, "yaml"));
}

function defaultOf(dataType: string, feature: string): string {
  const texts = withFeature(dataType, feature);
  const meta = JSON.parse(texts["entities/e/feature-groups/g/features/1/feature-meta"] ?? "{}");
  return Buffer.from(meta.f["default-value"], "base64").toString("hex");
}

describe("parseTreeFile", () => {
  const texts = textsOf(parseTreeFile(EXAMPLE_YAML, "yaml"));

  it("writes the worked example as the published tree has it", () => {
    const { ...written } = texts;
    for (const path of Object.keys(written)) {
      if (path.endsWith("/default-values")) delete written[path];
    }
    expect(written).toEqual(WORKED_EXAMPLE);
    expect(parseSnapshot(toEntries(texts), 1)).toEqual(parseExample());
  });

  it("expands features to labels, feature-meta and default-values", () => {
    const version = "entities/user/feature-groups/scores/features/1";
    expect(texts[`${version}/labels`]).toBe("ctr,cvr");
    expect(texts[`${version}/default-values`]).toBe(",-1");
  });

  it("takes the same as JSON", () => {
    const tree = {
      "p2p-enabled-percentage": 5,
      security: { reader: { r: { token: "007", scopes: { access: ["read"] } } } },
      entities: {
        user: {
          label: "user",
          "in-memory-cache": { enabled: true, "conf-id": null },
          "feature-groups": {
            g: {
              "data-type": "DataTypeFP32Vector",
              features: { "1": { v: { default: [0.5, 1e-7], "vector-length": 2 } } },
            },
          },
        },
      },
    };
    expect(textsOf(parseTreeFile(JSON.stringify(tree), "json"))).toEqual({
      "p2p-enabled-percentage": "5",
      "security/reader/r": '{"token":"007","scopes":{"access":["read"]}}',
      "entities/user/label": "user",
      "entities/user/in-memory-cache/enabled": "true",
      "entities/user/feature-groups/g/data-type": "DataTypeFP32Vector",
      "entities/user/feature-groups/g/features/1/labels": "v",
      "entities/user/feature-groups/g/features/1/feature-meta":
        '{"v":{"sequence":0,"default-value":"AAAAP5W/1jM=","string-length":0,"vector-length":2}}',
      "entities/user/feature-groups/g/features/1/default-values": "[0.5,1e-7]",
    });
  });

  it("keeps text that looks like something else", () => {
    const reader = (value: string): string | undefined =>
      textsOf(parseTreeFile(`security: { reader: { r: ${value} } }`, "yaml"))["security/reader/r"];
    expect(reader("{ token: 0123 }")).toBe('{"token":"0123"}');
    expect(reader("{ token: 123 }")).toBe('{"token":"123"}');
    expect(reader("{ token: true }")).toBe('{"token":"true"}');
    expect(reader(`'{"token":"t"}'`)).toBe('{"token":"t"}');
    expect(reader("{ token: t, previous: { token: o, until: 9007199254740993 } }")).toBe(
      '{"token":"t","previous":{"token":"o","until":9007199254740993}}',
    );
    expect(reader("{ token: t, previous: ~ }")).toBe('{"token":"t"}');
  });

  it("leaves out what is empty", () => {
    expect(parseTreeFile("a: { b: , c: ~, d: null, e: '' }", "yaml")).toEqual([]);
    expect(parseTreeFile("", "yaml")).toEqual([]);
    expect(textsOf(parseTreeFile("a: 'null'", "yaml"))).toEqual({ a: "null" });
  });

  it("joins lists, and repeats anchors", () => {
    const file = "a: &x { b: [1, two] }\nc: *x";
    expect(textsOf(parseTreeFile(file, "yaml"))).toEqual({ "a/b": "1,two", "c/b": "1,two" });
  });

  it.each([
    ["DataTypeFP32", "{ default: 0.5 }", "0000003f"],
    ["DataTypeFP32", "", "00000000"],
    ["DataTypeInt64", "{ default: 9007199254740993 }", "0100000000002000"],
    ["DataTypeUint8", "{ default: 255 }", "ff"],
    ["DataTypeBool", "{ default: true }", "01"],
    ["DataTypeString", "{ default: na, string-length: 16 }", "6e61"],
    ["DataTypeString", "{ default: '007', string-length: 3 }", "303037"],
    ["DataTypeInt16Vector", "{ default: [1, -1], vector-length: 2 }", "0100ffff"],
    ["DataTypeInt16Vector", "{ default: '1,-1', vector-length: 2 }", "0100ffff"],
    ["DataTypeBoolVector", "{ default: [true, false], vector-length: 2 }", "0100"],
    ["DataTypeBoolVector", "{ vector-length: 2 }", "0000"],
    [
      "DataTypeStringVector",
      "{ default: [a, bc], vector-length: 2, string-length: 4 }",
      "01000200616263",
    ],
  ])("%s %s", (dataType, feature, hex) => {
    expect(defaultOf(dataType, feature)).toBe(hex);
  });

  it.each([
    ["DataTypeFP32", "{ default: abc }", /features\/1\/f\/default: "abc": .*FP32/],
    ["DataTypeInt8", "{ default: 300 }", /features\/1\/f\/default: "300"/],
    ["DataTypeFP32Vector", "{ default: [1] }", /f\/vector-length: is missing/],
    ["DataTypeFP32Vector", "{ default: [1], vector-length: 2 }", /f\/default: "\[1\]"/],
    ["DataTypeFP32Vector", "{ vector-length: 70000 }", /"70000" is not an integer from 1 to 65535/],
    ["DataTypeString", "{ default: abc }", /f\/string-length: is missing/],
    ["DataTypeString", "{ default: abc, string-length: 2 }", /f\/default: "abc"/],
    ["DataTypeFP32", "{ defualt: 1 }", /f: "defualt" is not one of default, /],
    ["DataTypeFP32", "0.5", /f: is not a mapping of default/],
    ["DataTypeFP32", "{ default: { a: 1 } }", /f\/default: is neither a scalar nor a list/],
    ["DataTypeFP31", "", /g\/data-type: "DataTypeFP31" is not a data type/],
  ])("refuses %s %s", (dataType, feature, message) => {
    expect(() => withFeature(dataType, feature)).toThrow(message);
  });

  it.each<[string, "json" | "yaml", RegExp]>([
    ["[1]", "yaml", /is not a mapping/],
    ["a: {", "yaml", /is not YAML/],
    ["a: 1\na: 2", "yaml", /unique/],
    ["a: *nowhere", "yaml", /nowhere/],
    ["? [a]\n: b", "yaml", /has a name that is not text/],
    ["{", "json", /is not JSON/],
    ['{"a":9007199254740993}', "json", /a: .* put it in quotes/],
    ['{"a/b":1}', "json", /"a\/b" is not a name/],
    ['{"a":{"":1}}', "json", /a: "" is not a name/],
    ["a: [b, [c]]", "yaml", /a: is a list with an item/],
    ["a: &a [*a]", "yaml", /no anchor before it/],
    [
      "entities: {e: {feature-groups: {g: {features: {1: {f: }}}}}}",
      "yaml",
      /g\/data-type: is missing/,
    ],
    [
      "entities: {e: {feature-groups: {g: {data-type: DataTypeFP32, features: {1: {'a@b': }}}}}}",
      "yaml",
      /"a@b" is not a label/,
    ],
    [
      "entities: {e: {feature-groups: {g: {data-type: DataTypeFP32, features: {1: {a: , 7: }}}}}}",
      "yaml",
      /label "7" is a number/,
    ],
    [
      "entities: {e: {feature-groups: {g: {data-type: DataTypeFP32, features: {1: {}}}}}}",
      "yaml",
      /features\/1: has no features/,
    ],
  ])("names the place of what it refuses: %s", (text, format, message) => {
    expect(() => parseTreeFile(text, format)).toThrow(message);
    expect(() => parseTreeFile(text, format)).toThrow(
      expect.objectContaining({ name: "TreeFileError", code: "INVALID_ARGUMENT" }),
    );
  });

  it("is not filled by aliases of aliases", () => {
    const levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
    for (let level = 1; level < 12; level += 1) {
      const members = Array.from({ length: 10 }, (_, index) => `k${index}: *a${level - 1}`);
      levels.push(`a${level}: &a${level} { ${members.join(", ")} }`);
    }
    expect(() => parseTreeFile(levels.join("\n"), "yaml")).toThrow(/more than 5000000 values/);
    const chain = Array.from(
      { length: 99 },
      (_, level) => `a${level + 1}: &a${level + 1} { k: *a${level} }`,
    );
    expect(() => parseTreeFile(`a0: &a0 x\n${chain.join("\n")}`, "yaml")).toThrow(/deeper than 32/);
  });

  it("is not broken by deep text", () => {
    const deep = "[".repeat(100_000);
    expect(() => parseTreeFile(`{"a":${deep}${"]".repeat(100_000)}}`, "json")).toThrow(/deeper/);
    expect(() => parseTreeFile(`a: ${"[".repeat(3_000)}`, "yaml")).toThrow(/is not YAML/);
  });
});

describe("loadTreeFile", () => {
  it("reads by the file's ending", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ofs-registry-"));
    try {
      const yaml = join(folder, "tree.yml");
      const json = join(folder, "tree.json");
      await writeFile(yaml, "a: 1");
      await writeFile(json, '{"a":1}');
      expect(await loadTreeFile(yaml)).toEqual(await loadTreeFile(json));
      await expect(loadTreeFile(join(folder, "tree.txt"))).rejects.toThrow(/\.json, \.yaml, \.yml/);
      await expect(loadTreeFile(join(folder, "none.yaml"))).rejects.toThrow(/cannot be read/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
