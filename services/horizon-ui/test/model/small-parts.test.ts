import { describe, expect, it } from "vitest";
import {
  DATA_TYPES,
  dataTypeName,
  isStringType,
  isVectorType,
} from "../../src/model/data-types.ts";
import { localPath } from "../../src/model/local-path.ts";
import { passwordFaults } from "../../src/model/password-rules.ts";
import { randomKey } from "../../src/model/random-key.ts";
import { requestSubject } from "../../src/model/request-subject.ts";

describe("data types", () => {
  it("are 30, half of them vectors", () => {
    expect(new Set(DATA_TYPES).size).toBe(30);
    expect(DATA_TYPES.filter(isVectorType)).toHaveLength(15);
    expect(DATA_TYPES.filter(isStringType)).toEqual(["DataTypeString", "DataTypeStringVector"]);
  });

  it("have names for people", () => {
    expect(dataTypeName("DataTypeFP8E5M2")).toBe("FP8E5M2");
    expect(dataTypeName("DataTypeInt32Vector")).toBe("Int32 vector");
  });
});

describe("localPath", () => {
  it.each([
    ["/requests?family=store", "/requests?family=store"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example", "/"],
    ["/\n/evil.example", "/"],
    [undefined, "/"],
  ])("of %j is %j", (wanted, path) => {
    expect(localPath(wanted)).toBe(path);
  });
});

describe("passwordFaults", () => {
  it.each([
    ["Str0ng-enough", 0],
    ["admin", 5],
    ["", 6],
    ["With Blank1!", 1],
    [`Aa1!${"ä".repeat(35)}`, 1],
  ])("of %j are %i", (password, count) => {
    expect(passwordFaults(password)).toHaveLength(count);
  });
});

describe("randomKey", () => {
  it("is 128 bits in hex, another each time", () => {
    expect(randomKey()).toMatch(/^[0-9a-f]{32}$/);
    expect(randomKey()).not.toBe(randomKey());
  });
});

describe("requestSubject", () => {
  it.each([
    ["store" as const, { table: "t" }, "table t"],
    ["job" as const, { "job-type": "reader", "job-id": "r" }, "reader r"],
    ["job-rotate" as const, { "job-type": "writer", "job-id": "w" }, "writer w"],
    ["entity-edit" as const, { "entity-label": "user" }, "user"],
    [
      "feature-group" as const,
      { "entity-label": "user", "fg-label": "core", features: [{}] },
      "user/core",
    ],
    [
      "features-add" as const,
      {
        "entity-label": "u",
        "feature-group-label": "g",
        features: [{ labels: "a" }, { labels: "b" }],
      },
      "u/g: a, b",
    ],
    [
      "features-delete" as const,
      {
        "entity-label": "u",
        "feature-group-label": "g",
        "feature-labels": ["a", "b", "c", "d", "e"],
      },
      "u/g: a, b, c and 2 more",
    ],
  ])("of %s %j is %s", (kind, payload, subject) => {
    expect(requestSubject(kind, payload)).toBe(subject);
  });
});
