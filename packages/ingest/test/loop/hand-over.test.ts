import { SinkError, SourceError } from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { IngestRig, partitionOf } from "../support/ingest-rig.ts";

/** @returns when it settled, in virtual milliseconds from now; `undefined` before */
function watch(rig: IngestRig, promise: Promise<unknown>): () => number | undefined {
  const startMs = rig.clock.now();
  let settledMs: number | undefined;
  void promise.then(() => {
    settledMs = rig.clock.now() - startMs;
  });
  return () => settledMs;
}

describe("a partition that is revoked", () => {
  test("finishes what is under way, commits, and only then settles", async () => {
    const rig = new IngestRig();
    rig.format.latencyMs = () => 500;
    await rig.start(2);
    rig.addRow(0, "a", "1");
    rig.addRow(1, "b", "1");
    await rig.clock.advance(100);
    const settled = watch(rig, rig.source.revoke(partitionOf(0)));
    await rig.clock.advance(300);
    expect(settled()).toBeUndefined();
    await rig.clock.advance(200);
    expect(settled()).toBeLessThanOrEqual(410);
    expect(rig.committed(0)).toBe(1);
    expect(rig.ingestor.status().partitions.map(({ partition }) => partition)).toEqual([1]);
    await rig.close();
  });

  test("drops what has not been begun", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1, batchRows: 5 } });
    rig.format.latencyMs = () => 500;
    await rig.start();
    for (let index = 0; index < 50; index++) rig.addRow(0, `k${index}`, "1");
    await rig.clock.advance(100);
    const settled = watch(rig, rig.source.revoke(partitionOf(0)));
    await rig.clock.advance(30_000);
    expect(settled()).toBeLessThan(600);
    const begun = rig.format.store.batches.reduce((sum, batch) => sum + batch.length, 0);
    expect(begun).toBe(5);
    expect(rig.committed()).toBe(5);
    // Its next reader begins there.
    rig.source.assign(partitionOf(0));
    await rig.clock.advance(30_000);
    expect(rig.committed()).toBe(50);
    await rig.close();
  });

  test("waits no longer than its time for a store that hangs, and commits what is finished", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 8, revokeTimeoutMs: 4_000 } });
    rig.format.latencyMs = ([first]) => (first?.key === "hangs" ? 3_600_000 : 1);
    await rig.start();
    rig.addRow(0, "a", "1");
    rig.addRow(0, "hangs", "1");
    await rig.clock.advance(100);
    const settled = watch(rig, rig.source.revoke(partitionOf(0)));
    await rig.clock.advance(10_000);
    expect(settled()).toBeGreaterThan(2_000);
    expect(settled()).toBeLessThanOrEqual(4_000);
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("repeats its commit within the time", async () => {
    const rig = new IngestRig();
    let failures = 3;
    rig.source.failCommit = () =>
      failures-- > 0 ? new SourceError("UNAVAILABLE", "later") : undefined;
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(100);
    const settled = watch(rig, rig.source.revoke(partitionOf(0)));
    await rig.clock.advance(2_000);
    expect(settled()).toBeLessThan(1_000);
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("settles in time even if its commit hangs", async () => {
    const rig = new IngestRig({ settings: { revokeTimeoutMs: 1_000 } });
    rig.source.commitLatencyMs = 3_600_000;
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(100);
    const settled = watch(rig, rig.source.revoke(partitionOf(0)));
    await rig.clock.advance(2_000);
    expect(settled()).toBeLessThanOrEqual(1_001);
    await rig.close();
  });

  test("does not wait for what cannot end: halted and waiting records", async () => {
    const rig = new IngestRig();
    rig.format.registry = new Set();
    rig.format.fail = ({ key }) =>
      key === "breaks" ? new FeatureStoreError("INTERNAL", "no") : undefined;
    await rig.start();
    rig.addRow(0, "a", "1");
    rig.add(0, { needs: "user", rows: [] });
    rig.addRow(0, "breaks", "1");
    await rig.clock.advance(1_000);
    const settled = watch(rig, rig.source.revoke(partitionOf(0)));
    await rig.clock.advance(1_000);
    expect(settled()).toBeLessThan(100);
    expect(rig.committed()).toBe(1);
    expect(rig.ingestor.status().reasons).toEqual([]);
    await rig.close();
  });
});

