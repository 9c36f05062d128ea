import { FormatTable, type NewRecord, SinkError } from "@ofs/ingest";
import { describe, expect, test } from "vitest";
import { header, IngestRig } from "../support/ingest-rig.ts";
import { headerText } from "../support/memory-sink.ts";

function onlyLetter(rig: IngestRig): NewRecord {
  expect(rig.sink.records).toHaveLength(1);
  return rig.sink.records[0] as NewRecord;
}

function rowsOf({ value }: NewRecord): string[] {
  const { rows } = JSON.parse(Buffer.from(value ?? []).toString());
  return rows.map(({ key }: { key: string }) => key);
}

const POISON = { isPoison: true, rows: [] };

describe("a message that can never be stored", () => {
  test("becomes a dead letter of its topic, and its offset is committed", async () => {
    const rig = new IngestRig();
    await rig.start();
    rig.addRow(0, "a", "1");
    rig.add(0, POISON, { headers: [header("run-id", "r1")] });
    rig.addRow(0, "b", "1");
    await rig.clock.advance(6_000);
    const letter = onlyLetter(rig);
    expect(letter.topic).toBe("events.dlq");
    expect(headerText(letter, "dlq-offset")).toBe("1");
    expect(headerText(letter, "dlq-code")).toBe("INVALID_ARGUMENT");
    expect(headerText(letter, "dlq-field")).toBe("isPoison");
    expect(headerText(letter, "run-id")).toBe("r1");
    expect(rig.committed()).toBe(3);
    expect(rig.stored()).toEqual({ "table/a": "1", "table/b": "1" });
    expect(await rig.metric("ofs_ingest_dead_letters_total", { code: "INVALID_ARGUMENT" })).toBe(1);
    await rig.close();
  });

  test("goes to the one common topic, where that is configured", async () => {
    const rig = new IngestRig({ settings: { deadLetterTopic: "prod_default_dlq" } });
    await rig.start();
    rig.add(0, POISON);
    await rig.clock.advance(100);
    expect(onlyLetter(rig).topic).toBe("prod_default_dlq");
    await rig.close();
  });

  test("is one without a format", async () => {
    const rig = new IngestRig({ formats: new FormatTable([]) });
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(100);
    expect(headerText(onlyLetter(rig), "dlq-error")).toBe(
      "no format is known for this record of topic events",
    );
    await rig.close();
  });

  test("is one that the format trips over, and nothing else is lost with it", async () => {
    const rig = new IngestRig();
    rig.format.onPrepare = ({ offset }) => {
      if (offset === 1) throw new TypeError("undefined is not iterable");
    };
    await rig.start();
    for (const key of ["a", "b", "c"]) rig.addRow(0, key, "1");
    await rig.clock.advance(6_000);
    expect(headerText(onlyLetter(rig), "dlq-code")).toBe("INTERNAL");
    expect(rig.stored()).toEqual({ "table/a": "1", "table/c": "1" });
    expect(rig.committed()).toBe(3);
    await rig.close();
  });

  test("has company: nothing but poison is brought to an end as well", async () => {
    const rig = new IngestRig({ settings: { deadLetterBatchRecords: 10 } });
    await rig.start();
    for (let index = 0; index < 95; index++) rig.add(0, POISON);
    await rig.clock.advance(6_000);
    expect(rig.sink.records).toHaveLength(95);
    expect(rig.sink.produceCount).toBeLessThan(20);
    expect(rig.committed()).toBe(95);
    await rig.close();
  });

  test("says how often it has died", async () => {
    const rig = new IngestRig();
    await rig.start();
    rig.add(0, POISON, { headers: [header("dlq-attempts", "4"), header("dlq-error", "old")] });
    await rig.clock.advance(100);
    const letter = onlyLetter(rig);
    expect(headerText(letter, "dlq-attempts")).toBe("5");
    expect(letter.headers.filter(([name]) => name === "dlq-error")).toHaveLength(1);
    await rig.close();
  });
});

