import { emptyValues, type Values } from "@ofs/codec";
import {
  decodePersistQuery,
  encodeKeys,
  encodePersistHead,
  encodePersistQuery,
  encodePersistRow,
  encodeRetrieveHead,
  encodeRetrieveQuery,
  persistRowSize,
  readRetrieveQuery,
} from "@ofs/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENCODING_RUNS, ordinaryQuery } from "./wire-arbitraries.ts";

const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const uint64 = fc.bigInt(0n, 2n ** 64n - 1n);

const flatValues: fc.Arbitrary<Values> = fc
  .record(
    {
      fp32Values: fc.array(fc.double(), { maxLength: 3 }),
      fp64Values: fc.array(fc.double(), { maxLength: 3 }),
      int32Values: fc.array(fc.integer(), { maxLength: 3 }),
      int64Values: fc.array(int64, { maxLength: 3 }),
      uint32Values: fc.array(fc.nat(0xffff_ffff), { maxLength: 3 }),
      uint64Values: fc.array(uint64, { maxLength: 3 }),
      stringValues: fc.array(fc.string(), { maxLength: 3 }),
      boolValues: fc.array(fc.boolean(), { maxLength: 3 }),
    },
    { requiredKeys: [] },
  )
  .map((some) => ({ ...emptyValues(), ...some }));

const values: fc.Arbitrary<Values | undefined> = fc.option(
  fc
    .tuple(flatValues, fc.array(fc.option(flatValues, { nil: undefined }), { maxLength: 2 }))
    .map(([flat, vector]) => ({ ...flat, vector })),
  { nil: undefined },
);

const rows = fc.array(
  fc.record({
    keyValues: fc.array(fc.string(), { maxLength: 3 }),
    featureValues: fc.array(values, { maxLength: 3 }),
  }),
  { maxLength: 4 },
);

describe("query encoders", () => {
  test("a persist query comes back as it was", () => {
    fc.assert(
      fc.property(ordinaryQuery, rows, ({ entityLabel, keysSchema, featureGroups }, data) => {
        const head = encodePersistHead(entityLabel, keysSchema, featureGroups);
        const encoded = data.map(encodePersistRow);
        const bytes = encodePersistQuery(head, encoded);
        const rowsSize = encoded.reduce((sum, row) => sum + persistRowSize(row), 0);
        expect(bytes.length).toBe(head.length + rowsSize);
        expect(decodePersistQuery(bytes)).toEqual({ entityLabel, keysSchema, featureGroups, data });
      }),
      { numRuns: ENCODING_RUNS },
    );
  });

  test("a retrieve query comes back as it was", () => {
    fc.assert(
      fc.property(ordinaryQuery, ({ keys, ...shape }) => {
        const bodies = keys.map(({ cols }) => encodeKeys(cols));
        const view = readRetrieveQuery(encodeRetrieveQuery(encodeRetrieveHead(shape), bodies));
        expect(view.shape()).toEqual(shape);
        expect(view.keys).toEqual(keys.map(({ cols }) => cols));
      }),
      { numRuns: ENCODING_RUNS },
    );
  });
});
