import { createRequire } from "node:module";
import { types } from "cassandra-driver";
import { beforeAll, expect, test } from "vitest";
import { passWholePages } from "../../src/scylla/whole-pages.ts";

/** Of the driver, which does not describe them. */
interface DriverParser {
  parseRows(frameInfo: object, reader: object): void;
}
const require = createRequire(import.meta.url);
const { Parser } = require("cassandra-driver/lib/streams.js") as {
  Parser: { new (options: object, encoder: object): DriverParser; prototype: DriverParser };
};
const { FrameReader } = require("cassandra-driver/lib/readers.js") as {
  FrameReader: new (header: object, body: Buffer, offset: number) => object;
};
const { Encoder } = require("cassandra-driver") as {
  Encoder: new (version: number, options: object) => object;
};

const driversOwn = Parser.prototype.parseRows;
const COLUMNS = [
  { name: "id", type: { code: types.dataTypes.text, info: null } },
  { name: "place", type: { code: types.dataTypes.int, info: null } },
];

beforeAll(passWholePages);

/** What a way of reading makes of the rows of an answer, item by item. */
function itemsOf(
  parseRows: DriverParser["parseRows"],
  body: Buffer,
  state: object = {},
): unknown[] {
  const items: Record<string, unknown>[] = [];
  const parser = new Parser({}, new Encoder(4, {}));
  Object.assign(parser, { push: (item: Record<string, unknown>) => items.push(item) });
  const header = { streamId: 1, opcode: 8 };
  const frameInfo = { header, flagsInfo: {}, meta: { columns: COLUMNS }, ...state };
  parseRows.call(parser, frameInfo, new FrameReader(header, body, 0));
  return items;
}

function intOf(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function cell(bytes: Buffer | undefined): Buffer {
  return bytes === undefined ? intOf(-1) : Buffer.concat([intOf(bytes.length), bytes]);
}

const GOOD = Buffer.concat([
  ...[intOf(2), cell(Buffer.from("a")), cell(intOf(7))],
  ...[cell(Buffer.from("é")), cell(undefined)],
]);

test("the rows of a page go as one item", () => {
  const rows = itemsOf(driversOwn, GOOD).map((item) => (item as { row: object }).row);
  expect(rows.map((row) => ({ ...row }))).toEqual([
    { id: "a", place: 7 },
    { id: "é", place: null },
  ]);
  expect(itemsOf(Parser.prototype.parseRows, GOOD)).toEqual([
    { header: expect.anything(), result: { rows, meta: { columns: COLUMNS }, flags: {} } },
  ]);
});

test("a page without rows goes as it does with the driver", () => {
  const [own] = itemsOf(driversOwn, intOf(0));
  expect(itemsOf(Parser.prototype.parseRows, intOf(0))).toEqual([
    { ...(own as object), result: { rows: [], meta: { columns: COLUMNS }, flags: {} } },
  ]);
});

test.each([
  ["rows that are asked for one by one", GOOD, { byRow: true }],
  ["rows of an answer that is broken already", GOOD, { parsingError: true }],
  ["an answer that ends in a row", GOOD.subarray(0, GOOD.length - 6), {}],
  ["an answer without a count", Buffer.alloc(2), {}],
  [
    "a cell of another type",
    Buffer.concat([intOf(1), cell(Buffer.from("a")), cell(intOf(7).subarray(1))]),
    {},
  ],
])("%s come as the driver has them", (_, body, state) => {
  const ours = itemsOf(Parser.prototype.parseRows, body, state);
  const own = itemsOf(driversOwn, body, state);
  expect(JSON.stringify(ours)).toBe(JSON.stringify(own));
  expect(ours.some((item) => "result" in (item as object))).toBe(false);
});
