import { describe, expect, it } from "vitest";
import { renderAgainstFirst, renderTable } from "../../src/read/report.ts";
import { seriesOf } from "./series.ts";

const other = seriesOf([Number.NaN, Number.NaN], { candidate: "other" });

describe("renderTable", () => {
  it("tells medians, and least and most of the rounds", () => {
    const [, , row] = renderTable([seriesOf([0.5, 1, 2], { keyCount: 10 })]).split("\n");
    expect(row).toContain("| 10 | h2load | front | 10.0 [5.0..20.0] | 1.00 | 10.0 | 1.00 |");
  });

  it("leaves open what is not known of somebody else's server", () => {
    const table = renderTable([other]);
    expect(table).toContain("| other | - | - | 10.0 | - |");
    expect(table).not.toContain("NaN");
  });
});

describe("renderAgainstFirst", () => {
  it("compares servers of one cell with the first of them, round by round", () => {
    const series = [seriesOf([1, 2]), seriesOf([2, 8], { candidate: "grpc-js" })];
    expect(renderAgainstFirst(series)).toContain("| grpc-js | front | 3.00 [2.00..4.00] |");
  });

  it("says nothing where there is one server, or a ratio is not known", () => {
    expect(renderAgainstFirst([seriesOf([1])])).toBe("");
    expect(renderAgainstFirst([seriesOf([1, 2]), other])).toBe("");
  });
});
