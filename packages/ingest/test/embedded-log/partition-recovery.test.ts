import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { LogDamageError } from "@ofs/ingest";
import { expect, test } from "vitest";
import { frameSizeAt, SEGMENT_HEADER_BYTES } from "../../src/embedded-log/frame.ts";
import { PartitionLog } from "../../src/embedded-log/partition-log.ts";
import { testFolder, texts } from "./log-fixtures.ts";
import {
  createPartition,
  logRecord,
  readAll,
  reopenPartition,
  segmentFiles,
  type TestPartition,
  testSurroundings,
} from "./partition-fixtures.ts";

/** Of each batch; the last one is what a crash may tear. */
const BATCHES = [["a", "bb", "ccc"], ["d".repeat(30)], ["e", "", "ggg", "hh"]] as const;
const ALL = BATCHES.flat();
const LAST_BATCH_AT = ALL.length - (BATCHES.at(-1)?.length ?? 0);

/** A partition with three batches in one segment, as a killed process leaves it. */
async function writeBatches(): Promise<{ bytes: Buffer; name: string; starts: number[] }> {
  const { log, folder } = await createPartition();
  for (const batch of BATCHES) await log.append(batch.map((value) => logRecord(value)));
  const [path] = segmentFiles(folder) as [string];
  const bytes = readFileSync(path);
  const starts: number[] = [];
  for (let at = SEGMENT_HEADER_BYTES; at < bytes.length; at += frameSizeAt(bytes, at) ?? 1) {
    starts.push(at);
  }
  return { bytes, name: basename(path), starts };
}

/** Opens a partition whose only segment has these bytes, and says what is in it. */
async function openBytes(
  bytes: Buffer,
  name: string,
  folder: string,
): Promise<{ opened: TestPartition | undefined; values: string[]; failure: unknown }> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
  const surroundings = testSurroundings();
  let log: PartitionLog;
  try {
    log = await PartitionLog.open(folder, "topic/0", surroundings);
  } catch (failure) {
    return { opened: undefined, values: [], failure };
  }
  const values: string[] = [];
  let failure: unknown;
  try {
    while (values.length < log.endOffset) {
      values.push(...texts(await log.read(values.length, { maxRecords: 100, maxBytes: 1000 })));
    }
  } catch (error) {
    failure = error;
  }
  await log.append([logRecord("after")]);
  expect(texts(await readAll(log, log.endOffset - 1))).toEqual(["after"]);
  await log.close();
  return { opened: { ...surroundings, log, folder }, values, failure };
}

test("a file cut at any byte gives the records that are whole, and takes new ones", async () => {
  const { bytes, name, starts } = await writeBatches();
  const ends = [...starts.slice(1), bytes.length];
  const folder = testFolder();
  for (let length = 0; length <= bytes.length; length++) {
    const wholeCount = ends.filter((end) => end <= length).length;
    const { opened, values, failure } = await openBytes(
      bytes.subarray(0, length),
      name,
      join(folder, String(length)),
    );
    expect(failure).toBeUndefined();
    expect(values).toEqual(ALL.slice(0, wholeCount));
    const wholeEnd = wholeCount === 0 ? SEGMENT_HEADER_BYTES : ends[wholeCount - 1];
    const torn = length - (wholeEnd as number);
    expect(opened?.events.cuts).toEqual(torn > 0 ? [torn] : []);
    expect(opened?.events.damages).toEqual([]);
    expect(opened?.log.endOffset).toBe(wholeCount + 1);
  }
});

test("a file with any byte flipped never gives a wrong record, and tells what was acknowledged from what may not have been", async () => {
  const { bytes, name, starts } = await writeBatches();
  const folder = testFolder();
  for (let at = 0; at < bytes.length; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
    const { opened, values, failure } = await openBytes(flipped, name, join(folder, String(at)));
    if (at < SEGMENT_HEADER_BYTES) {
      // Without its header nothing in the file can be checked, not even where it ends.
      expect(failure).toBeInstanceOf(LogDamageError);
      continue;
    }
    const hit = starts.filter((start) => start <= at).length - 1;
    expect(values).toEqual(ALL.slice(0, hit));
    if (hit < LAST_BATCH_AT) {
      expect(failure).toBeInstanceOf(LogDamageError);
      expect((failure as LogDamageError).place).toMatchObject({
        partition: "topic/0",
        offset: hit,
        position: starts[hit],
      });
      expect(opened?.events.damages.map(({ place }) => place.offset)).toEqual([hit]);
      expect(opened?.log.endOffset).toBe(ALL.length + 1);
    } else {
      expect(failure).toBeUndefined();
      expect(opened?.events.cuts).toEqual([bytes.length - (starts[hit] as number)]);
      expect(opened?.log.endOffset).toBe(hit + 1);
    }
  }
});

test("a batch whose last part reached the disk before its first is cut off whole", async () => {
  const { bytes, name, starts } = await writeBatches();
  const torn = Buffer.from(bytes);
  torn.fill(0, starts[LAST_BATCH_AT], starts[LAST_BATCH_AT + 1]);
  const { opened, values, failure } = await openBytes(torn, name, testFolder());
  expect(failure).toBeUndefined();
  expect(values).toEqual(ALL.slice(0, LAST_BATCH_AT));
  expect(opened?.events.damages).toEqual([]);
});

