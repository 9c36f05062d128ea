import { describe, expect, it } from "vitest";
import { selectFeatures } from "../../src/cli/feature-selection.ts";
import { filmIndex } from "../support/entities.ts";

function selected(...args: readonly string[]): (readonly [string, readonly string[]])[] {
  return selectFeatures(filmIndex, args).map(({ label, features }) => [
    label,
    features.map((feature) => feature.label),
  ]);
}

describe("selectFeatures", () => {
  it("takes everything where nothing is said", () => {
    expect(selected()).toHaveLength(8);
    expect(selected()[0]).toEqual(["ratings", ["imdb", "rt"]]);
  });

  it("takes groups and features in the order given, each once", () => {
    expect(selected("facts:mpaa,title", "ratings", "facts:title")).toEqual([
      ["facts", ["mpaa", "title"]],
      ["ratings", ["imdb", "rt"]],
    ]);
  });

  it("keeps the type to convert to in the label and takes it for decoding", () => {
    const [group] = selectFeatures(filmIndex, ["ratings:imdb@DataTypeFP16,rt"]);
    expect(group?.features.map(({ label, dataType }) => [label, dataType.name])).toEqual([
      ["imdb@DataTypeFP16", "DataTypeFP16"],
      ["rt", "DataTypeFP32"],
    ]);
  });

  it.each([
    ["rating", /no feature group "rating" \(did you mean "ratings"\?\)/],
    ["ratings:imbd", /group "ratings" has no feature "imbd" \(did you mean "imdb"\?\)/],
    ["ratings:", /a feature's name is missing/],
    ["ratings:imdb,", /a feature's name is missing/],
    ["ratings:imdb@FP16", /data type FP16 is unknown/],
    ["ratings:imdb@DataTypeFP64", /DataTypeFP32 cannot become DataTypeFP64/],
    ["facts:title@DataTypeFP16", /DataTypeString cannot become DataTypeFP16/],
  ])("refuses %j", (arg, message) => {
    expect(() => selectFeatures(filmIndex, [arg])).toThrow(message);
  });
});
