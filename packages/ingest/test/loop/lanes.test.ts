import type { WriteOutcome } from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { header, IngestRig } from "../support/ingest-rig.ts";
import type { TestWrite } from "../support/row-format.ts";

function batchesOf(rig: IngestRig): string[][] {
  return rig.format.store.batches.map((batch) => batch.map(({ key, value }) => `${key}=${value}`));
}

describe("lanes", () => {
  test("write at once when the connection is idle", async () => {
    const rig = new IngestRig({ settings: { lingerMs: 1_000 } });
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(3);
    expect(rig.stored()).toEqual({ "table/a": "1" });
    await rig.close();
  });

  test("collect rows while others of their connection write, but no longer than the linger time", async () => {
    const rig = new IngestRig({ settings: { lingerMs: 20, lanesPerConnection: 64 } });
    rig.format.latencyMs = ([first]) => (first?.value === "slow" ? 500 : 1);
    await rig.start();
    rig.addRow(0, "slow", "slow");
    await rig.clock.advance(5);
    for (const key of ["a", "b", "c", "d", "e"]) {
      rig.addRow(0, key, "1");
      await rig.clock.advance(2);
    }
    expect(batchesOf(rig)).toEqual([["slow=slow"]]);
    await rig.clock.advance(25);
    expect(Object.keys(rig.stored()).sort()).toEqual(
      ["a", "b", "c", "d", "e"].map((key) => `table/${key}`),
    );
    await rig.close();
  });

  test("do not linger once a batch is full", async () => {
    const rig = new IngestRig({
      settings: { lingerMs: 10_000, lanesPerConnection: 2, batchRows: 3 },
    });
    rig.format.latencyMs = ([first]) => (first?.value === "slow" ? 100_000 : 1);
    await rig.start();
    rig.addRow(0, "slow", "slow");
    await rig.clock.advance(5);
    for (let index = 0; index < 40; index++) rig.addRow(0, `k${index}`, "1");
    await rig.clock.advance(50);
    const full = rig.format.store.batches.slice(1);
    expect(full.length).toBeGreaterThan(2);
    for (const batch of full) expect(batch).toHaveLength(3);
    await rig.close();
  });

  test("write one batch at a time each, and a key always takes the same one", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 4, batchRows: 5 } });
    const underWay = new Set<string>();
    const overlaps: string[] = [];
    rig.format.onWrite = (batch) => {
      for (const { key } of batch) if (underWay.has(key)) overlaps.push(key);
      for (const { key } of batch) underWay.add(key);
    };
    rig.format.latencyMs = () => 10;
    rig.format.fail = ({ key }) => void underWay.delete(key);
    await rig.start();
    for (let index = 0; index < 300; index++) rig.addRow(0, `k${index % 19}`, `${index}`);
    await rig.finish();
    expect(overlaps).toEqual([]);
    expect(rig.format.mostUnderWay.get("main")).toBe(4);
    for (let index = 281; index < 300; index++) {
      expect(rig.stored()[`table/k${index % 19}`]).toBe(`${index}`);
    }
    await rig.close();
  });

  test("write smaller batches to a store that is too slow for large ones, and larger ones again later", async () => {
    const settings = { lanesPerConnection: 1, batchRows: 64, writeTimeoutMs: 1_000 };
    const rig = new IngestRig({ settings });
    let rowMs = 100;
    let isTooLarge = false;
    rig.format.onWrite = (batch) => {
      isTooLarge = batch.length * rowMs > settings.writeTimeoutMs;
    };
    rig.format.latencyMs = ({ length }) => Math.min(length * rowMs, settings.writeTimeoutMs);
    rig.format.fail = () =>
      isTooLarge ? new FeatureStoreError("DEADLINE_EXCEEDED", "too slow") : undefined;
    await rig.start();
    for (let index = 0; index < 200; index++) rig.addRow(0, `k${index}`, "1");
    await rig.clock.advance(120_000);
    expect(Object.keys(rig.stored())).toHaveLength(200);
    rowMs = 0.1;
    for (let index = 200; index < 2_000; index++) rig.addRow(0, `k${index}`, "1");
    await rig.finish();
    expect(Object.keys(rig.stored())).toHaveLength(2_000);
    expect(Math.max(...rig.format.store.batches.slice(-5).map(({ length }) => length))).toBe(64);
    await rig.close();
  });

  test("keep to the limits of a batch, in rows and in bytes, but write a single larger row", async () => {
    const rig = new IngestRig({
      settings: { lanesPerConnection: 1, batchRows: 4, batchBytes: 1_000 },
    });
    await rig.start();
    const rows = [100, 100, 100, 100, 100, 600, 600, 5_000, 100].map((sizeBytes, index) => {
      return { key: `k${index}`, value: "1", sizeBytes };
    });
    rig.add(0, { rows });
    await rig.clock.advance(100);
    const sizes = rig.format.store.batches.map((batch) => batch.map((row) => row.sizeBytes));
    expect(sizes).toEqual([[100, 100, 100, 100], [100, 600], [600], [5_000], [100]]);
    await rig.close();
  });

  test("write each target apart", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1 } });
    await rig.start();
    rig.add(0, {
      rows: [
        { key: "a", value: "1", table: "one" },
        { key: "a", value: "2", table: "two" },
        { key: "b", value: "3", table: "one" },
      ],
    });
    await rig.clock.advance(10);
    expect(batchesOf(rig)).toEqual([["a=1", "b=3"], ["a=2"]]);
    await rig.close();
  });

  test("keep of one key and target only the newest of a batch, and of two equal ones the later", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1 } });
    const nowMs = rig.clock.now();
    const at = (timestampMs: number, key: string, value: string): void => {
      rig.add(0, { rows: [{ key, value }] }, { timestampMs });
    };
    at(nowMs - 1, "a", "newest");
    at(nowMs - 9, "a", "older");
    for (let index = 0; index < 1_100; index++) at(nowMs - 20, "b", `${index}`);
    await rig.start();
    await rig.finish();
    expect(rig.stored()).toEqual({ "table/a": "newest", "table/b": "1099" });
    // Superseded ones are finished, too.
    await rig.clock.advance(6_000);
    expect(rig.committed()).toBe(1_102);
    expect(await rig.metric("ofs_ingest_rows_total", { outcome: "superseded" })).toBeGreaterThan(
      1_000,
    );
    await rig.close();
  });

  test("write what a newer one had overtaken if the store refuses the newer one", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1 } });
    const nowMs = rig.clock.now();
    rig.add(0, { rows: [{ key: "a", value: "oldest" }] }, { timestampMs: nowMs - 3 });
    rig.add(0, { rows: [{ key: "a", value: "older" }] }, { timestampMs: nowMs - 2 });
    rig.add(0, { rows: [{ key: "a", value: "new", isRefused: true }] }, { timestampMs: nowMs - 1 });
    await rig.start();
    await rig.clock.advance(6_000);
    expect(rig.stored()).toEqual({ "table/a": "older" });
    expect(rig.sink.records).toHaveLength(1);
    expect(rig.committed()).toBe(3);
    await rig.close();
  });

  test("of one connection are not held up by another that is slow", async () => {
    const rig = new IngestRig({
      settings: { maxPartitionRecords: 50, maxInFlightRecords: 80, lanesPerConnection: 2 },
    });
    rig.format.latencyMs = ([first]) => (first?.connection === "slow" ? 1_000_000 : 1);
    await rig.start(2);
    for (let index = 0; index < 500; index++) {
      rig.add(0, { rows: [{ key: `s${index}`, value: "1", connection: "slow" }] });
      rig.add(1, { rows: [{ key: `f${index}`, value: "1", connection: "fast" }] });
    }
    await rig.clock.advance(6_000);
    expect(rig.committed(1)).toBe(500);
    expect(rig.committed(0)).toBeUndefined();
    expect(rig.partitionStatus(0).paused).toBe("bounds");
    await rig.close();
  });

  test("give up no row to a format that breaks its word", async () => {
    const rig = new IngestRig();
    let isBroken = true;
    const write = rig.format.write.bind(rig.format);
    rig.format.write = async (batch: readonly TestWrite[]): Promise<readonly WriteOutcome[]> => {
      if (isBroken) throw new Error("it rejects");
      return write(batch);
    };
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(100);
    expect(rig.partitionStatus().halted?.reason).toContain("format row failed: it rejects");
    rig.format.write = async () => {
      isBroken = false;
      return [];
    };
    await rig.clock.advance(30_100);
    expect(rig.partitionStatus().halted?.reason).toContain("0 outcomes for 1 rows");
    rig.format.write = write;
    await rig.clock.advance(36_000);
    expect(rig.stored()).toEqual({ "table/a": "1" });
    expect(rig.committed()).toBe(1);
    await rig.close();
  });
});

