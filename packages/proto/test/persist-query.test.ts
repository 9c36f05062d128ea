import type { Values } from "@ofs/codec";
import { decodePersistQuery, ProtoError, persist } from "@ofs/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  damaged,
  double,
  field,
  PROPERTY_RUNS,
  persistQueryBytes,
  sized,
  varint,
} from "./wire-arbitraries.ts";

type GeneratedValues = persist.Values.$Properties | null | undefined;

/** The generated message in the form of `decodePersistQuery`. */
function readWithProtobufjs(bytes: Uint8Array): unknown {
  const query = persist.Query.decode(bytes);
  return {
    entityLabel: query.entityLabel,
    keysSchema: query.keysSchema,
    featureGroups: query.featureGroupSchema.map(({ label, featureLabels }) => ({
      label: label ?? "",
      featureLabels: featureLabels ?? [],
    })),
    data: query.data.map(({ keyValues, featureValues }) => ({
      keyValues: keyValues ?? [],
      featureValues: (featureValues ?? []).map(({ values }) => toValues(values)),
    })),
  };
}

function toValues(values: GeneratedValues): unknown {
  if (values === null || values === undefined) return undefined;
  return {
    fp32Values: values.fp32Values ?? [],
    fp64Values: values.fp64Values ?? [],
    int32Values: values.int32Values ?? [],
    int64Values: (values.int64Values ?? []).map((value) => BigInt(String(value))),
    uint32Values: values.uint32Values ?? [],
    uint64Values: (values.uint64Values ?? []).map((value) => BigInt(String(value))),
    stringValues: values.stringValues ?? [],
    boolValues: values.boolValues ?? [],
    vector: (values.vector ?? []).map((element) => toValues(element.values)),
  };
}

function outcome(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): unknown {
  try {
    return decode(bytes);
  } catch (error) {
    return error;
  }
}

/** Whether protobufjs lets this fault pass: it bounds neither recursion here nor unknown varints. */
function isStricter({ message }: Error): boolean {
  return /^(vectors nest|varint is longer than 10 bytes)/.test(message);
}

/** A query with one row of one group that holds these `Values` bytes. */
function queryOf(values: Uint8Array): Buffer {
  return field(4, 2, sized(field(2, 2, sized(field(1, 2, sized(values))))));
}

function valuesOf(values: Uint8Array): Values | undefined {
  return decodePersistQuery(queryOf(values)).data[0]?.featureValues[0];
}

