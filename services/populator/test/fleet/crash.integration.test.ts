import { expect, test } from "vitest";
import { seedOf } from "../../../consumer/test/crash/crash-run.ts";
import { type CrashPlan, CrashRun, repeatsMax } from "./crash-run.ts";

const { OFS_CRASH, OFS_CRASH_SEED } = process.env;

const SHORT = { kills: 3, etcdRestarts: 1, kafkaRestarts: 1 };
const LONG = { kills: 30, etcdRestarts: 8, kafkaRestarts: 8 };

const isLong = OFS_CRASH === "long";
const seed = seedOf(OFS_CRASH_SEED);

test(`no row is lost or counted twice when populators, etcd and Kafka die (seed ${seed})`, {
  timeout: isLong ? 1_800_000 : 400_000,
}, async () => {
  const plan: CrashPlan = { seed, ...(isLong ? LONG : SHORT) };
  const run = await CrashRun.start(plan);
  try {
    const report = await run.run();
    if (isLong) process.stdout.write(`${JSON.stringify(report, undefined, 1)}\n`);
    const { rowCount, status } = report;
    expect(status).toMatchObject({ sentCount: rowCount, rejectedCount: 0, skippedCount: 0 });
    expect(report.arrivedCount).toBe(rowCount);
    expect(report.wrongKeys).toEqual([]);
    expect(report.repeatedCount).toBeLessThanOrEqual(status.repeatedCount);
    expect(report.repeatedCount).toBeLessThanOrEqual(repeatsMax(report.events));
    expect(report.exitCodes).toEqual(report.exitCodes.map(() => 0));
  } finally {
    await run.close();
  }
});
