import { expect, test } from "vitest";
import { runSoak } from "../../../../bench/src/soak/run-soak.ts";
import { judgeSoak, renderSoak, SHORT_LIMITS } from "../../../../bench/src/soak/soak-report.ts";

const MINUTES = Number(process.env["OFS_SOAK_MINUTES"] ?? 2);

/** Moderate: other tests run beside it. */
const STEPS_PER_SECOND = 100;

test("a server under steady mixed calls answers no wrong value and keeps its size", {
  timeout: MINUTES * 60_000 + 120_000,
}, async () => {
  const result = await runSoak({
    minutes: MINUTES,
    store: "embedded",
    rate: STEPS_PER_SECOND,
    seed: 2,
    isBuilt: false,
  });
  expect(result.reports.join("\n")).toBe("");
  expect(judgeSoak(result, SHORT_LIMITS), renderSoak(result)).toEqual([]);
});
