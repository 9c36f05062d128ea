import { type SeededRandom, seededRandom } from "@ofs/testkit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { QueueBudget } from "../../src/embedded-log/append-queue.ts";
import { PartitionLog, type PartitionSurroundings } from "../../src/embedded-log/partition-log.ts";
import { SegmentPool } from "../../src/embedded-log/segment-pool.ts";
import { testFolder } from "./log-fixtures.ts";
import { EventLog, logRecord, readAll } from "./partition-fixtures.ts";
import { PowerLossDisk, PowerLossError } from "./power-loss-disk.ts";

const { OFS_PROPERTY_RUNS = "12" } = process.env;
/** A run takes 0.1 to 0.2 s. */
const MAX_RUNS = 300;

/** Starts of one run, each ended by a loss of power. */
const STARTS = 6;
const MAX_OPERATIONS = 60;
const MAX_VALUE_BYTES = 1400;

/** What is known for certain of a partition. */
class Model {
  /** Acknowledged values, by offset. */
  readonly acknowledged = new Map<number, string>();
  /** Values that were tried. */
  readonly tried = new Set<string>();
  startOffset = 0;
  endOffset = 0;
  #count = 0;

  newValues(random: SeededRandom): string[] {
    const values = Array.from({ length: random.integer(1, 4) }, () =>
      `${this.#count++} `.padEnd(random.integer(0, MAX_VALUE_BYTES), "abc"),
    );
    for (const value of values) this.tried.add(value);
    return values;
  }

  acknowledge(firstOffset: number, values: readonly string[]): void {
    for (const [index, value] of values.entries()) {
      const offset = firstOffset + index;
      expect(this.acknowledged.has(offset)).toBe(false);
      this.acknowledged.set(offset, value);
      this.endOffset = Math.max(this.endOffset, offset + 1);
    }
  }

  /** All that was acknowledged is there; what else is there was tried, and stays from now on. */
  async check(log: PartitionLog): Promise<void> {
    expect(log.startOffset).toBeLessThanOrEqual(this.startOffset);
    expect(log.endOffset).toBeGreaterThanOrEqual(this.endOffset);
    const records = await readAll(log, log.startOffset, 4000);
    expect(records.map(({ offset }) => offset)).toEqual(
      Array.from({ length: log.endOffset - log.startOffset }, (_, index) => {
        return log.startOffset + index;
      }),
    );
    for (const { offset, value } of records) {
      const text = String(value);
      const known = this.acknowledged.get(offset);
      if (known !== undefined) expect(text).toBe(known);
      else {
        expect(this.tried.has(text)).toBe(true);
        this.acknowledged.set(offset, text);
      }
    }
    this.endOffset = log.endOffset;
  }
}

async function useUntilPowerLoss(
  log: PartitionLog,
  model: Model,
  random: SeededRandom,
): Promise<void> {
  for (let isLost = false; !isLost; ) {
    const choice = random.next();
    const work: Promise<void>[] = [];
    if (choice < 0.8) {
      for (let caller = random.integer(1, 3); caller > 0; caller--) {
        const values = model.newValues(random);
        const append = log.append(values.map((value) => logRecord(value)));
        work.push(append.then((first) => model.acknowledge(first, values)));
      }
    } else if (choice < 0.9) work.push(log.roll());
    else {
      work.push(
        log
          .dropOldest((_segment, endOffset) => endOffset < model.endOffset - 10)
          .then(() => undefined),
      );
    }
    const results = await Promise.allSettled(work);
    model.startOffset = Math.max(model.startOffset, log.startOffset);
    for (const result of results) {
      if (result.status === "fulfilled") continue;
      if (!isPowerLoss(result.reason)) throw result.reason;
      isLost = true;
    }
  }
}

function isPowerLoss(error: unknown): boolean {
  return error instanceof PowerLossError || (error instanceof Error && isPowerLoss(error.cause));
}

test("whatever a loss of power leaves of what was not synced, nothing acknowledged is lost, changed or taken for damage", async () => {
  await fc.assert(
    fc.asyncProperty(fc.noShrink(fc.nat()), async (seed) => {
      const random = seededRandom(seed);
      const folder = testFolder();
      const model = new Model();
      for (let start = 0; start < STARTS; start++) {
        const disk = new PowerLossDisk(random, random.integer(1, MAX_OPERATIONS));
        const events = new EventLog();
        const pool = new SegmentPool(disk);
        const surroundings: PartitionSurroundings = {
          disk,
          pool,
          events,
          budget: new QueueBudget(),
          now: () => 0,
          segmentBytes: 4096,
        };
        let log: PartitionLog | undefined;
        try {
          const open = start === 0 ? createSafely : PartitionLog.open;
          log = await open(folder, "topic/0", surroundings);
          await model.check(log);
          await useUntilPowerLoss(log, model, random);
        } catch (error) {
          if (!isPowerLoss(error)) throw error;
        }
        expect(events.damages).toEqual([]);
        await log?.close();
        await pool.close();
        disk.losePower();
      }
    }),
    { numRuns: Math.min(Number(OFS_PROPERTY_RUNS), MAX_RUNS) },
  );
});

/** Whether a partition was ever complete is its topic's to know: this one is, before the power can go. */
async function createSafely(
  folder: string,
  name: string,
  surroundings: PartitionSurroundings,
): Promise<PartitionLog> {
  const disk = new PowerLossDisk(seededRandom(0), Number.POSITIVE_INFINITY);
  const created = await PartitionLog.create(folder, name, { ...surroundings, disk });
  await created.close();
  return PartitionLog.open(folder, name, surroundings);
}
