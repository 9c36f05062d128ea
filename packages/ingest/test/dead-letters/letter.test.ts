import type { NewRecord, SourceRecord } from "@ofs/ingest";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutText, deadLetter, smallerLetter } from "../../src/dead-letters/letter.ts";
import { header } from "../support/ingest-rig.ts";
import { headerText } from "../support/memory-sink.ts";

const RECORD: SourceRecord = {
  topic: "events",
  partition: 3,
  offset: 42,
  key: Buffer.from("the key"),
  value: Buffer.from("the value"),
  headers: [header("run-id", "r1"), header("run-id", "r2")],
  timestampMs: 1_700_000_000_123,
};
const CAUSE = { code: "NOT_FOUND", message: "no entity user", field: "entity_label" } as const;

function letterOf(record: SourceRecord, maxErrorBytes = 1000): NewRecord {
  return deadLetter("events.dlq", record, record.value, CAUSE, maxErrorBytes);
}

describe("a dead letter", () => {
  test("keeps key, value and all headers, and says where it comes from and why", () => {
    const letter = letterOf(RECORD);
    expect(letter.topic).toBe("events.dlq");
    expect(letter.key).toEqual(RECORD.key);
    expect(letter.value).toEqual(RECORD.value);
    const headers = letter.headers.map(([name, value]) => [name, Buffer.from(value).toString()]);
    expect(headers).toEqual([
      ["run-id", "r1"],
      ["run-id", "r2"],
      ["dlq-topic", "events"],
      ["dlq-partition", "3"],
      ["dlq-offset", "42"],
      ["dlq-timestamp", "1700000000123"],
      ["dlq-error", "no entity user"],
      ["dlq-code", "NOT_FOUND"],
      ["dlq-field", "entity_label"],
      ["dlq-attempts", "1"],
    ]);
  });

  test("has a time of its own, so that it is not deleted with its record", () => {
    expect(letterOf(RECORD).timestampMs).toBeUndefined();
  });

  test("replaces the headers of an earlier death and counts it", () => {
    const first = letterOf(RECORD);
    const again = letterOf({ ...RECORD, offset: 50, headers: first.headers });
    expect(headerText(again, "dlq-attempts")).toBe("2");
    expect(headerText(again, "dlq-offset")).toBe("50");
    expect(again.headers).toHaveLength(first.headers.length);
  });

  test.each(["", "x", "-1", "1e9", "99999999999"])("begins to count at attempts of %j", (text) => {
    const letter = letterOf({ ...RECORD, headers: [header("dlq-attempts", text)] });
    expect(headerText(letter, "dlq-attempts")).toBe("1");
  });

  test("leaves out what it does not know", () => {
    const letter = deadLetter(
      "events.dlq",
      { ...RECORD, timestampMs: undefined },
      undefined,
      { ...CAUSE, field: undefined },
      1000,
    );
    expect(headerText(letter, "dlq-timestamp")).toBeUndefined();
    expect(headerText(letter, "dlq-field")).toBeUndefined();
    expect(letter.value).toBeUndefined();
  });

  test("cuts the text of its error to the limit, between two characters", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "é", "…", "𝒳", "\ud800"), maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        (text, max) => {
          const cut = cutText(text, max);
          expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
          const whole = Buffer.from(text).toString();
          if (Buffer.byteLength(text) <= max) expect(cut).toBe(text);
          else expect(whole.startsWith(cut.replace(/…$/, ""))).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
    expect(headerText(letterOf(RECORD, 8), "dlq-error")).toBe("no en…");
  });
});

describe("a dead letter that is too large", () => {
  test("first leaves out its value, and says so", () => {
    const smaller = smallerLetter(letterOf(RECORD), 9) as NewRecord;
    expect(smaller.value).toBeUndefined();
    expect(smaller.key).toEqual(RECORD.key);
    expect(headerText(smaller, "run-id")).toBe("r2");
    expect(headerText(smaller, "dlq-omitted-bytes")).toBe("9");
  });

  test("then leaves out all that is not its own, but still says where the record is", () => {
    const smaller = smallerLetter(letterOf(RECORD), 9) as NewRecord;
    const smallest = smallerLetter(smaller, 9) as NewRecord;
    expect(smallest.key).toBeUndefined();
    expect(headerText(smallest, "run-id")).toBeUndefined();
    expect(headerText(smallest, "dlq-offset")).toBe("42");
    expect(smallerLetter(smallest, 9)).toBeUndefined();
  });
});
