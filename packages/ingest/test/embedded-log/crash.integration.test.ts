import { join } from "node:path";
import type { EmbeddedLog } from "@ofs/ingest";
import { ChildScript, seededRandom } from "@ofs/testkit";
import { expect, test } from "vitest";
import { newRecord, openLog, testFolder } from "./log-fixtures.ts";

/** Each starts a process and kills it. */
const { OFS_CRASH_ROUNDS = "50" } = process.env;
const ROUNDS = Number(OFS_CRASH_ROUNDS);
const SEED = 20_251_121;

/** From the moment that the log is open. */
const MAX_LIFE_MS = 120;

const TIMEOUT_MS = 30_000 + ROUNDS * 3000;

const TOPIC = "crash";

/** What children were told: records by `partition/offset`, and the newest commit of each partition. */
interface Acknowledged {
  readonly records: Map<string, string>;
  readonly commits: Map<number, number>;
}

function startChild(name: string, args: readonly string[], fileSizeKib?: number): ChildScript {
  const script = join(import.meta.dirname, `children/${name}.mjs`);
  return ChildScript.start({ script, args, fileSizeKib });
}

/** Lets the child work for so long, kills it, and takes all that it told. */
async function runAndKill(child: ChildScript, lifeMs: number, told: Acknowledged): Promise<void> {
  child.tell("begin");
  let timer: NodeJS.Timeout | undefined;
  for (let line = await child.line(); line !== undefined; line = await child.line()) {
    const [kind, partition, offset, id] = line.split(" ");
    if (kind === "open") timer = setTimeout(() => child.kill(), lifeMs);
    // The last line may be cut off by the kill: an offset only counts with what stands behind it.
    if (kind === "append" && id !== undefined && /^\d+(\.\d+){3}$/.test(id)) {
      told.records.set(`${partition}/${offset}`, id);
    }
    if (kind === "commit" && offset !== undefined) {
      told.commits.set(Number(partition), Number(offset));
    }
  }
  clearTimeout(timer);
  expect(await child.end()).toEqual({ code: null, errors: "" });
}

/** Reads what came since the last look. @returns ids by `partition/offset` */
async function readNew(log: EmbeddedLog, from: Map<number, number>): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const admin = log.admin();
  for (const { partition, endOffset } of (await admin.offsets(TOPIC)) ?? []) {
    let next = from.get(partition) ?? 0;
    while (next < endOffset) {
      const records = await admin.read(TOPIC, partition, next, 1000, 1_000_000);
      for (const { offset, key, value, headers } of records) {
        expect(offset).toBe(next++);
        const id = String(key);
        // Whole, and of one piece.
        expect(String(value).split(" ")[0]).toBe(id);
        expect(String(headers[0]?.[1])).toBe(id);
        found.set(`${partition}/${offset}`, id);
      }
    }
    from.set(partition, next);
  }
  return found;
}

/** The last line of a commit may be cut off by the kill, which makes it smaller, and never larger. */
async function checkCommits(log: EmbeddedLog, told: Acknowledged): Promise<void> {
  const admin = log.admin();
  const ends = (await admin.offsets(TOPIC)) ?? [];
  const committed = await admin.committed("readers", TOPIC);
  for (const [partition, offset] of told.commits) {
    expect(committed.get(partition)?.offset).toBeGreaterThanOrEqual(offset);
  }
  for (const [partition, { offset, metadata }] of committed) {
    expect(offset).toBeLessThanOrEqual(ends[partition]?.endOffset ?? 0);
    expect(metadata).toBe(`read to ${offset}`);
  }
}

test(
  `after a kill at any moment, everything acknowledged is there, once, without gaps (${ROUNDS} rounds)`,
  async () => {
    const folder = testFolder();
    const random = seededRandom(SEED);
    const told: Acknowledged = { records: new Map(), commits: new Map() };
    const found = new Map<string, string>();
    const readTo = new Map<number, number>();
    let cutCount = 0;
    let child = startChild("crash-appender", [folder, "0"]);
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        expect(await child.line()).toBe("loaded");
        await runAndKill(child, random.integer(0, MAX_LIFE_MS), told);
        // The next one loads its code while this one's work is looked at.
        child = startChild("crash-appender", [folder, String(round)]);
        // Every other time the next one finds what a kill left, and not what was opened and closed here.
        if (round % 2 === 1 && round < ROUNDS) continue;
        const { log, lines } = await openLog({}, folder);
        expect(log.status().damages).toEqual([]);
        for (const [place, id] of await readNew(log, readTo)) found.set(place, id);
        await checkCommits(log, told);
        cutCount += lines.filter(({ msg }) => msg.includes("is cut off")).length;
        await log.close();
      }
    } finally {
      child.kill();
      await child.end();
    }
    const lost = [...told.records].filter(([place, id]) => found.get(place) !== id);
    expect(lost).toEqual([]);
    const ids = [...found.values()];
    expect(new Set(ids).size).toBe(ids.length);
    expect(told.records.size).toBeGreaterThan(ROUNDS);
    expect(told.commits.size).toBeGreaterThan(0);
    process.stdout.write(
      `crash: ${ROUNDS} kills, ${told.records.size} acknowledged, ${ids.length} found, ${cutCount} torn ends\n`,
    );
  },
  TIMEOUT_MS,
);

test("a file that cannot grow refuses records, keeps what it has, and takes more when it can", async () => {
  const folder = testFolder();
  const child = startChild("disk-filler", [folder], 400);
  const report = JSON.parse((await child.line()) ?? "{}") as Record<string, unknown>;
  expect(await child.end()).toEqual({ code: 0, errors: "" });
  const { acknowledgedCount, readCount, failures, state } = report;
  expect(failures).toEqual(["SinkError UNAVAILABLE"]);
  expect(state).toBe("refusing");
  expect(acknowledgedCount).toBeGreaterThan(100);
  expect(readCount).toBe(acknowledgedCount);

  const { log } = await openLog({}, folder);
  const [position] = await log.append([newRecord("t", "more")]);
  expect(position?.offset).toBe(acknowledgedCount);
});
