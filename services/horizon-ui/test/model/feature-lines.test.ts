import { describe, expect, it } from "vitest";
import { MAX_PASTED_FEATURES, parseFeatureLines } from "../../src/model/feature-lines.ts";

describe("parseFeatureLines", () => {
  it("reads tabs and semicolons, and leaves out what is not given", () => {
    const text = "ctr\t0.5\tTABLE\tdb.t\tc\n\nvec ; [0,0]; ; ; ; 0; 2\r\n";
    expect(parseFeatureLines(text)).toEqual({
      faults: [],
      features: [
        {
          labels: "ctr",
          "default-values": "0.5",
          "storage-provider": "TABLE",
          "source-base-path": "db.t",
          "source-data-column": "c",
          "string-length": 0,
          "vector-length": 0,
        },
        {
          labels: "vec",
          "default-values": "[0,0]",
          "storage-provider": "",
          "source-base-path": "",
          "source-data-column": "",
          "string-length": "0",
          "vector-length": "2",
        },
      ],
    });
  });

  it("names the line of each fault", () => {
    const { features, faults } = parseFeatureLines("a;0\na;1\n;2\nb;1;2;3;4;5;6;7");
    expect(features.map(({ labels }) => labels)).toEqual(["a"]);
    expect(faults).toEqual([
      "line 2: repeats the label a",
      "line 3: has no label",
      "line 4: has 8 columns, at most 7 are known",
    ]);
  });

  it("takes as many as a form can show", () => {
    const lines = Array.from({ length: MAX_PASTED_FEATURES + 1 }, (_, at) => `f${at};0`).join("\n");
    const { features, faults } = parseFeatureLines(lines);
    expect(features).toHaveLength(MAX_PASTED_FEATURES);
    expect(faults).toEqual([
      `line ${MAX_PASTED_FEATURES + 1}: is past the limit of ${MAX_PASTED_FEATURES}`,
    ]);
  });
});
