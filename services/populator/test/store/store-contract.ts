import type { SqlEngine } from "@ofs/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RejectTally } from "../../src/rejects/reject-tally.ts";
import { NO_PROGRESS, type RunSpec, type ShardFile } from "../../src/runs/model.ts";
import { RunStore, type VersionPlan } from "../../src/store/run-store.ts";
import { FencedError, ShardStore, type Step } from "../../src/store/shard-store.ts";
import type { PopulatorTables } from "../../src/store/tables.ts";

const FILE: ShardFile = {
  path: "f",
  sizeBytes: 1,
  rowCount: 10,
  partitionValues: [["day", null]],
  deletionVector: undefined,
  fromRow: 0,
  toRow: undefined,
};

function spec(tableName: string): RunSpec {
  return {
    tableName,
    path: "/t",
    format: "delta",
    source: { mode: "changes", startVersion: 0, endVersion: 1 },
    target: { dialect: "block", entityLabel: "e", groups: undefined },
    tenantName: "x",
    topicName: "x",
    runId: "x",
    columns: undefined,
    filter: [],
    maxRejects: 0,
    follow: { kind: "none" },
    deletes: "report",
  };
}

function planOf(version: number, count = 2): VersionPlan {
  return {
    version,
    schema: [],
    writeTimeMs: version + 1,
    fileCount: count,
    shards: Array.from({ length: count }, () => FILE),
    deleteFileCount: 1,
  };
}

function step(nextRow: number, more: Partial<Step> = {}): Step {
  const progress = { ...NO_PROGRESS, sentCount: 5, sentBytes: 50 };
  return { nextRow, progress, rejects: new RejectTally(), isDone: false, ...more };
}

function refusing(cause: string, count: number): RejectTally {
  const tally = new RejectTally();
  for (let row = 0; row < count; row++)
    tally.add({ cause, reason: `${cause} of ${row}` }, "f", row);
  return tally;
}

