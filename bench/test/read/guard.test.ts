import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareRuns, renderComparison, TOLERATED_GROWTH } from "../../src/read/guard.ts";
import { seriesOf } from "./series.ts";

function verdictOf(then: readonly number[], now: readonly number[]): string | undefined {
  return compareRuns([seriesOf(then)], [seriesOf(now)])[0]?.verdict;
}

describe("compareRuns", () => {
  it("finds a cell worse that has grown by more than a tenth, beyond the rounds of both", () => {
    expect(verdictOf([0.45, 0.46, 0.47], [0.52, 0.53, 0.54])).toBe("worse");
    expect(verdictOf([0.52, 0.53, 0.54], [0.45, 0.46, 0.47])).toBe("better");
  });

  it("tolerates growth of a tenth, however close the rounds are", () => {
    expect(verdictOf([1, 1, 1], [1.09, 1.09, 1.09])).toBe("same");
  });

  it("tolerates growth that rounds of either run have shown by themselves", () => {
    expect(verdictOf([0.9, 1, 1.4], [1.25, 1.3, 1.35])).toBe("same");
    expect(verdictOf([0.98, 1, 1.02], [0.9, 1.3, 1.5])).toBe("same");
  });

  it("sees growth although one round of each run lies with the other's", () => {
    expect(verdictOf([1, 1, 1.02, 1.03, 1.25], [1.15, 1.29, 1.3, 1.3, 1.31])).toBe("worse");
  });

  it("compares rounds with the yardstick of the same round", () => {
    const busy = seriesOf([0.5, 0.5, 0.5]);
    const doubled = {
      ...busy,
      turns: busy.turns.map((turn) => ({ ...turn, cpuMicros: turn.cpuMicros * 2 })),
      yardstick: busy.yardstick.map((turn) => ({ ...turn, cpuMicros: turn.cpuMicros * 2 })),
    };
    expect(compareRuns([busy], [doubled])[0]).toMatchObject({ growth: 0, verdict: "same" });
  });

  it("compares only cells that both have, of the same server", () => {
    const then = [seriesOf([1], { keyCount: 10 }), seriesOf([2], { candidate: "grpc-js" })];
    const now = [seriesOf([1], { keyCount: 10 }), seriesOf([9])];
    expect(compareRuns(then, now).map(({ name }) => name)).toEqual([
      "process, 20 fp32, 10 keys, h2load, front",
    ]);
  });

  it("refuses runs that have nothing in common, or of a server whose CPU is not known", () => {
    expect(() => compareRuns([seriesOf([1])], [seriesOf([1], { tier: "redis" })])).toThrow(
      /nothing to compare: none of the 1 cells/,
    );
    expect(() => compareRuns([seriesOf([Number.NaN])], [seriesOf([1])])).toThrow(/nothing/);
  });

  it("finds no run worse than itself, and the worse one better the other way round", () => {
    const rounds = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), {
      minLength: 1,
      maxLength: 7,
    });
    fc.assert(
      fc.property(rounds, rounds, (then, now) => {
        expect(verdictOf(then, then)).toBe("same");
        if (verdictOf(then, now) === "better") expect(verdictOf(now, then)).toBe("worse");
        const [found] = compareRuns([seriesOf(then)], [seriesOf(now)]);
        if (found?.verdict === "worse") expect(found.growth).toBeGreaterThan(TOLERATED_GROWTH);
      }),
    );
  });
});

it("tells medians, rounds and growth, and counts what is worse", () => {
  const then = [seriesOf([1, 1.1, 1.2]), seriesOf([2], { keyCount: 100 })];
  const now = [seriesOf([1.5, 1.6, 1.7]), seriesOf([1.9], { keyCount: 100 })];
  expect(renderComparison(compareRuns(then, now), "before").split("\n")).toEqual([
    "| x grpc-go | before | now | growth | |",
    "| --- | ---: | ---: | ---: | --- |",
    "| process, 20 fp32, 1 key, h2load, front | 1.10 [1.00..1.20] | 1.60 [1.50..1.70] | +45 % | worse |",
    "| process, 20 fp32, 100 keys, h2load, front | 2.00 [2.00..2.00] | 1.90 [1.90..1.90] | -5 % | |",
    "",
    "2 cells compared, 1 worse by more than 10 %",
  ]);
});
