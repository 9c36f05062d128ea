import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyEmbeddedLog, EmbeddedLog } from "@ofs/ingest";
import { createLogger } from "@ofs/platform";
import { afterEach, beforeEach, expect, test } from "vitest";

const TOPIC = "features";
const GROUP = "consumers";
const SEGMENT_BYTES = 64 * 1024;
const VALUE_BYTES = 2_000;
const COPIES = 4;

const log = createLogger({ service: "test", level: "DISABLED" });
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ofs-copy-log-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open(name: string): Promise<EmbeddedLog> {
  return EmbeddedLog.open(join(folder, name), {
    log,
    partitionCount: 1,
    segmentBytes: SEGMENT_BYTES,
  });
}

function numbered(offset: number): Buffer {
  return Buffer.alloc(VALUE_BYTES, `${offset},`);
}

test("a copy that is made while the log is written has all that was acknowledged before", async () => {
  const source = await open("source");
  let next = 0;
  let isOver = false;
  const append = async (): Promise<void> => {
    const value = numbered(next);
    await source.append([{ topic: TOPIC, key: undefined, value, headers: [] }]);
    next += 1;
    const commit = { topic: TOPIC, partition: 0, offset: next, metadata: "" };
    await source.positions.put(GROUP, [commit], () => undefined);
  };
  await append();
  const writing = (async () => {
    while (!isOver) await append();
  })();
  for (let index = 0; index < COPIES; index += 1) {
    const acknowledged = next;
    expect(await copyEmbeddedLog(join(folder, "source"), join(folder, `copy${index}`))).toBe(true);
    const copy = await open(`copy${index}`);
    const [range] = (await copy.admin().offsets(TOPIC)) ?? [];
    const endOffset = range?.endOffset ?? 0;
    expect(endOffset).toBeGreaterThanOrEqual(acknowledged);
    const committed = copy.positions.get(GROUP, { topic: TOPIC, partition: 0 })?.offset ?? 0;
    expect(committed).toBeGreaterThanOrEqual(Math.min(acknowledged, 1));
    expect(committed).toBeLessThanOrEqual(endOffset);
    const records = await copy.admin().read(TOPIC, 0, 0, endOffset, endOffset * VALUE_BYTES * 2);
    expect(records).toHaveLength(endOffset);
    for (const { offset, value } of records)
      expect(numbered(offset).equals(value as Buffer)).toBe(true);
    expect(copy.status().damages).toEqual([]);
    await copy.close();
  }
  isOver = true;
  await writing;
  await source.close();
});

test("a folder without a log is no log", async () => {
  expect(await copyEmbeddedLog(join(folder, "nothing"), join(folder, "copy"))).toBe(false);
});
