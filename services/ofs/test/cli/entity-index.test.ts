import { describe, expect, it } from "vitest";
import { EntityIndex } from "../../src/cli/entity-index.ts";
import { describeGroup, FILM, filmIndex } from "../support/entities.ts";

describe("EntityIndex", () => {
  it("finds keys, full names and labels that only one group has", () => {
    expect(filmIndex.column("film_id")).toEqual({ kind: "key", label: "film_id" });
    expect(filmIndex.column("other.imdb")).toMatchObject({ feature: { group: "other" } });
    expect(filmIndex.column("gross")).toMatchObject({ feature: { group: "money" } });
  });

  it.each([
    ["imdb", /in several feature groups: write ratings\.imdb or other\.imdb/],
    ["gros", /neither a key nor a feature of entity "film" \(did you mean "gross"\?\)/],
    ["mony.gross", /did you mean "money\.gross"\?/],
    ["film_ids", /did you mean "film_id"\?/],
  ])("refuses %j", (name, message) => {
    expect(() => filmIndex.column(name)).toThrow(message);
  });

  it("finds names with dots in them", () => {
    const group = describeGroup("a.b", "DataTypeFP32", { "c.d": {} });
    const index = new EntityIndex({ ...FILM, groups: [group] });
    expect(index.column("a.b.c.d")).toMatchObject({ feature: { group: "a.b", label: "c.d" } });
    expect(index.column("c.d")).toMatchObject({ feature: { group: "a.b", label: "c.d" } });
  });

  it("leaves out groups of data types that it does not know", () => {
    const index = new EntityIndex({
      ...FILM,
      groups: [describeGroup("x", "DataTypeFP4", { a: {} })],
    });
    expect([...index.groups.keys()]).toEqual([]);
  });
});
