import { createRequire } from "node:module";
import { types } from "cassandra-driver";
import { expect, test } from "vitest";
import { passWholePages, wholePagesBefore } from "../../src/scylla/whole-pages.ts";

type ParseRows = ReturnType<typeof wholePagesBefore>;

/** Of the driver, which does not describe them. */
interface ParserModule {
  Parser: { new (options: object, encoder: object): object; prototype: { parseRows: ParseRows } };
}
const require = createRequire(import.meta.url);
const { FrameReader } = require("cassandra-driver/lib/readers.js") as {
  FrameReader: new (header: object, body: Buffer, offset: number) => Parameters<ParseRows>[1];
};
const { Encoder } = require("cassandra-driver") as {
  Encoder: new (version: number, options: object) => object;
};

/** Other tests of this process may have opened connections, and so changed the parser that the driver uses. */
const { Parser } = unchangedCopy("cassandra-driver/lib/streams.js") as ParserModule;

function unchangedCopy(path: string): unknown {
  const file = require.resolve(path);
  const used = require.cache[file];
  delete require.cache[file];
  try {
    return require(file);
  } finally {
    if (used === undefined) delete require.cache[file];
    else require.cache[file] = used;
  }
}

const driversOwn = Parser.prototype.parseRows;
const parseRows = wholePagesBefore(driversOwn);
const COLUMNS = [
  { name: "id", type: { code: types.dataTypes.text, info: null } },
  { name: "place", type: { code: types.dataTypes.int, info: null } },
];

/** The same types, and the numbers by which rows become arrays. */
const NUMBERED = COLUMNS.map((column, place) => ({ ...column, name: String(place) }));

/** What a way of reading makes of the rows of an answer, item by item. */
function itemsOf(
  parse: ParseRows,
  body: Buffer,
  state: object = {},
  columns: readonly object[] = COLUMNS,
): unknown[] {
  const items: Record<string, unknown>[] = [];
  const parser = new Parser({}, new Encoder(4, {}));
  Object.assign(parser, { push: (item: Record<string, unknown>) => items.push(item) });
  const header = { streamId: 1, opcode: 8 };
  const frameInfo = { header, flagsInfo: {}, meta: { columns }, ...state };
  parse.call(parser as never, frameInfo as never, new FrameReader(header, body, 0));
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
  expect(itemsOf(parseRows, GOOD, {}, NUMBERED)).toEqual([
    {
      header: expect.anything(),
      result: {
        rows: [
          ["a", 7],
          ["é", null],
        ],
        meta: { columns: NUMBERED },
        flags: {},
      },
    },
  ]);
});

test("the driver's own parser reads so once it is told to", () => {
  passWholePages();
  const used = require("cassandra-driver/lib/streams.js") as ParserModule;
  expect(itemsOf(used.Parser.prototype.parseRows, GOOD, {}, NUMBERED)).toHaveLength(1);
});

test("a page without rows goes as it does with the driver", () => {
  const [own] = itemsOf(driversOwn, intOf(0), {}, NUMBERED);
  expect(itemsOf(parseRows, intOf(0), {}, NUMBERED)).toEqual([
    { ...(own as object), result: { rows: [], meta: { columns: NUMBERED }, flags: {} } },
  ]);
});

test("rows of numbered columns are arrays, with the cells that the driver has", () => {
  const { ascii, bigint, blob, int, text, varchar } = types.dataTypes;
  const columns = [text, varchar, ascii, blob, int, bigint].map((code, place) => ({
    name: String(place),
    type: { code, info: null },
  }));
  const long = Buffer.from("0000000100000000", "hex");
  const full = [Buffer.from("é"), Buffer.from("b"), Buffer.from("c"), Buffer.of(0, 255), intOf(7)];
  const body = Buffer.concat([
    intOf(3),
    ...[...full, long].map(cell),
    ...columns.map(() => cell(undefined)),
    ...columns.map(() => cell(Buffer.alloc(0))),
  ]);
  const driversRows = itemsOf(driversOwn, body, {}, columns).map(
    (item) => (item as { row: Record<string, unknown> }).row,
  );
  const [page] = itemsOf(parseRows, body, {}, columns);
  const { rows } = (page as { result: { rows: unknown[][] } }).result;
  expect(rows.every(Array.isArray)).toBe(true);
  expect(rows).toEqual(driversRows.map((row) => columns.map(({ name }) => row[name])));
  expect(rows[0]).toEqual([
    "é",
    "b",
    "c",
    Buffer.of(0, 255),
    7,
    types.Long.fromString("4294967296"),
  ]);
  expect(rows[1]).toEqual(columns.map(() => null));
});

test.each([
  ["numbers that do not begin at 0", ["1", "2"]],
  ["numbers in another order", ["1", "0"]],
  ["a number and a name", ["0", "id"]],
  ["a number with a zero before it", ["0", "01"]],
  ["names", ["id", "place"]],
])("rows of %s come as the driver has them", (_, names) => {
  const columns = COLUMNS.map((column, place) => ({ ...column, name: names[place] }));
  const ours = itemsOf(parseRows, GOOD, {}, columns);
  expect(ours).toEqual(itemsOf(driversOwn, GOOD, {}, columns));
  expect(ours).toHaveLength(2);
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
  const ours = itemsOf(parseRows, body, state, NUMBERED);
  const own = itemsOf(driversOwn, body, state, NUMBERED);
  expect(JSON.stringify(ours)).toBe(JSON.stringify(own));
  expect(ours.some((item) => "result" in (item as object))).toBe(false);
});
