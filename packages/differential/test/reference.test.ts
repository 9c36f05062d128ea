import {
  type Answer,
  compareAnswers,
  Explainer,
  type PersistCase,
  REFERENCE_DIFFERENCES,
  type RetrieveCase,
  type Trait,
  type Verdict,
} from "@ofs/differential";
import { retrieve } from "@ofs/proto";
import { describe, expect, it } from "vitest";
import { everyTypeTree, modelsOfTree } from "./support/entities.ts";

const explainer = new Explainer(REFERENCE_DIFFERENCES, "right");
const [every] = modelsOfTree(everyTypeTree()).filter(({ label }) => label === "every");

function read(
  featureGroups: retrieve.IFeatureGroup[],
  traits: readonly Trait[] = [],
  rowTraits: readonly Trait[] = [],
  method: RetrieveCase["method"] = "RetrieveFeatures",
): RetrieveCase {
  const query = {
    entityLabel: "every",
    featureGroups,
    keysSchema: ["id"],
    keys: [{ cols: ["k"] }],
  };
  const rows = [new Set(rowTraits)];
  return {
    kind: "retrieve",
    method,
    traits: new Set(traits),
    headers: {},
    entity: every,
    query,
    rowTraits: rows,
  };
}

function write(group: string, traits: readonly Trait[]): PersistCase {
  const query = {
    entityLabel: "every",
    featureGroupSchema: [{ label: group, featureLabels: ["a"] }],
  };
  return {
    kind: "persist",
    method: "PersistFeatures",
    traits: new Set(traits),
    headers: {},
    entity: every,
    query,
  };
}

function failed(code: number, message: string): Answer {
  return { code, message, trailers: {}, response: new Uint8Array(0) };
}

const done: Answer = { code: 0, message: "", trailers: {}, response: new Uint8Array(0) };

function rowOf(...hex: readonly string[]): Answer {
  const columns = hex.map((each) => Buffer.from(each, "hex"));
  const response = retrieve.Result.encode({ rows: [{ keys: ["k"], columns }] }).finish();
  return { ...done, response };
}

function textOf(...columns: string[]): Answer {
  const rows = [{ keys: ["k"], columns }];
  return { ...done, response: retrieve.DecodedResult.encode({ rows }).finish() };
}

/** @param theirs the reference's */
function judge(each: RetrieveCase | PersistCase, ours: Answer, theirs: Answer): Verdict {
  return explainer.judge(each, ours, theirs, compareAnswers(each, ours, theirs));
}

const fp32 = [{ label: "fp32", featureLabels: ["a"] }];
const NOT_FOUND_TEXT = "invalid entity x: entity x not found";

describe("known differences from the reference", () => {
  it.each<[string, RetrieveCase | PersistCase, Answer, Answer]>([
    ["codes-for-callers-faults", read(fp32), failed(5, NOT_FOUND_TEXT), failed(2, NOT_FOUND_TEXT)],
    [
      "codes-for-callers-faults",
      read(fp32, ["unknown-quantisation"]),
      failed(3, "ours"),
      failed(2, "theirs"),
    ],
    [
      "short-messages-panic",
      read(fp32, ["too-few-columns"]),
      failed(3, "keys"),
      failed(13, "panic recovered"),
    ],
    [
      "key-shape-is-checked",
      read(fp32, ["wrong-key-name"]),
      failed(3, "keys_schema"),
      rowOf("00000000"),
    ],
    ["unknown-labels-are-not-written", write("int8", ["unknown-label"]), failed(3, "no"), done],
    ["unfit-values-are-not-written", write("string", ["text-too-long"]), failed(3, "no"), done],
    ["narrow-defaults-panic", write("int8", ["partial"]), done, failed(13, "panic recovered")],
    ["other-containers-are-taken", write("fp32", ["other-container"]), done, failed(2, "is nil")],
    ["failed-stores-are-failures", read(fp32), failed(14, "store"), rowOf("00000000")],
    [
      "degraded-cells-are-counted",
      read(fp32),
      { ...done, trailers: { "ofs-degraded-cells": "1" } },
      done,
    ],
    [
      "defaults-are-quantised",
      read([{ label: "fp32", featureLabels: ["a@DataTypeFP16"] }], ["quantised"]),
      rowOf("0000"),
      rowOf("00000000"),
    ],
    [
      "every-occurrence-is-filled",
      read([{ label: "fp32", featureLabels: ["a", "a"] }], ["repeated-label"]),
      rowOf("0000803f", "0000803f"),
      rowOf("00000000", "0000803f"),
    ],
    [
      "bool-vectors-are-stored",
      read([{ label: "boolvector", featureLabels: ["a"] }]),
      rowOf("010001"),
      rowOf("000000"),
    ],
    ["nan-is-nan", read([{ label: "fp8e4m3", featureLabels: ["a"] }]), rowOf("7f"), rowOf("ff")],
    [
      "partial-writes-fill-defaults",
      read([{ label: "int8", featureLabels: ["a"] }], [], ["partial"]),
      rowOf("01"),
      rowOf("02"),
    ],
    ["last-row-counts", read(fp32, [], ["repeated-key"]), rowOf("0000803f"), rowOf("00000040")],
    [
      "shortest-digits",
      read(fp32, [], [], "RetrieveDecodedResult"),
      textOf("0.00024414062"),
      textOf("0.00024414063"),
    ],
  ])("%s", (id, each, ours, theirs) => {
    expect(judge(each, ours, theirs)).toMatchObject({ explainedBy: [id], unexplained: [] });
  });

  it.each<[string, RetrieveCase | PersistCase, Answer, Answer]>([
    ["another value", read(fp32), rowOf("0000803f"), rowOf("00000040")],
    ["a default in place of a value", read(fp32), rowOf("0000803f"), rowOf("00000000")],
    ["a value that only we do not have", read(fp32), rowOf("00000000"), rowOf("0000803f")],
    [
      "a NaN that is a number there",
      read([{ label: "fp8e4m3", featureLabels: ["a"] }]),
      rowOf("7f"),
      rowOf("01"),
    ],
    ["another text for one fault", read(fp32), failed(5, "x"), failed(2, "y")],
    ["a refusal of an ordinary request", read(fp32), failed(3, "x"), rowOf("00000000")],
    ["a write that only they refuse", write("fp32", []), done, failed(2, "x")],
    ["an unknown trailer", read(fp32), { ...done, trailers: { "ofs-x": "1" } }, done],
    [
      "the last occurrence",
      read([{ label: "fp32", featureLabels: ["a", "a"] }]),
      rowOf("00000000", "00000001"),
      rowOf("00000000", "00000000"),
    ],
    ["other texts", read(fp32, [], [], "RetrieveDecodedResult"), textOf("1"), textOf("2")],
  ])("%s stays unexplained", (_, each, ours, theirs) => {
    expect(judge(each, ours, theirs).unexplained.length).toBeGreaterThan(0);
  });

  it("the other way round is another matter", () => {
    const verdict = judge(
      read(fp32, ["wrong-key-name"]),
      rowOf("00000000"),
      failed(3, "keys_schema"),
    );
    expect(verdict.unexplained).toHaveLength(1);
  });

  it("each have a name and a reason", () => {
    for (const { id, reason } of REFERENCE_DIFFERENCES) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
      expect(reason.length, id).toBeGreaterThan(40);
    }
  });
});
