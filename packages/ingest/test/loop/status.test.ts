import { FeatureStoreError } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { IngestRig } from "../support/ingest-rig.ts";

describe("the status", () => {
  test("says of each partition where it stands", async () => {
    const rig = new IngestRig({ fetchRecords: 1 });
    rig.format.registry = new Set();
    await rig.start(2);
    const first = rig.addRow(0, "a", "1");
    await rig.clock.advance(5_500);
    const waiting = rig.add(0, { needs: "user", rows: [] });
    rig.addRow(0, "b", "1");
    await rig.clock.advance(1_000);
    const { partitions } = rig.ingestor.status();
    expect(partitions[0]).toMatchObject({
      topic: "events",
      partition: 0,
      position: 3,
      committed: 1,
      endOffset: 3,
      lag: 2,
      paused: undefined,
      halted: undefined,
      waitingRecords: 1,
      inFlightRecords: 2,
      oldestOpenMs: waiting.timestampMs,
    });
    expect(partitions[0]?.lastCommitMs).toBeGreaterThan(first.timestampMs as number);
    expect(partitions[1]).toMatchObject({
      position: undefined,
      committed: undefined,
      lag: undefined,
    });
    await rig.close();
  });

  test("is that of the source first of all", async () => {
    const rig = new IngestRig();
    expect(rig.ingestor.status()).toMatchObject({ state: "idle", isHealthy: false });
    await rig.start();
    rig.source.state = { state: "failed", reason: "no brokers" };
    expect(rig.ingestor.status()).toMatchObject({
      isHealthy: false,
      reasons: ["source is failed: no brokers"],
      source: { state: "failed", reason: "no brokers" },
    });
    rig.source.state = { state: "joining" };
    expect(rig.ingestor.status().reasons).toEqual(["source is joining"]);
    rig.source.state = { state: "reading" };
    expect(rig.ingestor.status().isHealthy).toBe(true);
    await rig.close();
  });

  test("tells of a stall: a partition that does not move, whatever the others do", async () => {
    const rig = new IngestRig({ settings: { stallMs: 60_000 } });
    let isHanging = false;
    rig.format.latencyMs = ([first]) => (isHanging && first?.key === "hangs" ? 100_000 : 1);
    await rig.start(2);
    const addBoth = (value: string): void => {
      rig.addRow(0, "hangs", value);
      rig.addRow(0, "works", value);
      rig.addRow(1, "works", value);
    };
    for (let index = 0; index < 10; index++) {
      addBoth(`${index}`);
      await rig.clock.advance(30_000);
    }
    expect(rig.ingestor.status().isHealthy).toBe(true);
    isHanging = true;
    addBoth("hangs");
    await rig.clock.advance(30_000);
    addBoth("goes on");
    await rig.clock.advance(29_000);
    expect(rig.ingestor.status().isHealthy).toBe(true);
    await rig.clock.advance(3_000);
    expect(rig.ingestor.status().reasons).toEqual([
      "events/0 stalls: offset 20 is not finished for 62 s",
    ]);
    isHanging = false;
    await rig.clock.advance(40_000);
    expect(rig.ingestor.status().reasons).toEqual([]);
    await rig.close();
  });

  test("tells of a store that takes nothing as of a stall", async () => {
    const rig = new IngestRig();
    rig.format.fail = () => new FeatureStoreError("UNAVAILABLE", "away");
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(70_000);
    expect(rig.ingestor.status().reasons[0]).toContain("stalls");
    await rig.close();
  });

  test("does not take a wait for the registry for a stall", async () => {
    const rig = new IngestRig({ settings: { stallMs: 10_000, registryWaitMs: 100_000 } });
    rig.format.registry = new Set();
    await rig.start();
    rig.add(0, { needs: "user", rows: [] });
    rig.addRow(0, "a", "1");
    await rig.clock.advance(60_000);
    expect(rig.ingestor.status().isHealthy).toBe(true);
    await rig.close();
  });

  test("names a few halted partitions and counts the others", async () => {
    const rig = new IngestRig();
    await rig.start(8);
    for (let partition = 0; partition < 8; partition++) {
      rig.add(partition, { isForeign: true, rows: [] });
    }
    await rig.clock.advance(100);
    const { reasons } = rig.ingestor.status();
    expect(reasons).toHaveLength(6);
    expect(reasons[0]).toBe("events/0 is halted at offset 0: no connection to store 9");
    expect(reasons[5]).toBe("3 more partitions are halted");
    await rig.close();
  });
});

describe("metrics", () => {
  test("count what comes and what becomes of it", async () => {
    const rig = new IngestRig({ settings: { lanesPerConnection: 1 } });
    let failures = 1;
    rig.format.fail = ({ key }) =>
      key === "b" && failures-- > 0 ? new FeatureStoreError("ABORTED", "later") : undefined;
    await rig.start(2);
    const { value } = rig.add(0, { rows: ["a", "b"].map((key) => ({ key, value: "1" })) });
    rig.add(1, { isPoison: true, rows: [] });
    await rig.clock.advance(6_000);
    expect(await rig.metric("ofs_ingest_records_total", { topic: "events" })).toBe(2);
    expect(await rig.metric("ofs_ingest_record_bytes_total")).toBeGreaterThan(value?.length ?? 0);
    expect(
      await rig.metric("ofs_ingest_rows_total", { connection: "main", outcome: "stored" }),
    ).toBe(2);
    expect(await rig.metric("ofs_ingest_row_retries_total", { code: "ABORTED" })).toBe(1);
    expect(await rig.metric("ofs_ingest_dead_letters_total", { topic: "events" })).toBe(1);
    expect(await rig.metric("ofs_ingest_commits_total", { outcome: "ok" })).toBe(1);
    expect(await rig.metric("ofs_ingest_rebalances_total", { change: "assigned" })).toBe(2);
    const text = await rig.registry.metrics();
    expect(text).toContain('ofs_ingest_delay_seconds_count{topic="events"} 1');
    expect(text).toContain('ofs_ingest_batch_rows_count{connection="main"} 2');
    expect(text).toContain('ofs_ingest_write_seconds_count{connection="main"} 2');
    await rig.close();
  });

  test("show what is in hand, of the partitions that are assigned", async () => {
    const rig = new IngestRig();
    rig.format.registry = new Set();
    await rig.start(2);
    rig.add(0, { needs: "user", rows: [] });
    rig.add(1, { isForeign: true, rows: [] });
    await rig.clock.advance(2_000);
    expect(await rig.metric("ofs_ingest_in_flight_records")).toBe(2);
    expect(await rig.metric("ofs_ingest_in_flight_bytes")).toBeGreaterThan(10);
    expect(await rig.metric("ofs_ingest_waiting_records")).toBe(1);
    expect(await rig.metric("ofs_ingest_halted_partitions")).toBe(1);
    expect(await rig.metric("ofs_ingest_paused_partitions")).toBe(1);
    expect(await rig.metric("ofs_ingest_lag_records", { partition: "1" })).toBe(1);
    rig.source.lose({ topic: "events", partition: 1 });
    expect(await rig.metric("ofs_ingest_halted_partitions")).toBe(0);
    expect(await rig.registry.metrics()).not.toContain('partition="1"');
    await rig.close();
    expect(await rig.metric("ofs_ingest_in_flight_records")).toBe(0);
  });
});
