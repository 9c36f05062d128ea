import { describe, expect, it } from "vitest";
import { type SnippetTarget, snippetsFor, valueField } from "../../src/model/snippets.ts";

const TARGET: SnippetTarget = {
  address: "ofs:8089",
  callerId: "it's me",
  entity: "user",
  keys: ["user_id", "device"],
  group: "core",
  dataType: "DataTypeFP16Vector",
  features: [{ label: "embedding", vectorLength: 2 }],
};

function bodyOf(command: string): unknown {
  const text = /-d '((?:[^']|'\\'')*)'/.exec(command)?.[1] ?? "";
  return JSON.parse(text.replaceAll("'\\''", "'"));
}

describe("snippets", () => {
  it("are made for five languages, with the real names", () => {
    const snippets = snippetsFor(TARGET);
    expect(snippets.map(({ language }) => language)).toEqual([
      "TypeScript",
      "Python",
      "Go",
      "grpcurl",
      "curl",
    ]);
    for (const { read, write } of snippets) {
      for (const name of ["user", "user_id", "device", "core", "embedding", "ofs:8089"]) {
        expect(read).toContain(name);
        expect(write).toContain(name);
      }
    }
  });

  it("send messages of the published form", () => {
    const grpcurl = snippetsFor(TARGET).find(({ language }) => language === "grpcurl");
    expect(bodyOf(grpcurl?.read ?? "")).toEqual({
      entity_label: "user",
      feature_groups: [{ label: "core", feature_labels: ["embedding"] }],
      keys_schema: ["user_id", "device"],
      keys: [{ cols: ["42", "42"] }],
    });
    expect(bodyOf(grpcurl?.write ?? "")).toEqual({
      entity_label: "user",
      keys_schema: ["user_id", "device"],
      feature_group_schema: [{ label: "core", feature_labels: ["embedding"] }],
      data: [
        {
          key_values: ["42", "42"],
          feature_values: [{ values: { vector: [{ values: { fp32_values: [0.5, 0.5] } }] } }],
        },
      ],
    });
  });

  it("write vectors of the declared length, in few words where the language has them", () => {
    const [typescript, python, go, grpcurl] = snippetsFor({
      ...TARGET,
      features: [{ label: "embedding", vectorLength: 64 }],
    });
    expect(typescript?.write).toContain('"embedding": Array(64).fill(0.5)');
    expect(python?.write).toContain("fp32_values.extend([0.5] * 64)");
    expect(go?.write.match(/0\.5/g)).toHaveLength(64);
    expect(grpcurl?.write.match(/0\.5/g)).toHaveLength(64);
  });

  it("send the same messages over HTTP", () => {
    const [grpcurl, curl] = snippetsFor(TARGET).slice(-2);
    expect(bodyOf(curl?.read ?? "")).toEqual(bodyOf(grpcurl?.read ?? ""));
    expect(bodyOf(curl?.write ?? "")).toEqual(bodyOf(grpcurl?.write ?? ""));
    expect(curl?.read).toContain("'http://ofs:8089/api/v1/features/retrieve/decoded'");
    expect(curl?.write).toContain("'http://ofs:8089/api/v1/features/persist'");
  });

  it("keep quotes of shells closed", () => {
    for (const { read } of snippetsFor(TARGET).slice(-2)) {
      expect(read).toContain("caller-id: it'\\''s me'");
    }
  });

  it.each([
    ["DataTypeFP8E4M3", "fp32_values"],
    ["DataTypeFP64Vector", "fp64_values"],
    ["DataTypeInt8", "int32_values"],
    ["DataTypeInt64", "int64_values"],
    ["DataTypeUint16Vector", "uint32_values"],
    ["DataTypeUint64", "uint64_values"],
    ["DataTypeString", "string_values"],
    ["DataTypeBoolVector", "bool_values"],
  ])("put %s into %s", (dataType, field) => {
    expect(valueField(dataType)).toBe(field);
  });
});
