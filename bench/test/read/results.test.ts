import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { renderChart } from "../../src/read/chart.ts";
import { assertComparable, loadRun } from "../../src/read/results.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-results-"));
});

afterEach(() => rm(folder, { recursive: true }));

async function put(name: string, run: unknown): Promise<void> {
  await writeFile(join(folder, `${name}.json`), JSON.stringify(run));
}

it("loads the newest run by its date, whatever its name", async () => {
  await put("z", { date: "2026-01-01T00:00:00.000Z", series: [] });
  await put("a", { date: "2026-02-01T00:00:00.000Z", series: [] });
  expect((await loadRun("newest", folder)).name).toBe("a");
  expect((await loadRun("z", folder)).date).toBe("2026-01-01T00:00:00.000Z");
});

it("reads figures that were not known as such", async () => {
  await put("other", { date: "2026-01-01", series: [{ turns: [{ cpuMicros: Number.NaN }] }] });
  const { series } = await loadRun("other", folder);
  expect(series[0]?.turns[0]?.cpuMicros).toBeNaN();
});

it("names the runs that there are", async () => {
  await put("a", { date: "2026-02-01T00:00:00.000Z", series: [] });
  await expect(loadRun("b", folder)).rejects.toThrow("--against b: there are a, newest");
  await expect(loadRun("newest", join(folder, "none"))).rejects.toThrow("nothing is saved");
});

it("refuses files that hold no run", async () => {
  await put("a", { date: 7 });
  await expect(loadRun("a", folder)).rejects.toThrow(/a\.json: not a saved run/);
  await writeFile(join(folder, "b.json"), "{");
  await expect(loadRun("b", folder)).rejects.toThrow(/b\.json: not JSON/);
});

it("keeps runs with the chart of their figures", async () => {
  const { name, series } = await loadRun("newest");
  const chart = await readFile(join(import.meta.dirname, `../../results/${name}.svg`), "utf8");
  expect(chart).toBe(renderChart(series));
});

it("compares runs of one rate and one share of the calls only", () => {
  const then = { name: "a" };
  expect(() => assertComparable(then, { share: 1 })).not.toThrow();
  expect(() =>
    assertComparable({ ...then, rate: 50, share: 0.5 }, { rate: 50, share: 0.5 }),
  ).not.toThrow();
  expect(() => assertComparable(then, { rate: 50 })).toThrow(
    "--against a: --rate was absent, is 50",
  );
  expect(() => assertComparable({ ...then, rate: 50 }, { rate: 60 })).toThrow(
    "--rate was 50, is 60",
  );
  expect(() => assertComparable({ ...then, share: 0.15 }, {})).toThrow("--share was 0.15, is 1");
  expect(() => assertComparable(then, { share: 0.05 })).toThrow("--share was 1, is 0.05");
});
