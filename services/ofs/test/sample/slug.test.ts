import { describe, expect, it } from "vitest";
import { slugOf, uniqueSlugs } from "../../src/sample/slug.ts";

describe("slugOf", () => {
  it.each([
    ["The Dark Knight", "the-dark-knight"],
    ["20,000 Leagues Under the Sea", "20-000-leagues-under-the-sea"],
    ["Amélie & Co.", "amelie-co"],
    ["  ...And Justice for All!  ", "and-justice-for-all"],
    ["1776", "1776"],
    ["???", ""],
  ])("turns %j into %j", (title, slug) => {
    expect(slugOf(title)).toBe(slug);
  });
});

describe("uniqueSlugs", () => {
  it("puts the year behind every title that is there twice, whatever the order", () => {
    const films = [
      { title: "King Kong", year: 1976 },
      { title: "Inception", year: 2010 },
      { title: "king kong!", year: 2005 },
    ];
    expect(uniqueSlugs(films)).toEqual(["king-kong-1976", "inception", "king-kong-2005"]);
    expect(uniqueSlugs(films.toReversed())).toEqual([
      "king-kong-2005",
      "inception",
      "king-kong-1976",
    ]);
  });

  it("counts films of the same title and year, also where another title looks like it", () => {
    const films = [
      { title: "Twins", year: 1988 },
      { title: "Twins", year: 1988 },
      { title: "Twins 1988", year: 1999 },
    ];
    expect(uniqueSlugs(films)).toEqual(["twins-1988-2", "twins-1988-3", "twins-1988"]);
  });

  it("names films whose title has no letter or digit", () => {
    const films = [
      { title: "???", year: 1999 },
      { title: "!", year: 2001 },
    ];
    expect(uniqueSlugs(films)).toEqual(["untitled-1999", "untitled-2001"]);
  });
});
