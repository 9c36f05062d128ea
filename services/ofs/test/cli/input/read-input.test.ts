import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { readCsv } from "../../../src/cli/input/csv.ts";
import type { InputRecord } from "../../../src/cli/input/input-record.ts";
import { parseJsonRecords, readJson, readNdjson } from "../../../src/cli/input/json.ts";
import { openInput } from "../../../src/cli/input/open-input.ts";

async function collect(records: AsyncIterable<InputRecord>): Promise<InputRecord[]> {
  const all: InputRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}

function from(text: string): Readable {
  return Readable.from([Buffer.from(text)]);
}

/** Place and named values, short. */
function shown({ place, values }: InputRecord): unknown {
  return [place, Object.fromEntries(values.map(({ name, value }) => [name, value]))];
}

describe("readCsv", () => {
  it("tells empty cells from empty texts and counts lines as an editor does", async () => {
    const text = '\uFEFFid, a ,b\r\n1,"two\nlines",\r\n\r\n2,"",x\r\n';
    const records = await collect(readCsv(from(text)));
    expect(records.map(shown)).toEqual([
      ["line 2", { id: "1", a: "two\nlines", b: undefined }],
      ["line 5", { id: "2", a: "", b: "x" }],
    ]);
  });

  it("reads text that comes in any pieces", async () => {
    const bytes = Buffer.from('id,a\n1,"é,\n2"\n');
    const pieces = Readable.from(Array.from(bytes, (byte) => Buffer.from([byte])));
    expect((await collect(readCsv(pieces))).map(shown)).toEqual([
      ["line 2", { id: "1", a: "é,\n2" }],
    ]);
  });

  it.each([
    ["id,a\n1,2\n3\n", /^line 3: 1 cells where line 1 names 2$/],
    ['id,a\n1,"x"y\n', /^line 2: Invalid Closing Quote/],
    ['id,a\n1,"x\n', /^line \d+: Quote Not Closed/],
  ])("refuses %j", async (text, message) => {
    await expect(collect(readCsv(from(text)))).rejects.toThrow(message);
  });

  it("ends with the fault of what it reads from", async () => {
    const broken = new Readable({
      read() {
        this.destroy(new Error("disk gone"));
      },
    });
    await expect(collect(readCsv(broken))).rejects.toThrow("disk gone");
  });
});

describe("readNdjson", () => {
  it("takes an object a line and skips empty lines", async () => {
    const records = await collect(readNdjson(from('{"id": "1"}\n\n {"id": "2"} \r\n')));
    expect(records.map(shown)).toEqual([
      ["line 1", { id: "1" }],
      ["line 3", { id: "2" }],
    ]);
  });

  it.each([
    ['{"id": 1}\n{"id": }\n', /^line 2: not JSON/],
    ["[1]\n", /^line 1: \[1\] is not an object/],
  ])("refuses %j", async (text, message) => {
    await expect(collect(readNdjson(from(text)))).rejects.toThrow(message);
  });

  it("ends with the fault of what it reads from", async () => {
    const broken = new Readable({
      read() {
        this.push('{"id": "1"}\n');
        this.destroy(new Error("disk gone"));
      },
    });
    await expect(collect(readNdjson(broken))).rejects.toThrow("disk gone");
  });
});

describe("readJson", () => {
  it("takes every form of a row", async () => {
    const text = JSON.stringify([
      { id: "1", a: 1 },
      { id: "2", group: { a: 1, b: [2] } },
      { keys: { id: "3" }, features: { group: { a: null } } },
    ]);
    expect((await collect(readJson(from(text)))).map(shown)).toEqual([
      ["record 1", { id: "1", a: 1 }],
      ["record 2", { id: "2", "group.a": 1, "group.b": [2] }],
      ["record 3", { id: "3", "group.a": undefined }],
    ]);
  });

  it("takes one object", () => {
    expect([...parseJsonRecords('{"id": 9007199254740993}')].map(shown)).toEqual([
      ["record 1", { id: "9007199254740993" }],
    ]);
  });

  it.each([
    ["[1]", /^record 1: 1 is not an object/],
    ["nope", /^input: not JSON/],
  ])("refuses %j", (text, message) => {
    expect(() => [...parseJsonRecords(text)]).toThrow(message);
  });
});

describe("openInput", () => {
  const stdin = from('{"id": "1"}\n');

  it("tells the format by the name, and reads standard input for -", async () => {
    const input = openInput({ inline: undefined, file: "-", format: "ndjson" }, stdin);
    expect(input.isRepeatable).toBe(false);
    expect((await collect(input.read())).map(shown)).toEqual([["line 1", { id: "1" }]]);
  });

  it.each([
    [{ inline: "{}", file: "a.csv", format: undefined }, /not both/],
    [{ inline: undefined, file: undefined, format: undefined }, /no rows/],
    [{ inline: undefined, file: "rows.txt", format: undefined }, /add --format json, ndjson, csv/],
    [{ inline: undefined, file: "-", format: undefined }, /cannot tell the format/],
  ])("refuses %j", (options, message) => {
    expect(() => openInput(options, stdin)).toThrow(message);
  });

  it("names the file that is not there", async () => {
    const input = openInput({ inline: undefined, file: "/none/x.csv", format: undefined }, stdin);
    await expect(collect(input.read())).rejects.toThrow("--file /none/x.csv: ENOENT");
  });
});
