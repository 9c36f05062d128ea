import fc from "fast-check";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { parsePrometheusText, type Sample } from "../../src/fleet/prometheus-text.ts";

const all = (): boolean => true;

function parse(text: string): [string, Record<string, string>, number][] {
  return parsePrometheusText(text, all).map(({ name, labels, value }: Sample) => [
    name,
    Object.fromEntries(labels),
    value,
  ]);
}

describe("the text of metrics", () => {
  it("is read with labels, times, comments and special values", () => {
    const text = [
      "# HELP a What it is",
      "# TYPE a counter",
      "a 1",
      'b_total{x="1",y="two words, and } too"} 2.5e3 1700000000000',
      "",
      'c{le="+Inf",} +Inf',
      "d -Inf",
      "e Nan\r",
      "f{} .5",
      "  # indented",
      "\t g 7",
      "   ",
    ].join("\n");
    expect(parse(text)).toEqual([
      ["a", {}, 1],
      ["b_total", { x: "1", y: "two words, and } too" }, 2500],
      ["c", { le: "+Inf" }, Number.POSITIVE_INFINITY],
      ["d", {}, Number.NEGATIVE_INFINITY],
      ["e", {}, Number.NaN],
      ["f", {}, 0.5],
      ["g", {}, 7],
    ]);
  });

  it("is skipped where it is not wanted", () => {
    const names: string[] = [];
    const samples = parsePrometheusText('a{x="1"} 1\nb{ not looked at\n', (name) => {
      names.push(name);
      return name === "a";
    });
    expect(names).toEqual(["a", "b"]);
    expect(samples.map(({ name }) => name)).toEqual(["a"]);
  });

  it.each([
    ["<html>", 'line 1 of the metrics: no name: "<html>"'],
    ["a 1\n  <b>", 'line 2 of the metrics: no name: "<b>"'],
    ["a 1\nb", 'line 2 of the metrics: no value: "b"'],
    ["a x", 'line 1 of the metrics: no value: "a x"'],
    ["a 0x10", "no value"],
    ["a 1 2 3", "no value"],
    ['a{x="1} 1', "no label at character 3"],
    ['a{x="1"', "labels without an end"],
    ['a{x="1" y="2"} 1', "labels without an end"],
    ['a{x="1",x="2"} 1', "no label at character 9"],
    ["a{x=1} 1", "no label at character 3"],
  ])("%j is refused with its place", (text, message) => {
    expect(() => parsePrometheusText(text, all)).toThrow(message);
  });

  it("comes back from prom-client whatever the labels hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 5 }),
        fc.double({ noNaN: false }),
        async (texts, value) => {
          const registers = [new Registry()];
          const gauge = new Gauge({ name: "g", help: "g", labelNames: ["x"], registers });
          const expected = new Map<string, number>();
          for (const x of texts) {
            gauge.set({ x }, value);
            // The text has no sign of a zero.
            expected.set(x, value + 0);
          }
          const text = (await registers[0]?.metrics()) ?? "";
          const samples = parsePrometheusText(text, all);
          const read = new Map(samples.map(({ labels, value }) => [labels.get("x"), value]));
          expect(read).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("has the buckets of histograms, and counters", async () => {
    const registers = [new Registry()];
    const histogram = new Histogram({ name: "h", help: "h", buckets: [0.1, 1], registers });
    histogram.observe(0.5);
    new Counter({ name: "c", help: "c", registers }).inc(3);
    expect(parse((await registers[0]?.metrics()) ?? "")).toEqual([
      ["h_bucket", { le: "0.1" }, 0],
      ["h_bucket", { le: "1" }, 1],
      ["h_bucket", { le: "+Inf" }, 1],
      ["h_sum", {}, 0.5],
      ["h_count", {}, 1],
      ["c", {}, 3],
    ]);
  });
});