/** What runs and shards hold, whatever the database. */
export function testStore(open: () => Promise<SqlEngine<PopulatorTables>>): void {
  let engine: SqlEngine<PopulatorTables>;
  let nowMs = Date.now();
  let runs: RunStore;
  let shards: ShardStore;

  beforeAll(async () => {
    engine = await open();
    runs = new RunStore(engine, () => nowMs);
    shards = new ShardStore(engine, () => nowMs);
  });

  afterAll(() => engine.close());

  describe("runs", () => {
    it("are replaced by name, and names differ by case", async () => {
      const [first, other] = [await runs.put(spec("same")), await runs.put(spec("SAME"))];
      const second = await runs.put(spec("same"));
      expect(second.generation).toBeGreaterThan(first.generation);
      expect(await runs.get("same")).toEqual(second);
      expect((await runs.list()).map(({ spec: { tableName } }) => tableName).sort()).toEqual([
        "SAME",
        "same",
      ]);
      expect(await runs.change(first, ["PENDING"], { state: "PAUSED" })).toBe(false);
      await runs.remove(other);
      await runs.remove(second);
      expect(await runs.get("same")).toBeUndefined();
      expect((await runs.put(spec("same"))).generation).toBeGreaterThanOrEqual(first.generation);
    });

    it("are counted by state", async () => {
      const before = await runs.countByState();
      expect([...before.keys()]).toHaveLength(6);
      const run = await runs.put(spec("counted"));
      const count = (counts: ReadonlyMap<string, number>, state: string) => counts.get(state) ?? 0;
      const pending = await runs.countByState();
      expect(count(pending, "PENDING")).toBe(count(before, "PENDING") + 1);
      await runs.change(run, ["PENDING"], { state: "PAUSED" });
      const paused = await runs.countByState();
      expect(count(paused, "PAUSED")).toBe(count(before, "PAUSED") + 1);
      await runs.remove(run);
      expect(await runs.countByState()).toEqual(before);
    });

    it("let one of many begin a version, and take a new name once", async () => {
      const put = await Promise.all(Array.from({ length: 4 }, () => runs.put(spec("race"))));
      const run = await runs.require("race");
      expect(put.map(({ generation }) => generation)).toContain(run.generation);
      const begun = await Promise.all(Array.from({ length: 4 }, () => runs.begin(run, planOf(0))));
      expect(begun.filter((isBegun) => isBegun)).toHaveLength(1);
      const stands = await runs.require("race");
      expect(stands).toMatchObject({ state: "RUNNING", plannedVersion: 0, deleteFileCount: 1 });
      expect(await runs.versionStatus(stands)).toEqual({
        openCount: 2,
        failedCount: 0,
        error: undefined,
      });
      await runs.remove(stands);
    });
  });

  describe("shards", () => {
    it("belong to who took them last, and count what that one says", async () => {
      const run = await runs.put(spec("fences"));
      await runs.begin(run, planOf(0));
      const [shard] = await shards.candidates(1_000);
      if (shard === undefined) throw new Error("there is no shard");
      expect(shard.file).toEqual(FILE);
      const former = await shards.acquire(shard, "a");
      expect(await shards.acquire(shard, "b")).toBeUndefined();
      expect(await shards.candidates(1_000)).toHaveLength(1);
      const silent = async () => {
        nowMs += 2_000;
        return (await shards.candidates(1_000)).find(({ number }) => number === shard.number);
      };
      const old = await silent();
      if (old === undefined || former === undefined) throw new Error("nobody has the shard");
      await shards.advance(former, step(5, { samples: ['{"first":1}'] }));
      expect(await shards.acquire(old, "b")).toBeUndefined();
      const stale = await silent();
      const owner = stale && (await shards.acquire(stale, "b"));
      if (owner === undefined) throw new Error("the shard cannot be taken over");
      expect(owner).toMatchObject({ nextRow: 5, isUncertain: true });
      await expect(shards.advance(former, step(10))).rejects.toThrow(FencedError);
      await shards.release(former);
      await shards.fail(former, "late", () => undefined);
      expect(await shards.assignments()).toMatchObject({ b: { fences: 1 } });
      const rejects = refusing("value a", 3);
      const counts = { skippedCount: 1, deletedCount: 2, repeatedCount: 4, sentBytes: 70 };
      const progress = { sentCount: 7, rejectedCount: 3, ...counts };
      expect(await shards.advance(owner, step(10, { rejects, progress }))).toEqual({
        state: "RUNNING",
        rejectedCount: 3,
      });
      const more = step(20, { rejects: refusing("value a", 20), isDone: true });
      await shards.advance(owner, { ...more, samples: ['{"later":1}'] });
      expect((await runs.require("fences")).samples).toEqual(['{"first":1}']);
      expect((await runs.require("fences")).progress).toEqual({
        sentCount: 17,
        rejectedCount: 3,
        skippedCount: 1,
        deletedCount: 2,
        repeatedCount: 4,
        sentBytes: 170,
      });
      const [reject] = await shards.rejects("fences", run.generation);
      expect(reject).toMatchObject({ cause: "value a", rowCount: 23 });
      expect(reject?.samples).toHaveLength(10);
      await runs.remove(await runs.require("fences"));
      await expect(shards.advance(owner, step(30))).rejects.toThrow(FencedError);
    });

    it("tell their next owner whether a batch may have been sent that is not noted", async () => {
      const run = await runs.put(spec("left"));
      await runs.begin(run, planOf(0, 1));
      const take = async () => {
        const [shard] = await shards.candidates(0);
        const owner = shard && (await shards.acquire(shard, "a"));
        if (owner === undefined) throw new Error("there is no shard");
        return owner;
      };
      const first = await take();
      expect(first.isUncertain).toBe(false);
      await shards.release(first);
      const second = await take();
      expect(second.isUncertain).toBe(false);
      await shards.release(second, true);
      const third = await take();
      expect(third.isUncertain).toBe(true);
      await shards.release(third);
      const fourth = await take();
      expect(fourth.isUncertain).toBe(false);
      await shards.fail(fourth, "broken", () => 0);
      expect((await take()).isUncertain).toBe(true);
      await runs.remove(await runs.require("left"));
    });

    it("are tried again after a pause, fail in the end, and are revived with their run", async () => {
      const run = await runs.put(spec("failing"));
      await runs.begin(run, planOf(0, 1));
      const take = async () => {
        const [shard] = await shards.candidates(0);
        return shard && shards.acquire(shard, "a");
      };
      const first = await take();
      if (first === undefined) throw new Error("there is no shard");
      await shards.fail(first, "no broker", (count) => (count < 2 ? 1_000 : undefined));
      expect(await take()).toBeUndefined();
      nowMs += 1_000;
      const second = await take();
      if (second === undefined) throw new Error("the shard is not tried again");
      await shards.fail(second, "no broker", (count) => (count < 2 ? 1_000 : undefined));
      const stands = await runs.require("failing");
      expect(await runs.versionStatus(stands)).toEqual({
        openCount: 0,
        failedCount: 1,
        error: "no broker",
      });
      await runs.change(stands, ["RUNNING"], { state: "FAILED", error: "x".repeat(10_000) });
      expect((await runs.unreported()).map(({ spec: { tableName } }) => tableName)).toEqual([
        "failing",
      ]);
      expect(await runs.revive(stands)).toBe(true);
      expect(await runs.revive(stands)).toBe(false);
      expect(await take()).toMatchObject({ fence: 3, tryCount: 0 });
      await runs.remove(stands);
    });
  });
}
