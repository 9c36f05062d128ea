import { TallyCounter, TallyHistogram } from "@ofs/platform";
import { AggregatorRegistry, Counter, Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";

const BOUNDS = [0.1, 0.5, 1];
const VALUES = [0.05, 0.1, 0.2, 0.7, 1, 5];
const labelNames = ["entity", "kind"];

function tallied(): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service: "s" });
  const calls = new TallyCounter({ name: "calls_total", help: "Calls.", labelNames, registry });
  calls.series("user", "read").add(2);
  calls.series("user", "read").add(1);
  calls.series("user", "never");
  const options = { name: "time_seconds", help: "Time.", labelNames, registry };
  const times = new TallyHistogram(options, BOUNDS);
  for (const value of VALUES) times.series("user", "read").observe(value);
  times.series("user", "never");
  return registry;
}

/** The same by prom-client's own means. */
function expected(): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service: "s" });
  const registers = [registry];
  const calls = new Counter({ name: "calls_total", help: "Calls.", labelNames, registers });
  calls.labels("user", "read").inc(3);
  const options = { name: "time_seconds", help: "Time.", labelNames, buckets: BOUNDS, registers };
  const times = new Histogram(options);
  for (const value of VALUES) times.labels("user", "read").observe(value);
  return registry;
}

/** With the labels of each line in the order of their names. */
function ordered(text: string): string {
  return text.replaceAll(
    /\{(.*)\}/g,
    (_, labels: string) => `{${labels.split(",").sort().join(",")}}`,
  );
}

test("the text is that of prom-client's metrics", async () => {
  expect(ordered(await tallied().metrics())).toBe(ordered(await expected().metrics()));
});

test("several processes' are added up as prom-client's are", async () => {
  const both = async (registry: Registry): Promise<string> => {
    const json = await registry.getMetricsAsJSON();
    return AggregatorRegistry.aggregate([json, json]).metrics();
  };
  expect(await both(tallied())).toBe(await both(expected()));
});

test("a series needs a value for each label", () => {
  const registry = new Registry();
  const calls = new TallyCounter({ name: "calls_total", help: "Calls.", labelNames, registry });
  expect(() => calls.series("user")).toThrow("labels entity, kind have no values user");
});
