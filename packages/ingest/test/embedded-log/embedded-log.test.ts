import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { EmbeddedLog, type EmbeddedLogOptions, type NewRecord, SinkError } from "@ofs/ingest";
import { expect, test } from "vitest";
import { MAX_BATCH_BYTES } from "../../src/embedded-log/limits.ts";
import { partitionOfKey } from "../../src/embedded-log/partitioner.ts";
import { FaultyDisk } from "./faulty-disk.ts";
import { memoryLogger, newRecord, openLog, testFolder, texts } from "./log-fixtures.ts";

const DAY_MS = 86_400_000;

function keyed(topic: string, key: string | undefined, value = "v"): NewRecord {
  const bytes = key === undefined ? undefined : Buffer.from(key);
  return { topic, key: bytes, value: Buffer.from(value), headers: [] };
}

test("records with a key go where Kafka puts them, those without in turn", async () => {
  const { log } = await openLog({ partitionCount: 5 });
  const keys = Array.from({ length: 40 }, (_, index) => `key-${index}`);
  const positions = await log.append(keys.map((key) => keyed("t", key)));
  expect(positions.map(({ partition }) => partition)).toEqual(
    keys.map((key) => partitionOfKey(Buffer.from(key), 5)),
  );
  const unkeyed = await log.append(Array.from({ length: 10 }, () => keyed("t", undefined)));
  const counts = [0, 1, 2, 3, 4].map(
    (partition) => unkeyed.filter((position) => position.partition === partition).length,
  );
  expect(counts).toEqual([2, 2, 2, 2, 2]);
});

test("a call's records get their positions, whichever partition and batch they went to", async () => {
  const { log } = await openLog({ partitionCount: 3 });
  const large = Buffer.alloc(MAX_BATCH_BYTES / 3);
  const records = Array.from({ length: 12 }, (_, index) => {
    return { ...newRecord("t", large, index % 2), headers: [["n", Buffer.from([index])]] as const };
  });
  const positions = await log.append(records);
  for (const [index, { topic, partition, offset }] of positions.entries()) {
    expect({ topic, partition }).toEqual({ topic: "t", partition: index % 2 });
    const [record] = await log.admin().read(topic, partition, offset, 1, 1);
    expect(record?.headers[0]?.[1][0]).toBe(index);
  }
  expect(await log.append([])).toEqual([]);
});

test.each<[string, NewRecord, string]>([
  ["no name", newRecord("", "x"), "topic"],
  ["a path", newRecord("../x", "x"), 'topic "../x"'],
  ["two dots", newRecord("..", "x"), 'topic ".."'],
  ["a partition too high", newRecord("t", "x", 4), "partition is 4"],
  ["a time before 1970", { ...newRecord("t", "x"), timestampMs: -1 }, "timestampMs is -1"],
])("a record with %s is refused with all that came with it", async (_name, bad, message) => {
  const { log } = await openLog();
  const refused = log.sink().produce([newRecord("t", "good"), bad]);
  await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(refused).rejects.toThrow(message);
  const offsets = (await log.admin().offsets("t")) ?? [];
  expect(offsets.every(({ endOffset }) => endOffset === 0)).toBe(true);
});

test("a record above its topic's limit never fits", async () => {
  const { log } = await openLog();
  await log.createTopic("small", { maxRecordBytes: 100 });
  const sink = log.sink();
  await sink.produce([newRecord("small", "x".repeat(100))]);
  const refused = sink.produce([newRecord("small", "x".repeat(101))]);
  await expect(refused).rejects.toThrow(SinkError);
  await expect(refused).rejects.toMatchObject({ code: "TOO_LARGE" });
  const headers = Array.from({ length: 70_000 }, () => ["h", Buffer.alloc(0)] as const);
  await expect(sink.produce([{ ...newRecord("t", ""), headers }])).rejects.toMatchObject({
    code: "TOO_LARGE",
  });
  await expect(
    sink.produce([{ ...newRecord("t", ""), headers: [["n".repeat(70_000), Buffer.alloc(0)]] }]),
  ).rejects.toMatchObject({ code: "TOO_LARGE" });
});

test("a topic of dead letters has as many partitions as the one that they come from", async () => {
  const { log, folder } = await openLog();
  await log.createTopic("events", { partitionCount: 7 });
  await log.sink().produce([newRecord("events.dlq", "letter", 6)]);
  expect(await log.admin().topics()).toEqual([
    { name: "events", partitionCount: 7 },
    { name: "events.dlq", partitionCount: 7 },
  ]);
  const settings = readFileSync(join(folder, "topics", "events.dlq", "topic.json"), "utf8");
  expect(JSON.parse(settings)).toMatchObject({ retentionMs: 14 * DAY_MS });
});

