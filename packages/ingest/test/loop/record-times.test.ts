import { describe, expect, test } from "vitest";
import { header, IngestRig, partitionOf } from "../support/ingest-rig.ts";
import { headerText } from "../support/memory-sink.ts";

/** @returns write times in order of preparation */
function spyOnWriteTimes(rig: IngestRig): number[] {
  const times: number[] = [];
  rig.format.onPrepare = (_, writeTimeMicros) => void times.push(writeTimeMicros);
  return times;
}

const MESSAGE = { rows: [{ key: "a", value: "1" }] };

describe("the write time of a record", () => {
  test("is its own time with its place among those of the same millisecond", async () => {
    const rig = new IngestRig();
    const times = spyOnWriteTimes(rig);
    const timestampMs = rig.clock.now() - 1000;
    await rig.start(2);
    for (const partition of [0, 0, 1, 0]) rig.add(partition, MESSAGE, { timestampMs });
    await rig.clock.advance(50);
    const micros = timestampMs * 1000;
    // Each partition counts for itself.
    expect(times.sort()).toEqual([micros, micros, micros + 1, micros + 2]);
    await rig.close();
  });

  test("is never in the future", async () => {
    const rig = new IngestRig();
    const times = spyOnWriteTimes(rig);
    await rig.start();
    rig.add(0, MESSAGE, { timestampMs: rig.clock.now() + 1_000_000 });
    rig.add(0, MESSAGE, { timestampMs: rig.clock.now() + 2_000_000 });
    await rig.clock.advance(50);
    expect(times[0]).toBeLessThanOrEqual(rig.clock.now() * 1000);
    expect(times[1]).toBe((times[0] as number) + 1);
    await rig.close();
  });

  test("is now for a record without time", async () => {
    const rig = new IngestRig();
    const times = spyOnWriteTimes(rig);
    await rig.start();
    const beforeMs = rig.clock.now();
    rig.add(0, MESSAGE, { timestampMs: undefined });
    await rig.clock.advance(50);
    expect(times[0]).toBeGreaterThanOrEqual(beforeMs * 1000);
    expect(times[0]).toBeLessThanOrEqual(rig.clock.now() * 1000);
    await rig.close();
  });

  test("is that of the header write-time, without a place, but never later than the record's", async () => {
    const rig = new IngestRig();
    const times = spyOnWriteTimes(rig);
    const timestampMs = rig.clock.now() - 1000;
    await rig.start();
    for (const text of ["1234", "1234", String(timestampMs + 1), "999999999999999"]) {
      rig.add(0, MESSAGE, { timestampMs, headers: [header("write-time", text)] });
    }
    const now = { timestampMs: undefined, headers: [header("write-time", "999999999999999")] };
    rig.add(0, MESSAGE, now);
    await rig.clock.advance(50);
    const micros = timestampMs * 1000;
    expect(times.slice(0, 4)).toEqual([1_234_000, 1_234_000, micros, micros]);
    expect(times[4]).toBeLessThanOrEqual(rig.clock.now() * 1000);
    await rig.close();
  });

  test.each(["", "12a", "-1", "1.5", " 1", "1234567890123456", "0x10"])(
    "cannot be the header %j: the record is a dead letter",
    async (text) => {
      const rig = new IngestRig();
      await rig.start();
      rig.add(0, MESSAGE, { headers: [header("write-time", text)] });
      await rig.clock.advance(6_000);
      expect(rig.stored()).toEqual({});
      const [letter] = rig.sink.records;
      expect(headerText(letter ?? { headers: [] }, "dlq-field")).toBe("write-time");
      expect(headerText(letter ?? { headers: [] }, "dlq-error")).toContain(JSON.stringify(text));
      expect(rig.committed()).toBe(1);
      await rig.close();
    },
  );

  test("is the same for a reader that goes on at the committed offset, wherever the first was killed", async () => {
    const count = 12;
    for (let killedAt = 0; killedAt <= count; killedAt++) {
      const rig = new IngestRig({ fetchRecords: 1, settings: { commitIntervalMs: 1 } });
      const timestampMs = rig.clock.now() - 1000;
      const first = spyOnWriteTimes(rig);
      await rig.start();
      const addTo = (end: number): void => {
        for (let index = rig.group.endOffset(partitionOf(0)); index < end; index++) {
          rig.add(0, MESSAGE, { timestampMs: timestampMs + Math.floor(index / 5) });
        }
      };
      addTo(killedAt);
      await rig.clock.advance(500);
      expect(rig.committed()).toBe(killedAt === 0 ? undefined : killedAt);
      rig.source.lose(partitionOf(0));
      addTo(count);
      rig.source.assign(partitionOf(0));
      await rig.clock.advance(500);
      const expected = Array.from({ length: count }, (_, index) => {
        return (timestampMs + Math.floor(index / 5)) * 1000 + (index % 5);
      });
      expect(first).toEqual(expected);
      await rig.close();
    }
  });

  test("counts anew, with a word in the log, where the commit's metadata is another program's", async () => {
    const rig = new IngestRig();
    const times = spyOnWriteTimes(rig);
    rig.group.committed.set("events/0", { offset: 0, metadata: "hello" });
    await rig.start();
    const record = rig.addRow(0, "a", "1");
    await rig.clock.advance(50);
    expect(times).toEqual([(record.timestampMs as number) * 1000]);
    await rig.close();
  });
});
