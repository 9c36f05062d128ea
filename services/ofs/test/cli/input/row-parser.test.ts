import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { checkInput } from "../../../src/cli/input/check-input.ts";
import { readCsv } from "../../../src/cli/input/csv.ts";
import { parseJsonRecords } from "../../../src/cli/input/json.ts";
import type { Input } from "../../../src/cli/input/open-input.ts";
import { RowParser } from "../../../src/cli/input/row-parser.ts";
import type { EntityRow } from "../../../src/rows.ts";
import { filmIndex, routeIndex } from "../../support/entities.ts";

function parse(json: object, index = filmIndex): EntityRow {
  const [record] = parseJsonRecords(JSON.stringify(json));
  if (record === undefined) throw new Error("no record");
  return new RowParser(index).parse(record);
}

function csv(text: string): Input {
  return { isRepeatable: true, read: () => readCsv(Readable.from([text])) };
}

describe("RowParser", () => {
  it("takes flat and nested values and leaves out nulls", () => {
    expect(parse({ film_id: "x", gross: 5, ratings: { imdb: 7, rt: null } })).toEqual({
      keys: { film_id: "x" },
      features: { money: { gross: 5n }, ratings: { imdb: 7 } },
    });
  });

  it("takes keys that are numbers", () => {
    expect(parse({ origin: 1, destination: "b", flights: 3 }, routeIndex).keys).toEqual({
      origin: "1",
      destination: "b",
    });
  });

  it.each([
    [{ gross: 5 }, /^record 1: no value for key "film_id"/],
    [{ film_id: "", gross: 5 }, /^record 1: key "film_id": is empty/],
    [{ film_id: true, gross: 5 }, /^record 1: key "film_id": true is not a text/],
    [{ film_id: "x" }, /^record 1: no value for any feature/],
    [{ film_id: "x", gross: null }, /^record 1: no value for any feature/],
    [{ film_id: "x", gross: 5, money: { gross: 6 } }, /^record 1: "money\.gross" is given twice/],
    [{ film_id: "x", gros: 5 }, /^record 1: column "gros" .*did you mean "gross"/],
    [{ film_id: "x", gross: 1.5 }, /^record 1: column "gross": 1\.5 is not an integer/],
  ])("refuses %j", (json, message) => {
    expect(() => parse(json)).toThrow(message);
  });
});

describe("checkInput", () => {
  it("counts rows and names the features that take their defaults", async () => {
    const checked = await checkInput(csv("film_id,ratings.imdb,gross\na,1,5\nb,2,\n"), filmIndex);
    expect(checked.rowCount).toBe(2);
    expect([...checked.gaps]).toEqual(["ratings: rt"]);
  });

  it("reports several faults, each with line, column and value", async () => {
    const text = "film_id,level,adult\na,1,true\nb,1000,true\nc,x,maybe\n";
    await expect(checkInput(csv(text), filmIndex)).rejects.toThrow(
      [
        'line 3: column "level": "1000" is not in -128 to 127 (DataTypeInt8)',
        'line 4: column "level": "x" is not an integer (DataTypeInt8)',
        "nothing written",
      ].join("\n"),
    );
  });

  it("reports a wrong name in the heading once", async () => {
    const text = `film_id,levle\n${"a,1\n".repeat(50)}`;
    await expect(checkInput(csv(text), filmIndex)).rejects.toThrow(
      /^line 1: column "levle" .*did you mean "level"\?\)\nnothing written$/,
    );
  });

  it("stops after some faults", async () => {
    const text = `film_id,level\n${"a,x\n".repeat(50)}`;
    const failure = await checkInput(csv(text), filmIndex).catch((error: Error) => error);
    const lines = (failure as Error).message.split("\n");
    expect(lines).toHaveLength(12);
    expect(lines.slice(-2)).toEqual(["and more", "nothing written"]);
  });

  it("reports what breaks the file behind the faults before it", async () => {
    const text = "film_id,level\na,x\nb,1,2\n";
    await expect(checkInput(csv(text), filmIndex)).rejects.toThrow(
      /line 2: column "level".*\nline 3: 3 cells where line 1 names 2\nnothing written$/,
    );
  });
});
