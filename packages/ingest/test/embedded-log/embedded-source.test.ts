import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedLog, SourceRecord, TopicPartition } from "@ofs/ingest";
import { waitUntil } from "@ofs/testkit";
import { expect, onTestFinished, test } from "vitest";
import { Reader, type ReaderHooks } from "../sources/reader.ts";
import { numbered } from "../sources/source-records.ts";
import { newRecord, openLog, testFolder, texts } from "./log-fixtures.ts";
import { segmentFiles } from "./partition-fixtures.ts";

const TOPIC = "topic";

type Options = Partial<Parameters<EmbeddedLog["source"]>[0]>;

async function joinGroup(
  log: EmbeddedLog,
  options: Options = {},
  hooks: ReaderHooks = {},
): Promise<Reader> {
  const source = log.source({ groupId: "group", topics: [TOPIC], ...options });
  const reader = new Reader(source, hooks);
  onTestFinished(() => {
    expect(reader.violations).toEqual([]);
  });
  await reader.start();
  return reader;
}

test("a paused partition brings nothing, not even what was being fetched", async () => {
  const { log } = await openLog();
  await log.createTopic(TOPIC, { partitionCount: 1 });
  await log.append(numbered(TOPIC, 0, 0, 500));
  const partition: TopicPartition = { topic: TOPIC, partition: 0 };
  const reader = new PausingReader(log.source({ groupId: "g", topics: [TOPIC], fetchBytes: 50 }));
  await reader.start();
  while (reader.received.length < 500) {
    await waitUntil(() => reader.isPaused, { what: "a fetch", intervalMs: 0 });
    const { length } = reader.received;
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    expect(reader.received).toHaveLength(length);
    reader.isPaused = false;
    reader.source.resume([partition]);
  }
  expect(reader.values).toEqual(numbered(TOPIC, 0, 0, 500).map(({ value }) => String(value)));
});

/** Pauses a partition whenever it is given records of it. */
class PausingReader extends Reader {
  isPaused = false;

  override records(from: TopicPartition, records: readonly SourceRecord[], end: number): void {
    super.records(from, records, end);
    this.isPaused = true;
    this.source.pause([from]);
  }
}

test("partitions are read in turn, each fetch within its bytes", async () => {
  const { log } = await openLog();
  await log.createTopic(TOPIC, { partitionCount: 3 });
  await log.append([0, 1, 2].flatMap((partition) => numbered(TOPIC, partition, 0, 200)));
  const turns: number[] = [];
  const sizes: number[] = [];
  class Recording extends Reader {
    override records(from: TopicPartition, records: readonly SourceRecord[], end: number): void {
      super.records(from, records, end);
      turns.push(from.partition);
      sizes.push(records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0));
    }
  }
  const source = log.source({ groupId: "g", topics: [TOPIC], fetchBytes: 100 });
  const reader = new Recording(source);
  await reader.start();
  await reader.has(600);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
  for (let turn = 0; turn + 3 <= turns.length; turn += 3) {
    expect(turns.slice(turn, turn + 3).sort()).toEqual([0, 1, 2]);
  }
});

test("a group that begins at the end misses nothing, whoever reads", async () => {
  const { log } = await openLog({ partitionCount: 1 });
  await log.append([newRecord(TOPIC, "before")]);
  const first = await joinGroup(log, { start: "latest" });
  await first.owns(1);
  await first.source.close();
  await log.append([newRecord(TOPIC, "between")]);
  const second = await joinGroup(log, { start: "latest" });
  await second.has(1);
  expect(second.values).toEqual(["between"]);
});

test("a member that does not finish in time is fenced, gets nothing meanwhile, and its share goes on", async () => {
  const { log, lines } = await openLog({ partitionCount: 2, rebalanceTimeoutMs: 30 });
  await log.append([newRecord(TOPIC, "a", 0), newRecord(TOPIC, "b", 1)]);
  let finish = (): void => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const slow = await joinGroup(log, {}, { onRevoked: () => finished });
  await slow.has(2);
  const other = await joinGroup(log);
  await other.owns(1);
  const [taken] = other.owned.values();
  const { topic, partition } = taken as TopicPartition;
  await expect(
    slow.source.commit([{ topic, partition, offset: 1, metadata: "" }]),
  ).rejects.toMatchObject({ code: "FENCED" });
  await other.source.close();
  // What it holds stays its own, what it lost waits for it.
  expect(slow.owned.size).toBe(1);
  finish();
  await slow.owns(2);
  expect(lines.map(({ msg }) => msg)).toContain(
    "a member did not finish in time what it was to give up",
  );
});

test("a member that leaves while others wait for it gives everything at once", async () => {
  const { log } = await openLog({ partitionCount: 2 });
  const stuck = await joinGroup(log, {}, { onRevoked: () => new Promise(() => undefined) });
  await stuck.owns(2);
  const other = await joinGroup(log);
  await waitUntil(() => stuck.calls.some((call) => call.startsWith("revoked")), {
    what: "the rebalance",
  });
  expect(other.source.status()).toEqual({ state: "joining" });
  await stuck.source.close();
  await other.owns(2);
  expect(other.source.status()).toEqual({ state: "reading" });
});

