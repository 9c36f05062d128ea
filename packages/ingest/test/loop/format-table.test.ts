import { FormatTable, type RecordFormat, type SourceRecord } from "@ofs/ingest";
import { describe, expect, test } from "vitest";
import { header } from "../support/ingest-rig.ts";

function format(name: string): RecordFormat {
  const unused = (): never => {
    throw new Error("not used");
  };
  return { name, prepare: unused, write: unused };
}

function record(topic: string, ...headers: SourceRecord["headers"]): SourceRecord {
  const none = { key: undefined, value: undefined, timestampMs: undefined };
  return { topic, partition: 0, offset: 0, headers, ...none };
}

describe("a table of formats", () => {
  const table = new FormatTable([
    { topics: ["blocks"], format: format("block") },
    { topics: ["rows"], header: { name: "sdk-version", value: "v2" }, format: format("v2") },
    { topics: ["rows"], header: { name: "sdk-version", value: "v1" }, format: format("v1") },
    { topics: ["rows"], header: { name: "sdk-version", value: undefined }, format: format("bare") },
    { topics: (topic) => topic.startsWith("any-"), format: format("any") },
  ]);

  test("chooses by topic", () => {
    expect(table.formatOf(record("blocks"))?.name).toBe("block");
    expect(table.formatOf(record("any-thing"))?.name).toBe("any");
  });

  test("chooses by header, and by its absence", () => {
    expect(table.formatOf(record("rows", header("sdk-version", "v2")))?.name).toBe("v2");
    expect(table.formatOf(record("rows", header("sdk-version", "v1")))?.name).toBe("v1");
    expect(table.formatOf(record("rows", header("other", "v1")))?.name).toBe("bare");
  });

  test("heeds the last of repeated headers", () => {
    const twice = record("rows", header("sdk-version", "v1"), header("sdk-version", "v2"));
    expect(table.formatOf(twice)?.name).toBe("v2");
  });

  test("has none for other topics and other values", () => {
    expect(table.formatOf(record("else"))).toBeUndefined();
    expect(table.formatOf(record("rows", header("sdk-version", "v3")))).toBeUndefined();
  });

  test("lets the first rule that matches decide", () => {
    const rules = [{ format: format("first") }, { format: format("second") }];
    expect(new FormatTable(rules).formatOf(record("x"))?.name).toBe("first");
  });
});
