import fc from "fast-check";
import { expect, test } from "vitest";
import { RowKeyEncoder } from "../../src/embedded/row-key.ts";

interface Row {
  readonly table: string;
  readonly entity: string;
  readonly key: readonly string[];
}

function keyOf(encoder: RowKeyEncoder, { entity, key, table }: Row): string {
  encoder.startTable(table, entity);
  return Buffer.from(encoder.encode(key).database).toString("hex");
}

const row = fc.record({
  table: fc.string({ maxLength: 3 }),
  entity: fc.string({ maxLength: 3 }),
  key: fc.array(fc.string({ unit: "grapheme", maxLength: 4 }), { minLength: 1, maxLength: 3 }),
});

test("rows have one key exactly if they are the same", () => {
  const encoder = new RowKeyEncoder();
  fc.assert(
    fc.property(row, row, (left, right) => {
      const isSame = JSON.stringify(left) === JSON.stringify(right);
      expect(keyOf(encoder, left) === keyOf(encoder, right)).toBe(isSame);
    }),
    { numRuns: 2000 },
  );
});

test("parts that join to the same text are different rows", () => {
  const encoder = new RowKeyEncoder();
  const keys = [
    ["a|b", "c"],
    ["a", "b|c"],
    ["a|b|c"],
    ["a", "b", "c"],
    ["", "a|b|c"],
    ["a|b|c", ""],
  ];
  const encoded = keys.map((key) => keyOf(encoder, { table: "t", entity: "e", key }));
  expect(new Set(encoded).size).toBe(keys.length);
});

test("a key is laid out as its documentation says", () => {
  const encoder = new RowKeyEncoder();
  encoder.startTable("tab", "ent");
  const { database, full } = encoder.encode(["é", "x".repeat(200)]);
  const expected = Buffer.concat([
    Buffer.from([0, 3]),
    Buffer.from("tab"),
    Buffer.from([3]),
    Buffer.from("ent"),
    Buffer.from([2, 0xc3, 0xa9, 0xc8, 0x01]),
    Buffer.alloc(200, "x"),
  ]);
  expect(Buffer.from(database)).toEqual(expected);
  expect(full).toBeUndefined();
});

test("long keys are hashed, and come with the whole key", () => {
  const encoder = new RowKeyEncoder();
  encoder.startTable("t", "e");
  const plainOverhead = 1 + 2 + 2 + 2;
  const longest = encoder.encode(["k".repeat(511 - plainOverhead)]);
  expect([longest.database.length, longest.full]).toEqual([511, undefined]);
  const hashed = encoder.encode(["k".repeat(512 - plainOverhead)]);
  expect(hashed.database[0]).toBe(1);
  expect([hashed.database.length, hashed.full?.length]).toEqual([33, 512]);
});

test("the buffer grows for a long key and for long names", () => {
  const encoder = new RowKeyEncoder();
  const long = "馬".repeat(30_000);
  encoder.startTable(long, long);
  expect(encoder.encode([long]).full?.length).toBe(1 + 3 * (3 + 90_000));
  encoder.startTable("t", "e");
  expect(Buffer.from(encoder.encode(["a"]).database)).toEqual(
    Buffer.from([0, 1, 0x74, 1, 0x65, 1, 0x61]),
  );
});