describe("a message with some bad rows", () => {
  test("has its good rows stored and its bad ones in one letter", async () => {
    const rig = new IngestRig();
    await rig.start();
    rig.add(0, {
      rows: [
        { key: "a", value: "1" },
        { key: "b", value: "2", isBad: true },
        { key: "c", value: "3", isRefused: true },
        { key: "d", value: "4" },
      ],
    });
    await rig.clock.advance(6_000);
    expect(rig.stored()).toEqual({ "table/a": "1", "table/d": "4" });
    const letter = onlyLetter(rig);
    expect(rowsOf(letter)).toEqual(["b", "c"]);
    expect(headerText(letter, "dlq-error")).toBe("row 1: value 2 is bad; row 2: 3 is refused");
    expect(rig.committed()).toBe(1);
    expect(await rig.metric("ofs_ingest_dead_rows_total")).toBe(2);
    await rig.close();
  });

  test("is one letter even if all of its rows are bad", async () => {
    const rig = new IngestRig();
    await rig.start();
    const rows = Array.from({ length: 2_000 }, (_, index) => {
      return { key: `k${index}`, value: "x", isBad: true };
    });
    rig.add(0, { rows });
    await rig.clock.advance(6_000);
    expect(rowsOf(onlyLetter(rig))).toHaveLength(2_000);
    const error = headerText(onlyLetter(rig), "dlq-error") ?? "";
    expect(Buffer.byteLength(error)).toBeLessThanOrEqual(1024);
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("goes into its letter whole if its rows cannot be told apart", async () => {
    const rig = new IngestRig();
    const prepare = rig.format.prepare.bind(rig.format);
    rig.format.prepare = (record, writeTimeMicros) => ({
      ...prepare(record, writeTimeMicros),
      encodeRows: () => {
        throw new RangeError("no such row");
      },
    });
    await rig.start();
    const rows = [
      { key: "a", value: "1" },
      { key: "b", value: "2", isBad: true },
    ];
    const { value } = rig.add(0, { rows });
    await rig.clock.advance(100);
    expect(onlyLetter(rig).value).toEqual(value);
    await rig.close();
  });

  test("without any rows is finished at once", async () => {
    const rig = new IngestRig();
    await rig.start();
    rig.add(0, { rows: [] });
    await rig.clock.advance(6_000);
    expect(rig.committed()).toBe(1);
    expect(rig.sink.records).toEqual([]);
    await rig.close();
  });
});

describe("a letter that cannot be produced", () => {
  test("halts its partition, is tried again, and nothing is committed past it", async () => {
    const rig = new IngestRig();
    let isAway = true;
    rig.sink.fail = () => (isAway ? new SinkError("UNAVAILABLE", "no leader") : undefined);
    await rig.start(2);
    rig.addRow(0, "a", "1");
    rig.add(0, POISON);
    rig.addRow(0, "b", "1");
    rig.addRow(1, "c", "1");
    await rig.clock.advance(20_000);
    expect(rig.partitionStatus().halted).toMatchObject({
      code: "UNAVAILABLE",
      offset: 1,
      reason: "a dead letter is not stored: no leader",
    });
    expect(rig.committed(0)).toBe(1);
    expect(rig.committed(1)).toBe(1);
    isAway = false;
    await rig.clock.advance(20_000);
    expect(rig.partitionStatus().halted).toBeUndefined();
    onlyLetter(rig);
    expect(rig.committed(0)).toBe(3);
    await rig.close();
  });

  test("is tried again after any error of the sink", async () => {
    const rig = new IngestRig();
    let failures = 3;
    rig.sink.fail = () => (failures-- > 0 ? new Error("bug") : undefined);
    await rig.start();
    rig.add(0, POISON);
    await rig.clock.advance(6_000);
    onlyLetter(rig);
    await rig.close();
  });

  test("because it is too large is produced without its value, and says so", async () => {
    const rig = new IngestRig();
    rig.sink.maxBytes = 500;
    await rig.start();
    rig.add(0, POISON);
    rig.add(0, { isPoison: true, rows: [{ key: "k", value: "x".repeat(1_000) }] });
    rig.add(0, POISON);
    await rig.clock.advance(6_000);
    expect(rig.sink.records.map((letter) => headerText(letter, "dlq-offset"))).toEqual([
      "0",
      "1",
      "2",
    ]);
    const [, large] = rig.sink.records;
    expect(large?.value).toBeUndefined();
    expect(Number(headerText(large as NewRecord, "dlq-omitted-bytes"))).toBeGreaterThan(1_000);
    expect(rig.committed()).toBe(3);
    await rig.close();
  });

  test("even without its value is produced without the record's headers", async () => {
    const rig = new IngestRig();
    rig.sink.maxBytes = 500;
    await rig.start();
    rig.add(0, POISON, { headers: [header("big", "x".repeat(1_000))] });
    await rig.clock.advance(6_000);
    expect(headerText(onlyLetter(rig), "big")).toBeUndefined();
    expect(headerText(onlyLetter(rig), "dlq-offset")).toBe("0");
    await rig.close();
  });

  test("however small halts its partition: nothing is dropped", async () => {
    const rig = new IngestRig();
    rig.sink.maxBytes = 10;
    await rig.start();
    rig.add(0, POISON);
    await rig.clock.advance(60_000);
    expect(rig.partitionStatus().halted?.reason).toContain("a dead letter is not stored");
    expect(rig.committed()).toBeUndefined();
    await rig.close();
  });
});
