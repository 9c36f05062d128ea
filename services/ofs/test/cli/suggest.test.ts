import { describe, expect, it } from "vitest";
import { editDistance, suggest } from "../../src/cli/suggest.ts";

describe("suggest", () => {
  it("names the nearest", () => {
    expect(suggest("movei", ["airport", "movie", "route"])).toBe(' (did you mean "movie"?)');
    expect(suggest("IMDB_Rating", ["imdb_rating"])).toBe(' (did you mean "imdb_rating"?)');
  });

  it("lists what there is where nothing is near", () => {
    expect(suggest("zebra", ["airport", "movie"])).toBe(" (there are airport, movie)");
  });

  it("lists no more than a line holds", () => {
    const names = Array.from({ length: 30 }, (_, index) => `name-${index}`);
    expect(suggest("zebra", names)).toMatch(/^ \(there are name-0, .*name-11 and 18 more\)$/);
  });

  it("says nothing where there is nothing", () => {
    expect(suggest("zebra", [])).toBe("");
  });
});

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["abc", "abc", 0],
    ["abc", "", 3],
    ["kitten", "sitting", 3],
    ["movei", "movie", 1],
  ])("from %j to %j is %d", (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
    expect(editDistance(to, from)).toBe(distance);
  });
});