describe("a partition that is lost", () => {
  test("is dropped at once, and commits nothing", async () => {
    const rig = new IngestRig();
    rig.format.latencyMs = () => 500;
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(100);
    rig.source.lose(partitionOf(0));
    expect(rig.ingestor.status().partitions).toEqual([]);
    await rig.clock.advance(10_000);
    expect(rig.source.commitCount).toBe(0);
    expect(rig.ingestor.status().inFlightRecords).toBe(0);
    await rig.close();
  });

  test("has no dead letters written any more: its next reader writes them", async () => {
    const rig = new IngestRig();
    let isAway = true;
    rig.sink.fail = () => (isAway ? new SinkError("UNAVAILABLE", "no leader") : undefined);
    await rig.start();
    rig.add(0, { isPoison: true, rows: [] });
    await rig.clock.advance(1_000);
    rig.source.lose(partitionOf(0));
    isAway = false;
    await rig.clock.advance(60_000);
    expect(rig.sink.records).toEqual([]);
    rig.source.assign(partitionOf(0));
    await rig.clock.advance(6_000);
    expect(rig.sink.records).toHaveLength(1);
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("and comes back begins anew: what ends late counts for nothing", async () => {
    const rig = new IngestRig({ settings: { commitIntervalMs: 1_000 } });
    let latencyMs = 20_000;
    rig.format.latencyMs = () => latencyMs;
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(100);
    rig.source.lose(partitionOf(0));
    // The second reading of the record hangs for longer than the first.
    latencyMs = 60_000;
    rig.source.assign(partitionOf(0));
    await rig.clock.advance(30_000);
    expect(rig.stored()).toEqual({ "table/a": "1" });
    expect(rig.committed()).toBeUndefined();
    expect(rig.partitionStatus().inFlightRecords).toBe(1);
    await rig.clock.advance(60_000);
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("takes no rows of others with it that its own had overtaken", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1, retryMinMs: 1_000 } });
    const nowMs = rig.clock.now();
    let isDown = true;
    rig.format.fail = () => (isDown ? new FeatureStoreError("UNAVAILABLE", "no") : undefined);
    const write = (partition: number, timestampMs: number, value: string): void => {
      rig.add(partition, { rows: [{ key: "a", value }] }, { timestampMs });
    };
    await rig.start(2);
    write(0, nowMs - 10, "older, of another partition");
    write(1, nowMs - 5, "newer");
    await rig.clock.advance(100);
    rig.source.lose(partitionOf(1));
    isDown = false;
    await rig.clock.advance(10_000);
    expect(rig.stored()).toEqual({ "table/a": "older, of another partition" });
    expect(rig.committed(0)).toBe(1);
    await rig.close();
  });
});

describe("rows that were overtaken by rows of a partition that is lost", () => {
  /** Partition 0 writes "older" twice and partition 1 "newer" in one batch, which ends after 500 ms. */
  async function startBatch(): Promise<IngestRig> {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1 } });
    const nowMs = rig.clock.now();
    rig.format.latencyMs = () => 500;
    await rig.start(3);
    rig.addRow(0, "first", "1");
    await rig.clock.advance(100);
    const write = (partition: number, timestampMs: number, value: string): void => {
      rig.add(partition, { rows: [{ key: "a", value }] }, { timestampMs });
    };
    write(0, nowMs - 10, "older");
    write(1, nowMs - 5, "newer");
    write(2, nowMs - 8, "between");
    write(0, nowMs - 9, "less old");
    await rig.clock.advance(600);
    expect(rig.format.store.batches.at(-1)?.map(({ value }) => value)).toEqual(["newer"]);
    return rig;
  }

  test("count as stored if these are", async () => {
    const rig = await startBatch();
    rig.source.lose(partitionOf(1));
    await rig.clock.advance(10_000);
    expect(rig.stored()["table/a"]).toBe("newer");
    expect(rig.committed(0)).toBe(3);
    expect(rig.committed(1)).toBeUndefined();
    await rig.close();
  });

  test.each(["UNAVAILABLE", "INVALID_ARGUMENT"] as const)(
    "are written themselves if these are not: %s",
    async (code) => {
      const rig = await startBatch();
      rig.format.fail = ({ value }) =>
        value === "newer" ? new FeatureStoreError(code, "no") : undefined;
      rig.source.lose(partitionOf(1), partitionOf(2));
      await rig.clock.advance(10_000);
      expect(rig.stored()["table/a"]).toBe("less old");
      expect(rig.committed(0)).toBe(3);
      await rig.close();
    },
  );
});

