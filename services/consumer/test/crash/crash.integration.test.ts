import { expect, test } from "vitest";
import { type CrashPlan, CrashRun, seedOf } from "./crash-run.ts";

const { OFS_CRASH, OFS_CRASH_SEED } = process.env;

const SHORT = {
  recordCount: 20_000,
  keyCount: 2_000,
  kills: 4,
  rebalances: 1,
  kafkaRestarts: 1,
  cassandraRestarts: 1,
};
const LONG = {
  recordCount: 200_000,
  keyCount: 20_000,
  kills: 20,
  rebalances: 5,
  kafkaRestarts: 3,
  cassandraRestarts: 3,
};

const isLong = OFS_CRASH === "long";
const seed = seedOf(OFS_CRASH_SEED);

test(`nothing is lost when consumers, Kafka and Cassandra die (seed ${seed})`, {
  timeout: isLong ? 1_200_000 : 400_000,
}, async () => {
  const plan: CrashPlan = { seed, ...(isLong ? LONG : SHORT) };
  const run = await CrashRun.start(plan);
  try {
    const report = await run.run();
    if (isLong) process.stdout.write(`${JSON.stringify(report, undefined, 1)}\n`);
    expect(report.wrongKeys).toEqual([]);
    expect(report.openPartitions).toEqual([]);
    expect(report.letterCount).toBe(0);
    expect(report.keyCount).toBeGreaterThan(plan.keyCount / 2);
    expect(report.exitCodes).toEqual(report.exitCodes.map(() => 0));
  } finally {
    await run.close();
  }
});
