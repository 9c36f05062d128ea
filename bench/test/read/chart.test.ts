import { expect, it } from "vitest";
import { renderChart } from "../../src/read/chart.ts";
import { decades, logScale, rounded, tag, text } from "../../src/read/svg.ts";
import { seriesOf } from "./series.ts";

/** Numbers of one attribute of all tags of a kind. */
function attributes(svg: string, name: string, attribute: string): number[] {
  const pattern = new RegExp(`<${name} [^>]*\\b${attribute}="([^"]+)"`, "g");
  return [...svg.matchAll(pattern)].map(([, value]) => Number(value));
}

it("draws bars from 1, to the left for what costs less and to the right for what costs more", () => {
  const svg = renderChart([seriesOf([0.5]), seriesOf([2], { keyCount: 10 })]);
  const [cheaper, dearer] = attributes(svg, "rect", "x");
  const [, width] = attributes(svg, "rect", "width");
  expect((cheaper as number) + (width as number)).toBeCloseTo(dearer as number);
  expect(svg).toContain(">0.50<");
  expect(svg).toContain(">2.00<");
  expect(svg).toContain(">10 keys<");
});

it("shows cost for each key as a place between powers of ten", () => {
  const svg = renderChart([seriesOf([1]), seriesOf([1], { keyCount: 100 })]);
  const [one, hundred] = attributes(svg, "circle", "cx");
  expect(one).toBeGreaterThan(hundred as number);
  expect(svg).toContain(">10.00<");
  expect(svg).toContain(">0.10<");
});

it("gives each shape, load and server a panel, and leaves out what is not known", () => {
  const svg = renderChart([
    seriesOf([1]),
    seriesOf([1], { load: "ghz" }),
    seriesOf([Number.NaN], { candidate: "other" }),
  ]);
  expect(svg).toContain(">20 fp32, h2load, front<");
  expect(svg).toContain(">20 fp32, ghz, front<");
  expect(svg).not.toContain("other");
  expect(renderChart([seriesOf([Number.NaN])])).not.toMatch(/NaN|Infinity/);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

it("keeps everything inside of its frame", () => {
  const ratios = [0.01, 0.5, 1, 7, 300];
  const svg = renderChart(
    ratios.map((ratio, i) => seriesOf([ratio, ratio * 2], { keyCount: i + 1 })),
  );
  const [height, width] = [attributes(svg, "svg", "height")[0], attributes(svg, "svg", "width")[0]];
  for (const y of attributes(svg, "text", "y")) expect(y).toBeLessThanOrEqual(height as number);
  for (const x of [...attributes(svg, "text", "x"), ...attributes(svg, "line", "x2")]) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThan((width as number) - 40);
  }
});

it("places values by their order of magnitude, and no further than its ends", () => {
  const scale = logScale([0.1, 1, 10], 0, 100);
  expect([0.01, 0.1, 1, 10, 100].map((value) => Math.round(scale.at(value)))).toEqual([
    0, 0, 50, 100, 100,
  ]);
  expect(decades([0.42, 155])).toEqual([0.1, 1, 10, 100, 1000]);
  expect(decades([1, 1])).toEqual([1, 10]);
});

it("writes text as text, and numbers short", () => {
  expect(text('<a> & "b"', { x: 1 })).toBe('<text x="1">&lt;a&gt; &amp; &quot;b&quot;</text>');
  expect(tag("rect", { x: 1 / 3, class: '"' })).toBe('<rect x="0.33" class="&quot;"/>');
  expect([0.125, 2, 10.5].map(rounded)).toEqual(["0.125", "2", "10.5"]);
});
