import { describe, expect, test } from "vitest";
import { InFlightBounds } from "../../src/loop/in-flight-bounds.ts";
import type { PartitionState } from "../../src/loop/partition-state.ts";
import { IngestRig, partitionOf } from "../support/ingest-rig.ts";

describe("back-pressure", () => {
  test("pauses a partition at its bound of records and resumes it at the low-water mark", async () => {
    const rig = new IngestRig({
      fetchRecords: 10,
      settings: { maxPartitionRecords: 100, lowWater: 0.3, lanesPerConnection: 1, batchRows: 10 },
    });
    let isStuck = true;
    rig.format.latencyMs = () => (isStuck ? 60_000 : 10);
    await rig.start();
    for (let index = 0; index < 1_000; index++) rig.addRow(0, `k${index}`, "1");
    await rig.clock.advance(5_000);
    // The bound, and at most one fetch more.
    expect(rig.partitionStatus().inFlightRecords).toBeGreaterThanOrEqual(100);
    expect(rig.partitionStatus().inFlightRecords).toBeLessThanOrEqual(110);
    expect(rig.partitionStatus().paused).toBe("bounds");
    expect(rig.source.isPaused(partitionOf(0))).toBe(true);
    expect(rig.ingestor.status().isHealthy).toBe(true);

    isStuck = false;
    let lowest = Number.POSITIVE_INFINITY;
    await rig.clock.until(
      () => {
        const { inFlightRecords, paused } = rig.partitionStatus();
        if (paused !== undefined) lowest = Math.min(lowest, inFlightRecords);
        return paused === undefined;
      },
      200_000,
      1,
    );
    expect(lowest).toBeLessThanOrEqual(50);
    expect(rig.source.isPaused(partitionOf(0))).toBe(false);
    await rig.finish();
    expect(Object.keys(rig.stored())).toHaveLength(1_000);
    await rig.close();
  });

  test("counts bytes of records and of their rows", async () => {
    const rig = new IngestRig({
      fetchRecords: 1,
      settings: { maxPartitionBytes: 1_000_000, lanesPerConnection: 1 },
    });
    rig.format.latencyMs = () => 3_600_000;
    await rig.start();
    for (let index = 0; index < 100; index++) {
      rig.add(0, { rows: [{ key: `k${index}`, value: "x".repeat(1_000), sizeBytes: 99_000 }] });
    }
    await rig.clock.advance(5_000);
    expect(rig.partitionStatus().inFlightRecords).toBeLessThan(12);
    expect(rig.partitionStatus().inFlightBytes).toBeGreaterThanOrEqual(1_000_000);
    await rig.close();
  });

  test("takes a single record that is larger than the bounds", async () => {
    const rig = new IngestRig({
      fetchRecords: 1,
      settings: { maxPartitionBytes: 1_000, maxInFlightBytes: 1_000, batchBytes: 100 },
    });
    await rig.start();
    for (const key of ["a", "b"]) rig.add(0, { rows: [{ key, value: "x".repeat(10_000) }] });
    await rig.clock.advance(6_000);
    expect(rig.committed()).toBe(2);
    await rig.close();
  });

  test("keeps what a source still delivers after the pause", async () => {
    const rig = new IngestRig({ fetchRecords: 10, settings: { maxPartitionRecords: 10 } });
    rig.format.latencyMs = () => 1_000;
    await rig.start();
    for (let index = 0; index < 10; index++) rig.addRow(0, `k${index}`, "1");
    await rig.clock.advance(10);
    expect(rig.source.isPaused(partitionOf(0))).toBe(true);
    rig.source.deliver(partitionOf(0), [rig.addRow(0, "late", "1")]);
    await rig.clock.advance(10_000);
    expect(rig.stored()["table/late"]).toBe("1");
    await rig.close();
  });

  test("leaves out records that come again, and those of partitions that are not assigned", async () => {
    const rig = new IngestRig();
    await rig.start();
    const record = rig.addRow(0, "a", "1");
    await rig.clock.advance(100);
    rig.source.deliver(partitionOf(0), [record]);
    rig.source.deliver(partitionOf(7), [{ ...record, partition: 7 }]);
    await rig.clock.advance(6_000);
    expect(rig.format.store.batches).toHaveLength(1);
    expect(await rig.metric("ofs_ingest_unexpected_records_total")).toBe(2);
    await rig.close();
  });

  test("gives every partition its turn when many records of one come at once", async () => {
    // Each look at the clock takes a millisecond, so work is cut into slices.
    let nowMs = 0;
    const rig = new IngestRig({ fetchRecords: 5_000, monotonicNow: () => nowMs++ });
    const order: number[] = [];
    rig.format.onPrepare = ({ partition }) => void order.push(partition);
    for (let index = 0; index < 2_000; index++) rig.addRow(0, `a${index}`, "1");
    for (let index = 0; index < 100; index++) rig.addRow(1, `b${index}`, "1");
    await rig.start(2);
    await rig.clock.until(() => order.length === 2_100);
    expect(order.lastIndexOf(1)).toBeLessThan(500);
    await rig.close();
  });
});

describe("bounds", () => {
  function survey(inFlight: readonly number[]) {
    const bounds = new InFlightBounds({
      maxInFlightBytes: 1_000_000,
      maxPartitionBytes: 1_000_000,
      maxInFlightRecords: 1_000,
      maxPartitionRecords: 600,
      lowWater: 0.5,
    });
    const partitions = inFlight.map((inFlightRecords, index) => {
      return [`${index}`, { inFlightRecords, inFlightBytes: 0 } as PartitionState] as const;
    });
    bounds.survey(new Map(partitions));
    return {
      reached: partitions.map(([, partition]) => bounds.isReached(partition)),
      low: partitions.map(([, partition]) => bounds.isLow(partition)),
    };
  }

  test("let one partition have its own bound while the others are idle", () => {
    expect(survey([599, 0, 0, 0]).reached).toEqual([false, false, false, false]);
    expect(survey([600, 0, 0, 0]).reached).toEqual([true, false, false, false]);
  });

  test("guarantee each partition its share of half, whatever the others have taken", () => {
    // Two have taken the half that is free for all; a share of the other half is 125.
    expect(survey([400, 400, 124, 0]).reached).toEqual([true, true, false, false]);
    expect(survey([400, 400, 125, 0]).reached).toEqual([true, true, true, false]);
  });

  test("never allow more than the total", () => {
    for (const inFlight of [
      [600, 600, 1, 1],
      [376, 376, 125, 125],
      [250, 250, 250, 250],
    ]) {
      const { reached } = survey(inFlight);
      const isOpen = inFlight.filter((_, index) => !reached[index]);
      const sum = inFlight.reduce((total, one) => total + one, 0);
      if (sum >= 1_000) for (const one of isOpen) expect(one).toBeLessThan(125);
    }
  });

  test("are low only well below", () => {
    expect(survey([301, 0, 0, 0]).low[0]).toBe(false);
    expect(survey([300, 0, 0, 0]).low[0]).toBe(true);
    expect(survey([300, 400, 0, 0]).low[0]).toBe(false);
    expect(survey([62, 600, 0, 0]).low[0]).toBe(true);
  });
});
