import { statSync } from "node:fs";
import { SinkError } from "@ofs/ingest";
import { expect, test } from "vitest";
import { QueueBudget } from "../../src/embedded-log/append-queue.ts";
import { SegmentPool } from "../../src/embedded-log/segment-pool.ts";
import { FaultyDisk } from "./faulty-disk.ts";
import { texts } from "./log-fixtures.ts";
import {
  createPartition,
  logRecord,
  readAll,
  reopenPartition,
  segmentFiles,
} from "./partition-fixtures.ts";

const KIB = 1024;
const ONE = { maxRecords: 1, maxBytes: 1000 };

function values(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => String(from + index));
}

test("appends that wait share one sync, and keep their order", async () => {
  const { log, disk } = await createPartition();
  const before = disk.counts.sync;
  let open = (): void => undefined;
  disk.gate = new Promise((resolve) => {
    open = resolve;
  });
  const first = log.append([logRecord("0")]);
  await Promise.resolve();
  await new Promise(setImmediate);
  const others = values(1, 65).map((value) => log.append([logRecord(value)]));
  expect(log.endOffset).toBe(0);
  expect(await log.read(0, ONE)).toEqual([]);
  open();
  expect(await first).toBe(0);
  expect(await Promise.all(others)).toEqual(values(1, 65).map(Number));
  expect(disk.counts.sync - before).toBe(2);
  expect(texts(await readAll(log))).toEqual(values(0, 65));
});

test("records go on in a new file when one is full, and are read across files", async () => {
  const { log, folder } = await createPartition({ segmentBytes: KIB });
  for (let value = 0; value < 100; value += 4) {
    await log.append(values(value, value + 4).map((each) => logRecord(each)));
  }
  expect(segmentFiles(folder).length).toBeGreaterThan(4);
  expect(segmentFiles(folder)).toHaveLength(log.segmentCount);
  expect(texts(await readAll(log))).toEqual(values(0, 100));
  for (const from of [0, 1, 37, 38, 98, 99]) {
    expect(texts(await readAll(log, from, 1))).toEqual(values(from, 100));
  }
  expect(await log.read(100, ONE)).toEqual([]);
  expect(await log.read(1000, ONE)).toEqual([]);
  const sizes = segmentFiles(folder).map((path) => statSync(path).size);
  expect(log.sizeBytes).toBe(sizes.reduce((sum, size) => sum + size, 0));
  await log.close();

  const again = await reopenPartition(folder, { segmentBytes: KIB });
  expect(again.log.endOffset).toBe(100);
  expect(texts(await readAll(again.log, 13))).toEqual(values(13, 100));
});

test("any record of a large file is found by the index, without reading what is far before it", async () => {
  const { log, folder } = await createPartition();
  const content = Buffer.alloc(8 * KIB, 7);
  const count = 400;
  for (let record = 0; record < count; record += 50) {
    await log.append(Array.from({ length: 50 }, () => logRecord(content)));
  }
  for (const partition of [{ log }, await closeAndReopen()]) {
    for (const offset of [399, 0, 123, 250, 8, 7]) {
      const [record] = await partition.log.read(offset, ONE);
      expect(record?.offset).toBe(offset);
    }
  }
  async function closeAndReopen(): Promise<Awaited<ReturnType<typeof reopenPartition>>> {
    await log.roll();
    await log.close();
    const reopened = await reopenPartition(folder);
    const before = reopened.disk.counts.read;
    await reopened.log.read(380, ONE);
    // Header, end of the footer, footer, and at most 64 KiB and a record of data, in two reads.
    expect(reopened.disk.counts.read - before).toBeLessThanOrEqual(5);
    return reopened;
  }
});

test("opening reads the last file, however many there are", async () => {
  const { log, folder } = await createPartition({ segmentBytes: 4 * KIB });
  const content = Buffer.alloc(KIB);
  for (let record = 0; record < 300; record++) await log.append([logRecord(content)]);
  expect(log.segmentCount).toBeGreaterThan(90);
  await log.close();
  const again = await reopenPartition(folder, { segmentBytes: 4 * KIB });
  expect(again.log.endOffset).toBe(300);
  expect(again.disk.counts.open).toBe(1);
  // Header twice, and the content in one piece.
  expect(again.disk.counts.read).toBeLessThanOrEqual(3);
});

test("one record comes whatever its size, more only within the bounds", async () => {
  const { log } = await createPartition();
  const large = Buffer.alloc(300 * KIB, 1);
  await log.append([logRecord("a"), logRecord(large), logRecord("b"), logRecord("c")]);
  const bounds = { maxRecords: 10, maxBytes: 2 };
  expect((await log.read(0, bounds)).map(({ offset }) => offset)).toEqual([0]);
  expect((await log.read(1, bounds)).map(({ value }) => value?.length)).toEqual([large.length]);
  expect((await log.read(2, bounds)).map(({ offset }) => offset)).toEqual([2, 3]);
  expect((await log.read(2, { maxRecords: 1, maxBytes: 100 })).length).toBe(1);
});

