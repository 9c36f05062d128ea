import type { NewRecord } from "@ofs/ingest";
import { type SeededRandom, seededRandom } from "@ofs/testkit";
import { numbers } from "../pipeline/messages.ts";

/** Records of one partition that carry one time: of these the later ones are newer. */
const RECORDS_OF_ONE_TIME = 3;
/** Groups of such records that are put in random order: so late do records arrive. */
const SHUFFLED_GROUPS = 50;
const ROWS_MAX = 3;
/** The first record's age: none is of the future. */
const AGE_MS = 3_600_000;

export interface RecordPlan {
  readonly seed: number;
  readonly entity: string;
  readonly topic: string;
  readonly recordCount: number;
  readonly partitionCount: number;
  readonly keyCount: number;
}

/** A stream of records, and what must be stored in the end. */
export interface PlannedRecords {
  /** To be produced in this order. */
  readonly records: readonly NewRecord[];
  /** Value of the newest record of each key. */
  readonly newest: ReadonlyMap<string, number>;
}

/**
 * Records of random keys in random partitions, whose times are not in the order in which they come: of each key the
 * newest is that of the latest time, and of one time the last.
 */
export function planRecords(plan: RecordPlan): PlannedRecords {
  const random = seededRandom(plan.seed);
  const newest = new Map<string, number>();
  const firstMs = Date.now() - AGE_MS;
  const records: NewRecord[] = [];
  let groups: NewRecord[][] = [];
  const flush = (): void => {
    for (const group of shuffled(groups, random)) records.push(...group);
    groups = [];
  };
  for (let value = 1, timestampMs = firstMs; value <= plan.recordCount; timestampMs++) {
    const partition = random.integer(0, plan.partitionCount - 1);
    const group: NewRecord[] = [];
    for (let i = 0; i < RECORDS_OF_ONE_TIME && value <= plan.recordCount; i++, value++) {
      group.push(recordOf(plan, random, { partition, timestampMs, value }, newest));
    }
    groups.push(group);
    if (groups.length === SHUFFLED_GROUPS) flush();
  }
  flush();
  return { records, newest };
}

function recordOf(
  { entity, keyCount, topic }: RecordPlan,
  random: SeededRandom,
  place: { readonly partition: number; readonly timestampMs: number; readonly value: number },
  newest: Map<string, number>,
): NewRecord {
  const { partition, timestampMs, value } = place;
  const rows: Record<string, number> = {};
  for (let row = random.integer(1, ROWS_MAX); row > 0; row--) {
    const key = `k${random.integer(0, keyCount - 1)}`;
    rows[key] = value;
    newest.set(key, value);
  }
  return {
    topic,
    partition,
    timestampMs,
    key: undefined,
    value: numbers(entity, rows),
    headers: [],
  };
}

function shuffled<T>(list: readonly T[], random: SeededRandom): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
}