describe("decodePersistQuery", () => {
  test("reads every kind of value", () => {
    const query = {
      entityLabel: "user",
      keysSchema: ["user_id"],
      featureGroupSchema: [{ label: "scores", featureLabels: ["ctr", "cvr"] }],
      data: [
        { keyValues: ["1"], featureValues: [{ values: { fp32Values: [0.1, -0] } }, {}] },
        {
          keyValues: ["ü"],
          featureValues: [
            { values: { int32Values: [-1], uint32Values: [2 ** 32 - 1], boolValues: [true] } },
            { values: { vector: [{ values: { stringValues: ["a", ""] } }, {}] } },
          ],
        },
      ],
    };
    const decoded = decodePersistQuery(persist.Query.encode(query).finish());
    expect(decoded.featureGroups).toEqual([{ label: "scores", featureLabels: ["ctr", "cvr"] }]);
    expect(decoded.data[0]?.featureValues[0]?.fp32Values).toEqual([0.1, -0]);
    expect(decoded.data[0]?.featureValues[1]).toBeUndefined();
    expect(decoded.data[1]).toMatchObject({
      keyValues: ["ü"],
      featureValues: [
        { int32Values: [-1], uint32Values: [2 ** 32 - 1], boolValues: [true], vector: [] },
        { vector: [{ stringValues: ["a", ""], fp32Values: [] }, undefined] },
      ],
    });
  });

  test("keeps every digit of 64-bit integers", () => {
    const signed = Buffer.concat([varint(-(2n ** 63n)), varint(2n ** 63n - 1n), varint(-1n)]);
    const unsigned = Buffer.concat([varint(2n ** 64n - 1n), varint(2n ** 32n), varint(0)]);
    const values = valuesOf(
      Buffer.concat([field(4, 2, sized(signed)), field(6, 2, sized(unsigned))]),
    );
    expect(values?.int64Values).toEqual([-(2n ** 63n), 2n ** 63n - 1n, -1n]);
    expect(values?.uint64Values).toEqual([2n ** 64n - 1n, 2n ** 32n, 0n]);
  });

  test("takes packed, unpacked and split values of one field together, in order", () => {
    const values = valuesOf(
      Buffer.concat([
        field(1, 1, double(1)),
        field(1, 2, sized(Buffer.concat([double(2), double(3)]))),
        field(3, 2, sized(varint(7))),
        field(1, 1, double(4)),
      ]),
    );
    expect(values?.fp32Values).toEqual([1, 2, 3, 4]);
    expect(values?.int32Values).toEqual([7]);
  });

  test("merges values that are split over two messages", () => {
    const half = (value: number) => field(1, 2, sized(field(3, 0, varint(value))));
    const row = field(2, 2, sized(Buffer.concat([half(1), half(2)])));
    const query = decodePersistQuery(field(4, 2, sized(row)));
    expect(query.data[0]?.featureValues[0]?.int32Values).toEqual([1, 2]);
  });

  test("keeps the lowest 32 bits of a longer varint, as every runtime does", () => {
    const values = valuesOf(
      Buffer.concat([field(3, 0, varint(2n ** 40n + 5n)), field(5, 0, varint(2n ** 32n + 6n))]),
    );
    expect([values?.int32Values, values?.uint32Values]).toEqual([[5], [6]]);
  });

  test("refuses vectors of vectors", () => {
    const inner = field(9, 2, sized(field(1, 2, sized(field(3, 0, varint(1))))));
    const middle = field(9, 2, sized(field(1, 2, sized(inner))));
    expect(valuesOf(inner)?.vector).toHaveLength(1);
    expect(() => valuesOf(middle)).toThrow("vectors nest");
  });

  test.each([
    ["packed doubles of 9 bytes", queryOf(field(1, 2, sized(Buffer.alloc(9)))), "truncated"],
    ["a packed varint that is cut", queryOf(field(3, 2, sized(Buffer.from([0x80])))), "truncated"],
    ["a varint of 11 bytes", queryOf(field(4, 0, Buffer.alloc(11, 0xff))), "longer than 10"],
    ["a bool of 11 bytes", queryOf(field(8, 0, Buffer.alloc(11, 0xff))), "longer than 10"],
    ["invalid UTF-8", queryOf(field(7, 2, Buffer.from([1, 0x80]))), "invalid UTF-8"],
    ["long invalid UTF-8", field(1, 2, sized(Buffer.alloc(200, 0xff))), "invalid UTF-8"],
    ["a cut double", queryOf(field(2, 1, Buffer.alloc(3))), "truncated"],
  ])("refuses %s", (_, bytes, reason) => {
    expect(() => decodePersistQuery(bytes)).toThrow(ProtoError);
    expect(() => decodePersistQuery(bytes)).toThrow(reason);
  });

  test("equals protobufjs: any order, packed, unpacked, split, unknown fields", () => {
    fc.assert(
      fc.property(persistQueryBytes, (bytes) => {
        expect(decodePersistQuery(bytes)).toEqual(readWithProtobufjs(bytes));
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });

  test("any bytes are read as protobufjs reads them, or refused", () => {
    const anyBytes = fc.oneof(damaged(persistQueryBytes), fc.uint8Array({ maxLength: 40 }));
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const ours = outcome(decodePersistQuery, bytes);
        const theirs = outcome(readWithProtobufjs, bytes);
        if (!(ours instanceof Error)) expect(ours).toEqual(theirs);
        else {
          expect(ours).toBeInstanceOf(ProtoError);
          if (!isStricter(ours)) expect(theirs).toBeInstanceOf(Error);
        }
      }),
      { numRuns: PROPERTY_RUNS * 3 },
    );
  });
});