describe("closing", () => {
  test("finishes what is in hand, commits, and leaves the group", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1, batchRows: 10 } });
    rig.format.latencyMs = () => 100;
    await rig.start();
    for (let index = 0; index < 100; index++) rig.addRow(0, `k${index}`, "1");
    await rig.clock.advance(50);
    const closing = rig.ingestor.close(rig.clock.now() + 10_000);
    expect(rig.ingestor.status()).toMatchObject({
      state: "draining",
      isHealthy: false,
      reasons: ["ingestor is draining"],
    });
    rig.source.deliver(partitionOf(0), [rig.addRow(0, "late", "1")]);
    await rig.clock.advance(5_000);
    expect(await closing).toMatchObject({
      unfinishedRecords: 0,
      isTimedOut: false,
      isCommitted: true,
    });
    expect(rig.committed()).toBe(100);
    expect(rig.stored()["table/late"]).toBeUndefined();
    expect(rig.ingestor.status()).toMatchObject({ state: "closed", source: { state: "closed" } });
    // The sink is not the ingestor's.
    expect(rig.sink.isClosed).toBe(false);
  });

  test("ends at its deadline whatever hangs, and says what is left", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 8 } });
    rig.format.latencyMs = ([first]) => (first?.key === "hangs" ? 3_600_000 : 1);
    await rig.start();
    rig.addRow(0, "a", "1");
    rig.addRow(0, "hangs", "1");
    await rig.clock.advance(100);
    const startMs = rig.clock.now();
    const closing = rig.ingestor.close(startMs + 3_000);
    const settled = watch(rig, closing);
    await rig.clock.advance(10_000);
    expect(settled()).toBeLessThanOrEqual(3_000);
    expect(await closing).toMatchObject({
      unfinishedRecords: 1,
      isTimedOut: true,
      isCommitted: true,
    });
    expect(rig.committed()).toBe(1);
  });

  test("says if offsets could not be committed", async () => {
    const rig = new IngestRig();
    rig.source.failCommit = () => new SourceError("UNAVAILABLE", "away");
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(100);
    const closing = rig.ingestor.close(rig.clock.now() + 1_000);
    await rig.clock.advance(2_000);
    expect(await closing).toMatchObject({
      unfinishedRecords: 0,
      isTimedOut: false,
      isCommitted: false,
    });
  });

  test("does not wait for records that wait for the registry or are halted", async () => {
    const rig = new IngestRig();
    rig.format.registry = new Set();
    await rig.start(2);
    rig.add(0, { needs: "user", rows: [] });
    rig.add(1, { isForeign: true, rows: [] });
    await rig.clock.advance(100);
    const closing = rig.ingestor.close(rig.clock.now() + 60_000);
    const settled = watch(rig, closing);
    await rig.clock.advance(1_000);
    expect(settled()).toBeLessThan(100);
    expect(await closing).toMatchObject({
      unfinishedRecords: 2,
      isTimedOut: false,
      isCommitted: true,
    });
  });

  test("is the same however often it is called, and nothing runs after it", async () => {
    const rig = new IngestRig();
    rig.format.fail = () => new FeatureStoreError("UNAVAILABLE", "no");
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(100);
    const closing = rig.ingestor.close(rig.clock.now() + 1_000);
    expect(rig.ingestor.close(0)).toBe(closing);
    await rig.clock.advance(2_000);
    await closing;
    const { length } = rig.format.store.batches;
    rig.ingestor.registryChanged();
    await rig.clock.advance(600_000);
    expect(rig.format.store.batches).toHaveLength(length);
    await expect(rig.ingestor.start()).rejects.toThrow("ingestor is closed");
  });

  test("before the start is possible", async () => {
    const rig = new IngestRig();
    expect(await rig.ingestor.close(rig.clock.now())).toMatchObject({
      unfinishedRecords: 0,
      isCommitted: true,
    });
  });
});
