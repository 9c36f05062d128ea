import {
  COLUMN_TYPES,
  type ColumnType,
  isJsonArray,
  type JsonObject,
  type JsonValue,
  member,
  parseJson,
  writeJson,
} from "@ofs/rows";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  entityOf,
  groupOf,
  type Types,
} from "../../../../../packages/rows/test/support/row-objects.ts";
import { PARTITION, READ, type RowWorld, type WorldOf, WRITE } from "./row-world.ts";
import { EXTREMES, REFUSED, sampleOf, type ValueSample } from "./value-samples.ts";

const RUNS_MAX = 2_000;
const { OFS_PROPERTY_RUNS = "25" } = process.env;

const typesOf = (prefix: string): Types =>
  Object.fromEntries(COLUMN_TYPES.map((type) => [prefix + type.toLowerCase(), type]));

const KEYS = typesOf("k_");
const VALUES = typesOf("v_");
const KEY_NAMES = ["id", ...Object.keys(KEYS)];
const VALUE_NAMES = Object.keys(VALUES);

/** Every type as a key behind the first one, and as a feature. */
export const VALUE_ENTITY = entityOf("all_types", { id: "INT", ...KEYS }, KEY_NAMES);
export const VALUE_GROUP = groupOf("every", "all_types", VALUES);

/** A row; undefined: that value is not written. */
interface SampleRow {
  readonly keys: readonly ValueSample[];
  readonly values: readonly (ValueSample | undefined)[];
}

const listOf = (texts: readonly string[]): string => `[${texts.join(",")}]`;
const namesText = (names: readonly string[]): string => JSON.stringify(names);

/** @returns the answered rows' texts */
async function write(
  { ask }: RowWorld,
  names: readonly string[],
  rows: readonly (readonly string[])[],
): Promise<{ successful: string; failed: string }> {
  const values = listOf(rows.map(listOf));
  const body = `{"featureGroupName":"every","features":{"names":${namesText(names)},"values":${values}}}`;
  const { status, text } = await ask("POST", WRITE, body);
  expect(status).toBe(200);
  const data = dataOf(text);
  return {
    successful: writeJson(member(data, "successfulRows") as JsonValue),
    failed: writeJson(member(data, "failedRows") as JsonValue),
  };
}

function dataOf(text: string): JsonObject {
  return member(parseJson(Buffer.from(text)) as JsonObject, "data") as JsonObject;
}

function cellsOf(row: JsonValue | undefined): string[] {
  if (row === undefined || !isJsonArray(row)) throw new Error("no list");
  return row.map(writeJson);
}

/** Writes a row with what it has, and reads it by its key and in its partition. */
async function assertRoundTrip(world: RowWorld, { keys, values }: SampleRow): Promise<void> {
  const id = String(world.newId());
  const given = VALUE_NAMES.flatMap((name, at) => {
    const value = values[at];
    return value === undefined ? [] : [{ name, value }];
  });
  const key = [id, ...keys.map(({ sent }) => sent)];
  const row = [...key, ...given.map(({ value }) => value.sent)];
  const written = await write(world, [...KEY_NAMES, ...given.map(({ name }) => name)], [row]);
  expect(written.failed).toBe("[]");

  const expected = [
    id,
    ...keys.map(({ answered }) => answered),
    ...values.map((value) => value?.answered ?? "null"),
  ];
  const columns = namesText([...KEY_NAMES, ...VALUE_NAMES]);
  const head = `{"featureGroupName":"every","featureColumns":${columns}`;
  const read = await world.ask(
    "GET",
    READ,
    `${head},"primaryKeys":{"names":${namesText(KEY_NAMES)},"values":[${listOf(key)}]}}`,
  );
  const partition = `${head},"partitionKey":{"names":["id"],"values":[${id}]}}`;
  const [found] = member(dataOf(read.text), "successfulKeys") as JsonObject[];
  const rows = member(dataOf((await world.ask("GET", PARTITION, partition)).text), "features");
  const [scanned] = rows as JsonValue[];
  // A row of keys alone is found only where keys alone are asked for.
  const isEmpty = given.length === 0;
  expect(found === undefined).toBe(isEmpty);
  expect(scanned === undefined).toBe(isEmpty);
  if (isEmpty) return;
  expect(cellsOf(found && member(found, "features"))).toEqual(expected);
  expect(cellsOf(scanned)).toEqual(expected);
}

const rows: fc.Arbitrary<SampleRow> = fc.record({
  keys: fc.tuple(...COLUMN_TYPES.map(sampleOf)),
  values: fc.tuple(...COLUMN_TYPES.map((type) => fc.option(sampleOf(type), { nil: undefined }))),
});

/** Values on their way through a store, as keys and as features. */
export function valueContract(world: WorldOf): void {
  describe("values", () => {
    test("the ends of each type's range come back as they were sent, as key and as feature", async () => {
      const count = Math.max(...COLUMN_TYPES.map((type) => EXTREMES[type].length));
      for (let at = 0; at < count; at++) {
        const samples = COLUMN_TYPES.map(
          (type) => EXTREMES[type][at % EXTREMES[type].length] as ValueSample,
        );
        await assertRoundTrip(world(), { keys: samples, values: samples });
      }
    });

    test("any rows come back as they were sent; what was not written is null", async () => {
      const numRuns = Math.min(Number(OFS_PROPERTY_RUNS), RUNS_MAX);
      await fc.assert(
        fc.asyncProperty(rows, (row) => assertRoundTrip(world(), row)),
        { numRuns },
      );
    });

    test.each(COLUMN_TYPES)("%s: what is none fails its row, and its key, alone", async (type) => {
      const { ask, newId } = world();
      const [good] = EXTREMES[type] as [ValueSample];
      const id = String(newId());
      const refused = [...REFUSED[type], "null"];
      const names = [...KEY_NAMES, nameOf("v_", type)];
      const keys = COLUMN_TYPES.map((each) => (EXTREMES[each][0] as ValueSample).sent);
      const fitting = [id, ...keys, good.sent];
      const rowsSent = refused.map((value) => [id, ...keys, value]);
      const written = await write(world(), names, [...rowsSent, fitting]);
      const echo = (texts: string[][]): string =>
        writeJson(parseJson(Buffer.from(listOf(texts.map(listOf)))));
      expect(written.failed).toBe(echo(rowsSent));
      expect(written.successful).toBe(echo([fitting]));
      const place = KEY_NAMES.indexOf(nameOf("k_", type));
      const badKeys = refused.map((value) => [id, ...keys].with(place, value));
      const asked = listOf([...badKeys, [id, ...keys]].map(listOf));
      const { text } = await ask(
        "GET",
        READ,
        `{"featureGroupName":"every","featureColumns":["id"],"primaryKeys":{"names":${namesText(KEY_NAMES)},"values":${asked}}}`,
      );
      expect(writeJson(member(dataOf(text), "failedKeys") as JsonValue)).toBe(echo(badKeys));
      expect(member(dataOf(text), "successfulKeys")).toHaveLength(1);
    });
  });
}

function nameOf(prefix: string, type: ColumnType): string {
  return prefix + type.toLowerCase();
}
