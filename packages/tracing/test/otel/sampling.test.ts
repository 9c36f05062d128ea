import { expect, test } from "vitest";
import { samplingOf } from "../../src/otel/sampling.ts";
import type { SamplerName } from "../../src/settings.ts";

const KEPT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const NOT_KEPT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

/** What becomes of a trace that is begun here with a draw of 0.3, of one that the caller keeps, and one that it does not. */
test.each<[SamplerName, number, boolean, boolean, boolean]>([
  ["always_on", 0, true, true, true],
  ["always_off", 1, false, false, false],
  ["traceidratio", 1, true, true, true],
  ["traceidratio", 0, false, false, false],
  ["parentbased_always_on", 0, true, true, false],
  ["parentbased_always_off", 1, false, true, false],
  ["parentbased_traceidratio", 0.31, true, true, false],
  ["parentbased_traceidratio", 0.3, false, true, false],
])("%s %d", (name, ratio, begunHere, kept, notKept) => {
  const keeps = samplingOf(name, ratio, () => 0.3);
  expect(keeps(undefined)).toBe(begunHere);
  expect(keeps("nonsense")).toBe(begunHere);
  expect(keeps(KEPT)).toBe(kept);
  expect(keeps(NOT_KEPT)).toBe(notKept);
});

test("a share of the callers' traces is the same for all who ask for it", () => {
  const one = samplingOf("traceidratio", 0.5);
  const other = samplingOf("traceidratio", 0.5);
  const traces = Array.from({ length: 400 }, (_, i) => {
    const id = (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, "0");
    return `00-${id.padStart(32, "0")}-b7ad6b7169203331-01`;
  });
  const kept = traces.filter(one);
  expect(traces.filter(other)).toEqual(kept);
  expect(kept.length).toBeGreaterThan(40);
  expect(kept.length).toBeLessThan(360);
});

test("where nothing is drawn, no random number is asked for", () => {
  const never = (): number => {
    throw new Error("drawn");
  };
  for (const name of ["always_on", "parentbased_always_on"] as const) {
    expect(samplingOf(name, 0.5, never)(undefined)).toBe(true);
  }
  expect(samplingOf("parentbased_traceidratio", 0.5, never)(KEPT)).toBe(true);
});