test("a member that fails while it gives up partitions does not stop its group", async () => {
  const { log, lines } = await openLog({ partitionCount: 2 });
  const source = log.source({ groupId: "group", topics: [TOPIC] });
  let assignedCount = 0;
  await source.start({
    assigned: (partitions) => {
      assignedCount += partitions.length;
    },
    revoked: () => Promise.reject(new Error("cannot commit")),
    lost: () => undefined,
    records: () => undefined,
  });
  await waitUntil(() => assignedCount === 2, { what: "the first assignment" });
  const other = await joinGroup(log);
  await other.owns(1);
  expect(lines.map(({ msg }) => msg)).toContain("a reader could not finish what it gave up");
});

test("more members than partitions: the rest wait, reading nothing", async () => {
  const { log } = await openLog({ partitionCount: 1 });
  const members = [await joinGroup(log), await joinGroup(log), await joinGroup(log)];
  for (const member of members) await member.is("reading");
  expect(members.map(({ owned }) => owned.size).sort()).toEqual([0, 0, 1]);
});

test("damage fails its partition, with the place, and no other; nothing is skipped", async () => {
  const folder = testFolder();
  const { log: first } = await openLog({ partitionCount: 2 }, folder);
  for (const partition of [0, 1]) {
    for (let value = 0; value < 3; value++) {
      await first.append([newRecord(TOPIC, `${partition}:${value}`, partition)]);
    }
  }
  await first.close();
  const [path] = segmentFiles(join(folder, "topics", TOPIC, "0")) as [string];
  const bytes = readFileSync(path);
  bytes[16 + 43 + 41] = 0;
  writeFileSync(path, bytes);

  const { log, lines } = await openLog({}, folder);
  expect(log.status().damages).toHaveLength(1);
  const reader = await joinGroup(log);
  await reader.has(4);
  await reader.is("failed");
  expect(reader.source.status().reason).toContain("record 1 of topic/0 cannot be read");
  expect([...reader.values].sort()).toEqual(["0:0", "1:0", "1:1", "1:2"]);
  await log.append([newRecord(TOPIC, "1:3", 1)]);
  await reader.has(5);
  expect(lines.filter(({ msg }) => msg === "a partition cannot be read")).toHaveLength(1);

  // An operator's way past it: a commit behind the damage.
  await reader.source.commit([{ topic: TOPIC, partition: 0, offset: 2, metadata: "" }]);
  await reader.source.close();
  const next = await joinGroup(log);
  await next.has(1);
  await waitUntil(() => next.values.includes("0:2"), { what: "the record behind the damage" });
});

test("records removed before they were read are named", async () => {
  const { log, lines } = await openLog({ partitionCount: 1, segmentBytes: 4096 });
  await log.createTopic(TOPIC, { partitionCount: 1, retentionBytes: 8000 });
  const value = "v".repeat(1000);
  await log.append([newRecord(TOPIC, value)]);
  const reader = await joinGroup(log);
  await reader.has(1);
  await reader.source.commit([{ topic: TOPIC, partition: 0, offset: 1, metadata: "" }]);
  await reader.source.close();
  for (let record = 0; record < 20; record++) await log.append([newRecord(TOPIC, value)]);
  const removed = await log.applyRetention();
  expect(removed).toBeGreaterThan(5);
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: "records removed that a group had not read",
      group: "group",
      unread: removed - 1,
    }),
  );
  const next = await joinGroup(log);
  await next.has(21 - removed);
  expect(next.received[0]?.offset).toBe(removed);
  expect(lines).toContainEqual(
    expect.objectContaining({ fromOffset: 1, toOffset: removed, partition: "topic/0" }),
  );
});

test("a position beyond the end is not believed: the partition is read again", async () => {
  const { log, lines } = await openLog({ partitionCount: 1 });
  await log.append([newRecord(TOPIC, "a"), newRecord(TOPIC, "b")]);
  const reader = await joinGroup(log);
  await reader.has(2);
  await reader.source.commit([{ topic: TOPIC, partition: 0, offset: 50, metadata: "" }]);
  await reader.source.close();
  const source = log.source({ groupId: "group", topics: [TOPIC] });
  const received: SourceRecord[] = [];
  await source.start({
    assigned: () => undefined,
    revoked: () => Promise.resolve(),
    lost: () => undefined,
    records: (_from, records) => received.push(...records),
  });
  await waitUntil(() => received.length === 2, { what: "both records" });
  expect(texts(received)).toEqual(["a", "b"]);
  expect(lines).toContainEqual(expect.objectContaining({ committedOffset: 50, endOffset: 2 }));
});

test("a source is started once, and not after it is closed", async () => {
  const { log } = await openLog();
  const reader = await joinGroup(log);
  await expect(reader.start()).rejects.toThrow("started once");
  await reader.source.close();
  await expect(reader.start()).rejects.toThrow("started once");
});