describe("rows that fail in a way that passes", () => {
  test.each([
    "UNAVAILABLE",
    "DEADLINE_EXCEEDED",
    "RESOURCE_EXHAUSTED",
    "ABORTED",
    "CANCELLED",
  ] as const)("are written again for as long as it takes: %s", async (code) => {
    const rig = new IngestRig();
    rig.format.fail = () => new FeatureStoreError(code, "later");
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(600_000);
    expect(rig.committed()).toBeUndefined();
    expect(rig.sink.records).toEqual([]);
    expect(rig.partitionStatus().halted).toBeUndefined();
    rig.format.fail = () => undefined;
    await rig.clock.advance(16_000);
    expect(rig.stored()).toEqual({ "table/a": "1" });
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("are written again alone, without those that were stored with them", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1 } });
    let failures = 3;
    rig.format.fail = ({ key }) =>
      key === "b" && failures-- > 0 ? new FeatureStoreError("UNAVAILABLE", "later") : undefined;
    await rig.start();
    rig.add(0, { rows: ["a", "b", "c"].map((key) => ({ key, value: "1" })) });
    await rig.clock.advance(6_000);
    expect(batchesOf(rig)).toEqual([["a=1", "b=1", "c=1"], ["b=1"], ["b=1"], ["b=1"]]);
    expect(rig.committed()).toBe(1);
    await rig.close();
  });

  test("wait longer each time, up to the longest pause, spread over all of it", async () => {
    const pauses = async (random: () => number): Promise<number[]> => {
      const rig = new IngestRig({ random, settings: { retryMinMs: 100, retryMaxMs: 1_000 } });
      const times: number[] = [];
      rig.format.latencyMs = () => 0;
      rig.format.onWrite = () => void times.push(rig.clock.now());
      rig.format.fail = () => new FeatureStoreError("UNAVAILABLE", "later");
      await rig.start();
      rig.addRow(0, "a", "1");
      await rig.clock.advance(5_000);
      await rig.close();
      return times.slice(1).map((time, index) => time - (times[index] as number));
    };
    expect((await pauses(() => 1)).slice(0, 6)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect((await pauses(() => 0.5)).slice(0, 6)).toEqual([50, 100, 200, 400, 500, 500]);
    expect((await pauses(() => 0)).slice(0, 3)).toEqual([1, 1, 1]);
  });

  test("let no later row of their key pass, but those of other keys", async () => {
    const rig = new IngestRig({
      settings: { lanesPerConnection: 1, retryMinMs: 1_000, retryMaxMs: 1_000 },
    });
    let isDown = true;
    rig.format.fail = ({ key }) =>
      key === "a" && isDown ? new FeatureStoreError("UNAVAILABLE", "later") : undefined;
    await rig.start();
    rig.add(0, { rows: ["a", "b"].map((key) => ({ key, value: "1" })) });
    await rig.clock.advance(100);
    rig.add(0, { rows: ["a", "b"].map((key) => ({ key, value: "2" })) });
    await rig.clock.advance(100);
    expect(rig.stored()).toEqual({ "table/b": "2" });
    isDown = false;
    await rig.clock.advance(1_000);
    expect(rig.stored()).toEqual({ "table/a": "2", "table/b": "2" });
    // The one that waited longer was overtaken in its batch.
    expect(batchesOf(rig).at(-1)).toEqual(["a=2"]);
    await rig.close();
  });

  test("are not overtaken by later ones of their key, which may have the same write time", async () => {
    const rig = new IngestRig({
      settings: { lanesPerConnection: 1, retryMinMs: 1_000, retryMaxMs: 1_000 },
    });
    let isDown = true;
    rig.format.fail = ({ value }) =>
      value === "1" && isDown ? new FeatureStoreError("UNAVAILABLE", "later") : undefined;
    const headers = [header("write-time", "1234")];
    await rig.start();
    const stored = { key: "b", value: "0" };
    rig.add(0, { rows: [{ key: "a", value: "1" }, stored] }, { headers });
    await rig.clock.advance(100);
    rig.add(0, { rows: [{ key: "a", value: "2" }] }, { headers });
    await rig.clock.advance(100);
    expect(rig.stored()).toEqual({ "table/b": "0" });
    isDown = false;
    await rig.clock.advance(6_000);
    expect(rig.stored()).toEqual({ "table/a": "2", "table/b": "0" });
    expect(rig.committed()).toBe(2);
    await rig.close();
  });

  test("let the lane rest when the store takes nothing at all", async () => {
    const rig = new IngestRig({
      settings: { lanesPerConnection: 1, retryMinMs: 1_000, retryMaxMs: 1_000 },
    });
    rig.format.fail = () => new FeatureStoreError("UNAVAILABLE", "away");
    await rig.start();
    for (let index = 0; index < 50; index++) {
      rig.addRow(0, `k${index}`, "1");
      await rig.clock.advance(100);
    }
    expect(rig.format.store.batches.length).toBeLessThan(7);
    await rig.close();
  });
});
