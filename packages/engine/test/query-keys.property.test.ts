import { KeyName } from "@ofs/cache";
import { entityKeyString } from "@ofs/codec";
import { readRetrieveQuery } from "@ofs/proto";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ReadPlan } from "../src/read/plan.ts";
import { collectKeys } from "../src/read/requested-keys.ts";

const KEYS_TAG = 0x22;
const COL_TAG = 0x0a;
/** A varint field that the message does not have. */
const FOREIGN_FIELD = [0x18, 0x05];

/** A size as encoders write it, or with a byte more than it needs. */
function varint(size: number, isLong: boolean): number[] {
  const bytes: number[] = [];
  let rest = size;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return isLong ? [...bytes, rest | 0x80, 0] : [...bytes, rest];
}

interface Key {
  readonly cols: readonly string[];
  readonly isLong: boolean;
  readonly hasForeign: boolean;
}

function encodeKey({ cols, isLong, hasForeign }: Key): number[] {
  const body = cols.flatMap((col) => {
    const text = [...Buffer.from(col)];
    return [COL_TAG, ...varint(text.length, isLong), ...text];
  });
  if (hasForeign) body.push(...FOREIGN_FIELD);
  return [KEYS_TAG, ...varint(body.length, isLong), ...body];
}

function planOf(columnCount: number, keyPositions: readonly number[]): ReadPlan {
  const keys = Array.from({ length: columnCount }, (_, i) => ({ label: `k${i}` }));
  const entity = { label: "ü:user", keys };
  return { entity, keyPositions, columnCount, sections: [] } as unknown as ReadPlan;
}

const values = fc.oneof(
  { weight: 10, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 8 }) },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 120, maxLength: 140 }) },
);

const rarely = fc.nat(20).map((n) => n === 0);

const queries = fc.integer({ min: 1, max: 3 }).chain((columnCount) =>
  fc.record({
    positions: fc.shuffledSubarray([0, 1, 2].slice(0, columnCount), { minLength: columnCount }),
    keys: fc.array(
      fc.record({
        cols: fc.oneof(
          {
            weight: 30,
            arbitrary: fc.array(values, { minLength: columnCount, maxLength: columnCount }),
          },
          { weight: 1, arbitrary: fc.array(values, { maxLength: 4 }) },
        ),
        isLong: rarely,
        hasForeign: rarely,
      }),
      { maxLength: 12 },
    ),
  }),
);

/** By the texts alone: the names, or why there are none. */
function expectedOf(keys: readonly Key[], positions: readonly number[]): string[] | RegExp {
  const names: string[] = [];
  for (const { cols } of keys) {
    if (cols.length !== positions.length) return /has \d values/;
    if (cols.length > 1 && cols.some((col) => col.includes("|"))) return /must not contain '\|'/;
    const ordered = positions.map((position) => cols[position] as string);
    names.push(entityKeyString("ü:user", ordered));
  }
  return names;
}

test("a key's name in bytes is that of its texts, however the request is written", () => {
  const name = new KeyName();
  fc.assert(
    fc.property(queries, ({ positions, keys }) => {
      const query = readRetrieveQuery(Buffer.from(keys.flatMap(encodeKey)));
      const plan = planOf(positions.length, positions);
      const expected = expectedOf(keys, positions);
      if (expected instanceof RegExp) {
        expect(() => collectKeys(plan, query, 100, 1_000)).toThrow(expected);
        return;
      }
      const collected = collectKeys(plan, query, 100, 1_000);
      const inBytes = expected.map((_, k) => {
        collected.writeName(k, name);
        return name.bytes.toString("utf8", 0, name.sizeBytes);
      });
      expect(inBytes).toEqual(expected);
      expect(collected.names).toEqual(expected);
    }),
    { numRuns: 1_000 },
  );
});
