import { describe, expect, it } from "vitest";
import {
  createRank,
  describeDistribution,
  normalize,
  quantiles,
} from "../../src/sample/statistics.ts";

describe("describeDistribution", () => {
  it("gives mean and deviation of the whole population", () => {
    expect(describeDistribution([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, deviation: 2 });
  });

  it("has a deviation of 1 where all values are equal", () => {
    expect(describeDistribution([3, 3])).toEqual({ mean: 3, deviation: 1 });
  });
});

describe("quantiles", () => {
  it("reads between the values", () => {
    expect(quantiles([40, 10, 30, 20], [0, 0.25, 0.5, 1])).toEqual([10, 17.5, 25, 40]);
  });

  it("gives the only value for every share", () => {
    expect(quantiles([-7], [0, 0.5, 1])).toEqual([-7, -7, -7]);
  });
});

describe("normalize", () => {
  it("scales to length 1", () => {
    expect(normalize([3, 0, -4])).toEqual([0.6, 0, -0.8]);
  });

  it("leaves zeros alone", () => {
    expect(normalize([0, 0])).toEqual([0, 0]);
  });
});

describe("createRank", () => {
  it("tells the share of smaller values, the same for equal ones", () => {
    const rank = createRank([10, 30, 20, 20]);
    expect([10, 20, 30].map(rank)).toEqual([0, 0.25, 0.75]);
  });
});