test("topics keep their settings, and are made once", async () => {
  const folder = testFolder();
  const { log } = await openLog({}, folder);
  const both = await Promise.all([
    log.createTopic("t", { partitionCount: 2, maxRecordBytes: 50 }),
    log.createTopic("t", { partitionCount: 3 }),
  ]);
  expect(both).toEqual([true, false]);
  expect(await log.createTopic("t")).toBe(false);
  await log.close();
  const { log: again } = await openLog({}, folder);
  expect(await again.admin().topics()).toEqual([{ name: "t", partitionCount: 2 }]);
  await expect(again.append([newRecord("t", "x".repeat(51))])).rejects.toThrow("50 at most");
});

test("a topic whose settings are gone is not made anew over its records", async () => {
  const { log, folder } = await openLog();
  await log.append([newRecord("t", "kept")]);
  await log.close();
  const settings = join(folder, "topics", "t", "topic.json");
  const text = readFileSync(settings, "utf8");
  rmSync(settings);
  const { log: again } = await openLog({}, folder);
  await expect(again.append([newRecord("t", "x")])).rejects.toThrow(
    "its topic's settings are gone",
  );
  await again.close();
  writeFileSync(settings, text);
  const { log: last } = await openLog({}, folder);
  expect(texts(await last.admin().read("t", 0, 0, 10, 1000))).toEqual(["kept"]);
});

test.each([
  [{ partitionCount: 0 }, "partitionCount is 0"],
  [{ partitionCount: 65 }, "partitionCount is 65"],
  [{ retentionMs: 0.5 }, "retentionMs is 0.5"],
  [{ retentionBytes: -1 }, "retentionBytes is -1"],
  [{ maxRecordBytes: 2 ** 30 }, "maxRecordBytes is 1073741824"],
])("a topic with %o cannot be", async (settings, message) => {
  const { log } = await openLog();
  const refused = log.createTopic("t", settings);
  await expect(refused).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await expect(refused).rejects.toThrow(message);
});

test("partitions are limited, all together", async () => {
  const { log } = await openLog({ disk: new FaultyDisk() });
  for (let topic = 0; topic < 8; topic++)
    await log.createTopic(`t${topic}`, { partitionCount: 64 });
  await expect(log.createTopic("more", { partitionCount: 1 })).rejects.toThrow(
    "the log has 512 partitions, 512 at most",
  );
});

test.each<[Partial<EmbeddedLogOptions>, string]>([
  [{ partitionCount: 0 }, "partitionCount is 0"],
  [{ segmentBytes: 5 }, "segmentBytes is 5"],
  [{ rebalanceTimeoutMs: -1 }, "rebalanceTimeoutMs is -1"],
])("a log with %o cannot be", async (options, message) => {
  const { log: logger } = memoryLogger();
  await expect(EmbeddedLog.open(testFolder(), { log: logger, ...options })).rejects.toThrow(
    message,
  );
});

test("a folder is one log's at a time", async () => {
  const { log, folder } = await openLog();
  const second = EmbeddedLog.open(folder, { log: memoryLogger().log });
  await expect(second).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  await expect(second).rejects.toThrow(`process ${process.pid} has it open`);
  await log.close();
  await openLog({}, folder);
});

test.each(['{"pid":999999999,"startedAt":"1"}', '{"pid":1,"startedAt":"7"}', "not a lock", ""])(
  "a lock that names no living process (%j) is cleared away",
  async (text) => {
    const folder = testFolder();
    writeFileSync(join(folder, "writer.lock"), text);
    await openLog({}, folder);
  },
);

test.each(["null", "[]", "7", '{"format": "1"}'])(
  "a marker that is none (%s) is refused",
  async (text) => {
    const folder = testFolder();
    writeFileSync(join(folder, "log.json"), text);
    const opening = EmbeddedLog.open(folder, { log: memoryLogger().log });
    await expect(opening).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
  },
);

