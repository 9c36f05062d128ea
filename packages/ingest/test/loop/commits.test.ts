import { SourceError } from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { IngestRig, partitionOf } from "../support/ingest-rig.ts";

describe("commits", () => {
  test("come at intervals, and say below which offset all is finished", async () => {
    const rig = new IngestRig({ settings: { commitIntervalMs: 5_000 } });
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(4_000);
    expect(rig.source.commitCount).toBe(0);
    await rig.clock.advance(1_500);
    expect(rig.committed()).toBe(1);
    for (let index = 0; index < 50; index++) {
      rig.addRow(0, "a", `${index}`);
      await rig.clock.advance(200);
    }
    expect(rig.source.commitCount).toBe(3);
    await rig.close();
  });

  test("come after work where so configured, but not more often than the limit", async () => {
    const rig = new IngestRig({ settings: { commitsAfterWork: true, minCommitIntervalMs: 100 } });
    await rig.start();
    await rig.clock.advance(1_000);
    rig.addRow(0, "a", "1");
    await rig.clock.advance(10);
    expect(rig.committed()).toBe(1);
    for (let index = 0; index < 100; index++) {
      rig.addRow(0, "a", `${index}`);
      await rig.clock.advance(10);
    }
    expect(rig.source.commitCount).toBeGreaterThan(5);
    expect(rig.source.commitCount).toBeLessThanOrEqual(12);
    await rig.clock.advance(200);
    expect(rig.committed()).toBe(101);
    await rig.close();
  });

  test("stay below the first record that is not finished, however many later ones are", async () => {
    const rig = new IngestRig();
    let isDown = true;
    rig.format.fail = ({ key }) =>
      key === "stuck" && isDown ? new FeatureStoreError("UNAVAILABLE", "no") : undefined;
    await rig.start();
    rig.addRow(0, "a", "1");
    rig.addRow(0, "stuck", "1");
    for (let index = 0; index < 500; index++) rig.addRow(0, `k${index}`, "1");
    await rig.clock.advance(20_000);
    expect(rig.committed()).toBe(1);
    expect(Object.keys(rig.stored())).toHaveLength(501);
    isDown = false;
    await rig.clock.advance(20_000);
    expect(rig.committed()).toBe(502);
    await rig.close();
  });

  test("are one past the last finished record where offsets have gaps", async () => {
    const rig = new IngestRig();
    for (const offset of [3, 10, 17]) {
      const value = JSON.stringify({ rows: [{ key: "a", value: `${offset}` }] });
      rig.group.add(partitionOf(0), { offset, value, timestampMs: rig.clock.now() });
    }
    await rig.start();
    await rig.clock.advance(6_000);
    expect(rig.committed()).toBe(18);
    expect(rig.stored()).toEqual({ "table/a": "17" });
    await rig.close();
  });

  test("that fail are repeated, and reading goes on", async () => {
    const rig = new IngestRig();
    let isAway = true;
    rig.source.failCommit = () =>
      isAway ? new SourceError("UNAVAILABLE", "no coordinator") : undefined;
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(70_000);
    rig.addRow(0, "b", "1");
    await rig.clock.advance(10_000);
    expect(rig.stored()).toEqual({ "table/a": "1", "table/b": "1" });
    expect(rig.ingestor.status().reasons).toEqual(["commits fail for 75 s: no coordinator"]);
    isAway = false;
    await rig.clock.advance(6_000);
    expect(rig.committed()).toBe(2);
    expect(rig.ingestor.status().isHealthy).toBe(true);
    const failed = await rig.metric("ofs_ingest_commits_total", { outcome: "unavailable" });
    expect(failed).toBeGreaterThanOrEqual(15);
    expect(failed).toBeLessThanOrEqual(16);
    await rig.close();
  });

  test("are not made for what has been committed already", async () => {
    const rig = new IngestRig();
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(60_000);
    expect(rig.source.commitCount).toBe(1);
    await rig.close();
  });

  test("that are fenced end the partition here, and only that", async () => {
    const rig = new IngestRig();
    await rig.start(3);
    for (const partition of [0, 1, 2]) rig.addRow(partition, `k${partition}`, "1");
    await rig.clock.advance(1_000);
    rig.group.setOwner(partitionOf(1), undefined);
    await rig.clock.advance(5_000);
    expect(rig.ingestor.status().partitions.map(({ partition }) => partition)).toEqual([0, 2]);
    expect([0, 1, 2].map((partition) => rig.committed(partition))).toEqual([1, undefined, 1]);
    expect(rig.ingestor.status().isHealthy).toBe(true);
    // The source should have told of it long since.
    await rig.clock.advance(70_000);
    expect(rig.ingestor.status().reasons).toEqual([
      expect.stringMatching(/^events\/1 is fenced for 7\d s and not assigned anew$/),
    ]);
    rig.source.assign(partitionOf(1));
    await rig.clock.advance(6_000);
    expect(rig.committed(1)).toBe(1);
    expect(rig.ingestor.status().isHealthy).toBe(true);
    await rig.close();
  });

  test("are not made for a partition that was lost while they waited for their turn", async () => {
    const rig = new IngestRig();
    rig.source.commitLatencyMs = 500;
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(5_100);
    expect(rig.source.commitCount).toBe(1);
    rig.addRow(0, "a", "2");
    await rig.clock.advance(50);
    void rig.source.revoke(partitionOf(0));
    rig.source.lose(partitionOf(0));
    await rig.clock.advance(5_000);
    expect(rig.source.commitCount).toBe(1);
    await rig.close();
  });

  test("that are fenced after the partition was lost are no trouble", async () => {
    const rig = new IngestRig();
    rig.source.commitLatencyMs = 500;
    await rig.start();
    rig.addRow(0, "a", "1");
    await rig.clock.advance(5_100);
    rig.source.lose(partitionOf(0));
    await rig.clock.advance(100_000);
    expect(await rig.metric("ofs_ingest_commits_total", { outcome: "fenced" })).toBe(1);
    expect(rig.ingestor.status().reasons).toEqual([]);
    await rig.close();
  });

  test("are under way one at a time", async () => {
    const rig = new IngestRig({ settings: { commitsAfterWork: true, minCommitIntervalMs: 1 } });
    let most = 0;
    let underWay = 0;
    rig.source.commitLatencyMs = 500;
    const commit = rig.source.commit.bind(rig.source);
    rig.source.commit = async (commits) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await commit(commits).finally(() => {
        underWay -= 1;
      });
    };
    await rig.start();
    for (let index = 0; index < 50; index++) {
      rig.addRow(0, "a", `${index}`);
      await rig.clock.advance(50);
    }
    const revoked = rig.source.revoke(partitionOf(0));
    await rig.clock.advance(2_000);
    await revoked;
    expect(most).toBe(1);
    expect(rig.committed()).toBe(50);
    await rig.close();
  });
});