test("records behind damage can be read, and those in it only fail", async () => {
  const { bytes, name, starts } = await writeBatches();
  const folder = testFolder();
  bytes[(starts[1] as number) + 40] = 0xff;
  writeFileSync(join(folder, name), bytes);
  const { log, events } = await reopenPartition(folder);
  expect(events.damages).toHaveLength(1);
  expect(texts(await log.read(0, { maxRecords: 9, maxBytes: 1000 }))).toEqual(["a"]);
  await expect(log.read(1, { maxRecords: 9, maxBytes: 1000 })).rejects.toThrow(
    "record 1 of topic/0 cannot be read",
  );
  await expect(log.read(1, { maxRecords: 9, maxBytes: 1000 })).rejects.toThrow(LogDamageError);
  expect(texts(await readAll(log, 2))).toEqual(ALL.slice(2));
});

test("a value that looks like records of the segment does not pass for some", async () => {
  const { log, folder } = await createPartition();
  const { bytes: other } = await writeBatches();
  await log.append([logRecord("first")]);
  await log.append([logRecord(other), logRecord(other.subarray(SEGMENT_HEADER_BYTES))]);
  const [path] = segmentFiles(folder) as [string];
  const bytes = readFileSync(path);
  const { opened, values } = await openBytes(
    bytes.subarray(0, bytes.length - 1),
    basename(path),
    testFolder(),
  );
  expect(values[0]).toBe("first");
  expect(values).toHaveLength(2);
  expect(opened?.events.damages).toEqual([]);
});

test("the last batch counts as acknowledged where the log was closed after it", async () => {
  const { bytes, name, starts } = await writeBatches();
  const folder = testFolder();
  const last = ALL.length - 1;
  bytes[(starts[last] as number) + 20] = 0xee;
  writeFileSync(join(folder, name), bytes);
  const { log, events } = await reopenPartition(folder, {}, ALL.length);
  expect(events.damages.map(({ place }) => place.offset)).toEqual([last]);
  expect(log.endOffset).toBe(ALL.length);
  expect(await log.append([logRecord("after")])).toBe(ALL.length);
  expect(texts(await log.read(0, { maxRecords: 9, maxBytes: 1000 }))).toEqual(ALL.slice(0, last));
  await expect(log.read(last, { maxRecords: 9, maxBytes: 1000 })).rejects.toThrow(LogDamageError);
  expect(texts(await readAll(log, last + 1))).toEqual(["after"]);
  await log.close();

  const again = await reopenPartition(folder, {}, ALL.length + 1);
  await expect(again.log.read(last, { maxRecords: 9, maxBytes: 1000 })).rejects.toThrow(
    LogDamageError,
  );
  expect(texts(await readAll(again.log, last + 1))).toEqual(["after"]);
});

test("a full segment that lost its end, or its footer, gives what it has and fails behind it", async () => {
  const { log, folder } = await createPartition({ segmentBytes: 200 });
  for (let value = 0; value < 12; value++) await log.append([logRecord(String(value))]);
  await log.close();
  const [first, second] = segmentFiles(folder) as [string, string];
  const bytes = readFileSync(first);
  const secondBase = Number(basename(second, ".log"));
  const starts: number[] = [];
  for (let at = SEGMENT_HEADER_BYTES; at < bytes.length; at += frameSizeAt(bytes, at) ?? 1) {
    starts.push(at);
  }
  const footerAt = starts.at(-1) as number;
  const lastRecordAt = starts.at(-2) as number;
  for (const length of [bytes.length - 1, footerAt, lastRecordAt + 5, lastRecordAt]) {
    const copy = testFolder();
    for (const file of segmentFiles(folder)) copyFileSync(file, join(copy, basename(file)));
    writeFileSync(join(copy, basename(first)), bytes.subarray(0, length));
    const reopened = await reopenPartition(copy, { segmentBytes: 200 });
    const expected = length < footerAt ? secondBase - 1 : secondBase;
    const found = await reopened.log.read(0, { maxRecords: 100, maxBytes: 1000 });
    expect(found).toHaveLength(expected);
    if (expected < secondBase) {
      await expect(reopened.log.read(expected, { maxRecords: 1, maxBytes: 1000 })).rejects.toThrow(
        LogDamageError,
      );
    }
    expect(await readAll(reopened.log, secondBase)).toHaveLength(12 - secondBase);
  }
});

test("a file that a start left without its header is made anew", async () => {
  const { log, folder } = await createPartition({ segmentBytes: 200 });
  for (let value = 0; value < 5; value++) await log.append([logRecord(String(value))]);
  await log.roll();
  await log.close();
  writeFileSync(segmentFiles(folder).at(-1) as string, "OFS");
  const { log: again } = await reopenPartition(folder);
  expect(await again.append([logRecord("5")])).toBe(5);
  expect(texts(await readAll(again))).toEqual(["0", "1", "2", "3", "4", "5"]);
});

test("a segment that was full, without one behind it, is followed by a new one", async () => {
  const { log, folder, disk } = await createPartition();
  await log.append([logRecord("0")]);
  await log.roll();
  await log.close();
  const [, empty] = segmentFiles(folder) as [string, string];
  await disk.remove(empty);
  const { log: again } = await reopenPartition(folder);
  expect(again.endOffset).toBe(1);
  expect(await again.append([logRecord("1")])).toBe(1);
  expect(texts(await readAll(again))).toEqual(["0", "1"]);
});

test("a partition without files is damaged, not empty", async () => {
  const folder = testFolder();
  await expect(PartitionLog.open(folder, "topic/0", testSurroundings())).rejects.toThrow(
    "its files are gone",
  );
});