test("a full disk refuses appends, keeps what is there, and takes records when there is room", async () => {
  const { log, disk, folder, events } = await createPartition();
  await log.append([logRecord("kept")]);
  const [path] = segmentFiles(folder) as [string];
  const size = statSync(path).size;
  disk.failing.set("write", "ENOSPC");
  disk.partialBytes = 17;
  const refused = log.append([logRecord("refused")]);
  await expect(refused).rejects.toThrow(SinkError);
  await expect(refused).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(events.refusals).toEqual(["ENOSPC: write"]);
  // What did get written is given back at once.
  expect(statSync(path).size).toBe(size);
  expect(texts(await readAll(log))).toEqual(["kept"]);
  disk.failing.clear();
  expect(await log.append([logRecord("later")])).toBe(1);
  expect(texts(await readAll(log))).toEqual(["kept", "later"]);
  await log.close();
  const again = await reopenPartition(folder);
  expect(texts(await readAll(again.log))).toEqual(["kept", "later"]);
  expect(again.events.cuts).toEqual([]);
});

test("records whose sync failed are never read, nor left for later", async () => {
  const { log, disk, folder } = await createPartition();
  await log.append([logRecord("kept")]);
  disk.failing.set("sync", "EIO");
  disk.failing.set("truncate", "EIO");
  await expect(log.append([logRecord("lost"), logRecord("lost")])).rejects.toThrow(SinkError);
  expect(texts(await readAll(log))).toEqual(["kept"]);
  disk.failing.delete("sync");
  // Nothing is written behind bytes that count for nothing.
  await expect(log.append([logRecord("x")])).rejects.toThrow("EIO: truncate");
  disk.failing.clear();
  expect(await log.append([logRecord("n")])).toBe(1);
  await log.close();
  const again = await reopenPartition(folder);
  expect(texts(await readAll(again.log))).toEqual(["kept", "n"]);
});

test.each(["write", "open"] as const)(
  "a new file that cannot be made (%s) refuses appends, and the old one goes on after it",
  async (operation) => {
    const { log, disk, folder } = await createPartition({ segmentBytes: 200 });
    for (const value of values(0, 3)) await log.append([logRecord(value)]);
    disk.failing.set(operation, "ENOSPC");
    await expect(log.append([logRecord("refused".repeat(10))])).rejects.toThrow("ENOSPC");
    await expect(log.roll()).rejects.toThrow("ENOSPC");
    disk.failing.clear();
    expect(await log.append([logRecord("3")])).toBe(3);
    expect(texts(await readAll(log))).toEqual(values(0, 4));
    await log.close();
    const again = await reopenPartition(folder);
    expect(texts(await readAll(again.log))).toEqual(values(0, 4));
    expect(again.events.damages).toEqual([]);
  },
);

test("bytes that wait to be written are bounded", async () => {
  const { log, disk } = await createPartition({ budget: new QueueBudget(1000) });
  let open = (): void => undefined;
  disk.gate = new Promise((resolve) => {
    open = resolve;
  });
  const large = log.append([logRecord(Buffer.alloc(5000))]);
  await expect(log.append([logRecord("more")])).rejects.toMatchObject({ code: "UNAVAILABLE" });
  open();
  expect(await large).toBe(0);
  expect(await log.append([logRecord("more")])).toBe(1);
});

test("the oldest files are removed while they are read and added to", async () => {
  const { log, folder } = await createPartition({ segmentBytes: KIB });
  const bound = 6 * KIB;
  let next = 0;
  let isDone = false;
  const read: string[] = [];
  const reading = async (): Promise<void> => {
    while (!isDone || next < log.endOffset) {
      const found = await log.read(next, { maxRecords: 7, maxBytes: 300 });
      const last = found.at(-1);
      if (last === undefined) await new Promise(setImmediate);
      else {
        read.push(...texts(found));
        next = last.offset + 1;
      }
    }
  };
  const reader = reading();
  for (let value = 0; value < 400; value++) {
    await log.append([logRecord(String(value))]);
    if (value % 20 === 0) await log.dropOldest((_segment, _end, sizeBytes) => sizeBytes > bound);
  }
  isDone = true;
  await reader;
  expect(log.startOffset).toBeGreaterThan(200);
  expect(log.sizeBytes).toBeLessThan(bound + 2 * KIB);
  expect(segmentFiles(folder)).toHaveLength(log.segmentCount);
  // Whatever came is in order and as it was written.
  expect(read.map(Number)).toEqual([...read].map(Number).sort((left, right) => left - right));
  expect(read.at(-1)).toBe("399");
  expect((await log.read(0, ONE)).map(({ offset }) => offset)).toEqual([log.startOffset]);
});

test("a read whose file is removed before it is opened goes on behind it", async () => {
  const { log, disk } = await createPartition({ segmentBytes: 200 });
  for (const value of values(0, 20)) await log.append([logRecord(value)]);
  disk.beforeOpen = async () => {
    disk.beforeOpen = undefined;
    await log.dropOldest((_segment, endOffset) => endOffset <= 10);
  };
  const [record] = await log.read(0, ONE);
  expect(log.startOffset).toBeGreaterThan(0);
  expect(record?.offset).toBe(log.startOffset);
});

test("few files are open at a time, however many are read", async () => {
  const disk = new FaultyDisk();
  const pool = new SegmentPool(disk, 3);
  const { log } = await createPartition({ segmentBytes: 200, pool });
  for (const value of values(0, 60)) await log.append([logRecord(value)]);
  expect(log.segmentCount).toBeGreaterThan(10);
  const reads = values(0, 60).map((value) => log.read(Number(value), ONE));
  expect(texts((await Promise.all(reads)).flat())).toEqual(values(0, 60));
  expect(pool.openCount).toBeLessThanOrEqual(3);
});

test("a closed partition refuses appends", async () => {
  const { log } = await createPartition();
  const last = log.append([logRecord("0")]);
  await log.close();
  expect(await last).toBe(0);
  await expect(log.append([logRecord("1")])).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
