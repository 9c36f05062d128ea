import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFloat32, formatFloat64 } from "../src/float-text.ts";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "./support/runs.ts";

const bitsView = new DataView(new ArrayBuffer(4));

/** Any positive, finite float32, by its bits, so that all magnitudes are as likely. */
const anyFloat32 = fc.integer({ min: 1, max: 0x7f7f_ffff }).map((bits) => {
  bitsView.setUint32(0, bits);
  return bitsView.getFloat32(0);
});

const powersOfTwo = fc.integer({ min: -149, max: 127 }).map((exponent) => 2 ** exponent);

/** What people write: few decimals. */
const shortDecimals = fc
  .tuple(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: -6, max: 3 }))
  .map(([units, exponent]) => Math.fround(units * 10 ** exponent));

interface Exact {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

function exactOf(value: number): Exact {
  let scaled = value;
  let doublings = 0n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    doublings++;
  }
  return { numerator: BigInt(scaled), denominator: 1n << doublings };
}

function compare(left: Exact, right: Exact): number {
  const difference = left.numerator * right.denominator - right.numerator * left.denominator;
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

function decimal(units: bigint, exponent: number): Exact {
  return exponent >= 0
    ? { numerator: units * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: units, denominator: 10n ** BigInt(-exponent) };
}

/** Whether the decimal is read as this float32, in exact arithmetic. */
function readsAs(candidate: Exact, value: number): boolean {
  bitsView.setFloat32(0, value);
  const bits = bitsView.getUint32(0);
  bitsView.setUint32(0, bits - 1);
  const below = bitsView.getFloat32(0);
  bitsView.setUint32(0, bits + 1);
  const above = bitsView.getFloat32(0);
  const low = exactOf((value + below) / 2);
  const high = exactOf(Number.isFinite(above) ? (value + above) / 2 : value + (value - below) / 2);
  const isEven = bits % 2 === 0;
  const fromLow = compare(candidate, low);
  const fromHigh = compare(candidate, high);
  return (fromLow > 0 || (isEven && fromLow === 0)) && (fromHigh < 0 || (isEven && fromHigh === 0));
}

/** Shortest decimal by definition: every count of digits, both decimals next to the value. */
function shortest(value: number): string {
  const exact = exactOf(value);
  for (let digits = 1; digits <= 9; digits++) {
    for (let exponent = 39 - digits; exponent >= -46 - digits; exponent--) {
      const unit = decimal(1n, exponent);
      const floor = (exact.numerator * unit.denominator) / (exact.denominator * unit.numerator);
      if (String(floor).length !== digits && String(floor + 1n).length !== digits) continue;
      const fits = [floor, floor + 1n].filter(
        (units) => units > 0n && readsAs(decimal(units, exponent), value),
      );
      if (fits.length === 0) continue;
      const [first, second] = fits as [bigint, bigint | undefined];
      return text(second === undefined ? first : nearer(exact, first, second, exponent), exponent);
    }
  }
  throw new Error(`no decimal for ${value}`);
}

function nearer(exact: Exact, below: bigint, above: bigint, exponent: number): bigint {
  const order = compare(decimal(below + above, exponent), {
    numerator: exact.numerator * 2n,
    denominator: exact.denominator,
  });
  if (order === 0) return below % 2n === 0n ? below : above;
  return order > 0 ? below : above;
}

/** Digits without zeros at the end, and the exponent of the first. */
function text(units: bigint, exponent: number): string {
  const digits = String(units);
  return `${digits.replace(/0+$/, "")}e${digits.length - 1 + exponent}`;
}

/** The same of a text in either form. */
function normalized(formatted: string): string {
  const [mantissa, exponent = "0"] = formatted.split("e") as [string, string?];
  const [whole, fraction = ""] = mantissa.split(".") as [string, string?];
  return text(BigInt(whole + fraction), Number(exponent) - fraction.length);
}

describe("formatFloat32", () => {
  it.each([
    [0.1, "0.1"],
    [123_456, "123456"],
    [1_000_000, "1e+06"],
    [1_234_567, "1.234567e+06"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [-1.5, "-1.5"],
    [16_777_216, "1.6777216e+07"],
    [3.4028235e38, "3.4028235e+38"],
    [2 ** -149, "1e-45"],
    [2 ** -126, "1.1754944e-38"],
  ])("general form of %d is %s", (value, expected) => {
    expect(formatFloat32(Math.fround(value), "general")).toBe(expected);
  });

  it.each([
    [0.251953125, "0.25195312"],
    [2 ** -12, "0.00024414062"],
    [2 ** -96, "1.2621775e-29"],
    [2 ** 90, "1.2379401e+27"],
    [2 ** 87, "1.5474251e+26"],
  ])("is not led astray by ties and lopsided intervals: %d is %s", (value, expected) => {
    expect(formatFloat32(value, "general")).toBe(expected);
  });

  it("never writes an exponent in the plain form", () => {
    expect(formatFloat32(1e21, "plain")).toBe("1000000000000000000000");
    expect(formatFloat32(Math.fround(1e-7), "plain")).toBe("0.0000001");
    expect(formatFloat64(5e-324, "plain")).toBe(`0.${"0".repeat(323)}5`);
  });

  it("writes what is no number in words", () => {
    const values = [Number.NaN, Infinity, -Infinity, 0, -0];
    const texts = ["NaN", "+Inf", "-Inf", "0", "-0"];
    for (const form of ["general", "plain"] as const) {
      expect(values.map((value) => formatFloat32(value, form))).toEqual(texts);
      expect(values.map((value) => formatFloat64(value, form))).toEqual(texts);
    }
  });

  it(
    "reads back as the same float32",
    () => {
      fc.assert(
        fc.property(
          fc.oneof(anyFloat32, powersOfTwo, shortDecimals),
          fc.boolean(),
          (value, isNegative) => {
            const signed = isNegative ? -value : value;
            for (const form of ["general", "plain"] as const) {
              expect(Math.fround(Number(formatFloat32(signed, form)))).toBe(signed);
            }
          },
        ),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it(
    "has the digits that exact arithmetic finds",
    () => {
      fc.assert(
        fc.property(fc.oneof(anyFloat32, powersOfTwo, shortDecimals), (value) => {
          expect(normalized(formatFloat32(value, "general"))).toBe(shortest(value));
        }),
        { numRuns: Math.ceil(PROPERTY_RUNS / 10) },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it("has them for every power of two", () => {
    for (let exponent = -149; exponent <= 127; exponent++) {
      const value = 2 ** exponent;
      expect(normalized(formatFloat32(value, "general"))).toBe(shortest(value));
    }
  });
});

describe("formatFloat64", () => {
  it("has the digits of its own width", () => {
    expect(formatFloat64(98_103.035, "general")).toBe("98103.035");
    expect(formatFloat64(1_234_567, "general")).toBe("1.234567e+06");
    expect(formatFloat64(1e100, "general")).toBe("1e+100");
  });

  it(
    "reads back as the same float64",
    () => {
      const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
      fc.assert(
        fc.property(finite, (value) => {
          for (const form of ["general", "plain"] as const) {
            expect(Number(formatFloat64(value, form))).toBe(value);
          }
        }),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});
