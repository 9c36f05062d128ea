import { createMetrics } from "@ofs/platform";
import { expect, test } from "vitest";

test("metrics of the process carry the labels given", async () => {
  const text = await createMetrics({ service: "onfs", env: "test" }).metrics();
  expect(text).toMatch(/process_cpu_seconds_total\{service="onfs",env="test"\}/);
  expect(text).toContain("nodejs_eventloop_lag_p99_seconds");
});
