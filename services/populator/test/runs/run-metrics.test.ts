import { createLogger } from "@ofs/platform";
import { Registry } from "prom-client";
import { expect, test } from "vitest";
import type { RunState } from "../../src/runs/model.ts";
import { registerRunMetrics } from "../../src/runs/run-metrics.ts";

const log = createLogger({ service: "t", level: "DISABLED" });

test("runs are told by state, and not at all while the database is away", async () => {
  const registry = new Registry();
  let isAway = false;
  const countByState = () =>
    isAway
      ? Promise.reject(new Error("away"))
      : Promise.resolve(new Map<RunState, number>([["RUNNING", 2]]).set("FAILED", 0));
  registerRunMetrics(registry, { countByState }, log);
  const lines = async () => (await registry.metrics()).match(/^ofs_populator_runs\{.*$/gm);
  expect(await lines()).toEqual([
    'ofs_populator_runs{state="RUNNING"} 2',
    'ofs_populator_runs{state="FAILED"} 0',
  ]);
  isAway = true;
  expect(await lines()).toBeNull();
});