test("a folder of another version is left alone", async () => {
  const folder = testFolder();
  writeFileSync(join(folder, "log.json"), '{"format": 2}');
  await expect(EmbeddedLog.open(folder, { log: memoryLogger().log })).rejects.toThrow(
    "format is 2",
  );
  // And is free for its own version.
  writeFileSync(join(folder, "log.json"), '{"format": 1}');
  mkdirSync(join(folder, "commits"));
  await expect(EmbeddedLog.open(folder, { log: memoryLogger().log })).rejects.toThrow(
    "its files are gone",
  );
});

test("old records go, with their files, and where nothing comes any more too", async () => {
  let nowMs = Date.now();
  const { log } = await openLog({ now: () => nowMs, segmentBytes: 4096 });
  await log.createTopic("t", { partitionCount: 1, retentionMs: DAY_MS });
  const value = Buffer.alloc(1000);
  for (let record = 0; record < 10; record++) await log.append([newRecord("t", value)]);
  expect(await log.applyRetention()).toBe(0);
  nowMs += DAY_MS - 1;
  await log.append([newRecord("t", "newer")]);
  nowMs += 2;
  expect(await log.applyRetention()).toBe(9);
  const [offsets] = (await log.admin().offsets("t")) ?? [];
  expect(offsets).toEqual({ partition: 0, startOffset: 9, endOffset: 11 });
  nowMs += DAY_MS;
  expect(await log.applyRetention()).toBe(2);
  expect(await log.append([newRecord("t", "next")])).toEqual([
    { topic: "t", partition: 0, offset: 11 },
  ]);
});

test("a full disk is told by the status, until it takes records again", async () => {
  const disk = new FaultyDisk();
  const { log, lines } = await openLog({ disk, partitionCount: 1 });
  const sink = log.sink();
  await sink.produce([newRecord("t", "kept")]);
  disk.failing.set("write", "ENOSPC");
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(sink.produce([newRecord("t", "x")])).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  }
  await expect(sink.produce([newRecord("new", "x")])).rejects.toMatchObject({
    name: "SinkError",
    code: "UNAVAILABLE",
  });
  expect(log.status()).toMatchObject({ state: "refusing" });
  expect([...log.status().refusals]).toEqual([["t/0", "ENOSPC: write"]]);
  disk.failing.clear();
  await sink.produce([newRecord("t", "again"), newRecord("new", "x")]);
  expect(log.status()).toMatchObject({ state: "writable" });
  expect(texts(await log.admin().read("t", 0, 0, 10, 1000))).toEqual(["kept", "again"]);
  const told = lines.filter(({ partition }) => partition === "t/0").map(({ msg }) => msg);
  expect(told).toEqual([
    "the embedded log cannot take records",
    "the embedded log takes records again",
  ]);
});

test("the admin reads across files within its bounds, and knows what is not there", async () => {
  const { log } = await openLog({ segmentBytes: 4096, partitionCount: 1 });
  for (let value = 0; value < 20; value++) await log.append([newRecord("t", "v".repeat(500))]);
  const admin = log.admin();
  expect(await admin.read("t", 0, 3, 12, 1e6)).toHaveLength(12);
  expect(await admin.read("t", 0, 0, 1000, 5000)).toHaveLength(10);
  expect(await admin.read("t", 0, 5, 1000, 1)).toHaveLength(1);
  expect(await admin.read("t", 0, 20, 10, 1000)).toEqual([]);
  await expect(admin.read("t", 1, 0, 1, 1)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(admin.read("none", 0, 0, 1, 1)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await admin.offsets("none")).toBeUndefined();
  expect((await admin.committed("g", "none")).size).toBe(0);
  await admin.close();
});

test("what is closed refuses, and closing waits for what is under way", async () => {
  const { log } = await openLog();
  const sink = log.sink();
  const other = log.sink();
  const last = sink.produce([newRecord("t", "last")]);
  await sink.close();
  await last;
  await expect(sink.produce([newRecord("t", "x")])).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const pending = other.produce([newRecord("t", "pending")]);
  const source = log.source({ groupId: "g", topics: ["t"] });
  await Promise.all([log.close(), log.close(), pending]);
  expect(source.status()).toEqual({ state: "closed" });
  await expect(other.produce([newRecord("t", "x")])).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(log.status().state).toBe("closed");
});

test.each([
  [{ groupId: "", topics: ["t"] }, "groupId has 0"],
  [{ groupId: "g", topics: ["t"], fetchBytes: 0 }, "fetchBytes is 0"],
])("a source with %o cannot be", async (options, message) => {
  const { log } = await openLog();
  expect(() => log.source(options)).toThrow(message);
});
