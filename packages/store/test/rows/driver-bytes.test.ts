import { createRequire } from "node:module";
import { type ColumnType, compareValues, encodeValue, parseJson, ValueFault } from "@ofs/rows";
import { types } from "cassandra-driver";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

interface DriverEncoder {
  encode(value: unknown, type: { readonly code: number }): Buffer;
}

/** Part of the driver that it does not offer, but writes all values with. */
const Encoder = createRequire(import.meta.url)("cassandra-driver/lib/encoder") as new (
  protocolVersion: number,
  options: object,
) => DriverEncoder;

const NATIVE_PROTOCOL_VERSION = 4;
const encoder = new Encoder(NATIVE_PROTOCOL_VERSION, { encoding: {} });
const { bigint, boolean, blob, decimal, double, float, inet, int } = types.dataTypes;
const { ascii, text, timestamp, timeuuid, uuid, varint } = types.dataTypes;

function driverBytes(code: number, value: unknown): Buffer {
  return Buffer.from(encoder.encode(value, { code }));
}

function ourBytes(type: ColumnType, json: string): Buffer {
  const bytes = encodeValue(type, parseJson(json));
  if (bytes instanceof ValueFault) throw new Error(bytes.reason);
  return Buffer.from(bytes);
}

const RUNS_MAX = 100_000;
const { OFS_PROPERTY_RUNS: asked = "300" } = process.env;
const numRuns = Math.min(Number(asked), RUNS_MAX);

/** Both encoders, on values that are made as the driver's callers make them. */
function same<T>(
  values: fc.Arbitrary<T>,
  ours: (value: T) => Buffer,
  theirs: (value: T) => Buffer,
) {
  fc.assert(
    fc.property(values, (value) => {
      expect(ours(value)).toEqual(theirs(value));
    }),
    { numRuns },
  );
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const large = fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n });
const small = fc.bigInt({ min: -70_000n, max: 70_000n });

describe("bytes of values are those of the driver", () => {
  it("text", () => {
    const texts = fc.string({ unit: "grapheme" });
    for (const type of ["TEXT", "VARCHAR"] as const) {
      same(
        texts,
        (each) => ourBytes(type, JSON.stringify(each)),
        (each) => driverBytes(text, each),
      );
    }
    const plain = fc.string({ unit: "grapheme-ascii" });
    same(
      plain,
      (each) => ourBytes("ASCII", JSON.stringify(each)),
      (each) => driverBytes(ascii, each),
    );
  });

  it("bytes and booleans", () => {
    const bytes = fc.uint8Array().map((each) => Buffer.from(each));
    const ours = (each: Buffer): Buffer => ourBytes("BLOB", `"${each.toString("base64")}"`);
    same(bytes, ours, (each) => driverBytes(blob, each));
    same(
      fc.boolean(),
      (each) => ourBytes("BOOLEAN", String(each)),
      (each) => driverBytes(boolean, each),
    );
  });

  it("integers", () => {
    same(
      fc.integer(),
      (each) => ourBytes("INT", String(each)),
      (each) => driverBytes(int, each),
    );
    for (const [type, code] of [
      ["BIGINT", bigint],
      ["TIMESTAMP", timestamp],
    ] as const) {
      const theirs = (each: bigint): Buffer =>
        driverBytes(code, types.Long.fromString(String(each)));
      same(int64, (each) => ourBytes(type, String(each)), theirs);
    }
    const theirs = (each: bigint): Buffer =>
      driverBytes(varint, types.Integer.fromString(String(each)));
    same(fc.oneof(small, int64, large), (each) => ourBytes("VARINT", String(each)), theirs);
  });

  it("decimals", () => {
    const parts = fc.tuple(fc.oneof(small, large), fc.nat(40));
    const write = ([digits, scale]: readonly [bigint, number]): string => {
      const sign = digits < 0n ? "-" : "";
      const padded = String(digits)
        .replace("-", "")
        .padStart(scale + 1, "0");
      return scale === 0
        ? sign + padded
        : `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
    };
    same(
      parts,
      (each) => ourBytes("DECIMAL", write(each)),
      (each) => driverBytes(decimal, types.BigDecimal.fromString(write(each))),
    );
  });

  it("floating point numbers", () => {
    const print = (value: number): string =>
      Number.isFinite(value) && !Object.is(value, -0) ? String(value) : `"${value}"`;
    const doubles = fc.double().filter((value) => !Object.is(value, -0));
    same(
      doubles,
      (each) => ourBytes("DOUBLE", print(each)),
      (each) => driverBytes(double, each),
    );
    const singles = fc.float().filter((value) => !Object.is(value, -0));
    same(
      singles,
      (each) => ourBytes("FLOAT", print(each)),
      (each) => driverBytes(float, each),
    );
    expect(ourBytes("DOUBLE", "-0.0")).toEqual(driverBytes(double, -0));
    expect(ourBytes("FLOAT", "-0.0")).toEqual(driverBytes(float, -0));
  });

  it("identifiers and addresses", () => {
    const ids = fc.uuid();
    same(
      ids,
      (each) => ourBytes("UUID", `"${each}"`),
      (each) => driverBytes(uuid, types.Uuid.fromString(each)),
    );
    const times = fc.uuid({ version: 1 });
    const theirs = (each: string): Buffer => driverBytes(timeuuid, types.TimeUuid.fromString(each));
    same(times, (each) => ourBytes("TIMEUUID", `"${each}"`), theirs);
    const addresses = fc.oneof(
      fc.ipV4(),
      fc.ipV6().filter((each) => !each.includes(".")),
    );
    same(
      addresses,
      (each) => ourBytes("INET", `"${each}"`),
      (each) => driverBytes(inet, types.InetAddress.fromString(each)),
    );
  });

  it("times in UUIDs are in the order of the driver's dates", () => {
    const at = fc.date({
      min: new Date("1990-01-01"),
      max: new Date("2100-01-01"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(at, at, (a, b) => {
        const make = (date: Date): Buffer => types.TimeUuid.fromDate(date, 0).getBuffer();
        const order = compareValues("TIMEUUID")(make(a), make(b));
        if (a.getTime() !== b.getTime())
          expect(Math.sign(order)).toBe(Math.sign(a.getTime() - b.getTime()));
      }),
      { numRuns },
    );
  });
});
