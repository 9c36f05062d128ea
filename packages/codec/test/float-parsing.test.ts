import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFloat32, parseFloat64 } from "../src/float-parsing.ts";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "./support/runs.ts";

const bitsView = new DataView(new ArrayBuffer(4));

function float32OfBits(bits: number): number {
  bitsView.setUint32(0, bits);
  return bitsView.getFloat32(0);
}

/** Exact decimal of a positive float64. */
function exactText(value: number): string {
  let scaled = value;
  let doublings = 0;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    doublings++;
  }
  return `${BigInt(scaled) * 5n ** BigInt(doublings)}e-${doublings}`;
}

describe("parseFloat32", () => {
  it(
    "rounds the middle of two float32 to even, and a trace beside it to the nearer",
    () => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 0x7f7f_fffe }), fc.boolean(), (bits, isNegative) => {
          const low = float32OfBits(bits);
          const high = float32OfBits(bits + 1);
          const middle = exactText((low + high) / 2);
          const [digits, exponent] = middle.split("e") as [string, string];
          const above = `${digits}00001e${Number(exponent) - 5}`;
          const below = `${BigInt(digits) * 100_000n - 1n}e${Number(exponent) - 5}`;
          const sign = isNegative ? "-" : "";
          const factor = isNegative ? -1 : 1;
          expect(parseFloat32(sign + middle)).toBe(factor * (bits % 2 === 0 ? low : high));
          expect(parseFloat32(sign + above)).toBe(factor * high);
          expect(parseFloat32(sign + below)).toBe(factor * low);
        }),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );

  it("overflows from the middle of the largest float32 and the next power of two on", () => {
    const edge = 2n ** 128n - 2n ** 103n;
    expect(parseFloat32(String(edge))).toBe(Infinity);
    expect(parseFloat32(String(edge - 1n))).toBe(3.4028234663852886e38);
    expect(parseFloat32(`-${edge}`)).toBe(-Infinity);
    expect(parseFloat32(`-${edge - 1n}`)).toBe(-3.4028234663852886e38);
    expect(parseFloat32("1e400")).toBe(Infinity);
  });

  it("underflows to zero up to half the smallest float32", () => {
    const half = exactText(2 ** -150);
    expect(parseFloat32(half)).toBe(0);
    expect(parseFloat32(`-${half}`)).toBe(-0);
    expect(
      parseFloat32(half.replace("e", "1e").replace(/-(\d+)$/, (_, n) => `-${Number(n) + 1}`)),
    ).toBe(2 ** -149);
    expect(parseFloat32("1e-400")).toBe(0);
  });

  it("stays quick for texts with huge exponents", () => {
    expect(parseFloat32("0e999999999")).toBe(0);
    expect(parseFloat32("1e-999999999")).toBe(0);
    expect(parseFloat32(`0.${"0".repeat(1100)}1`)).toBeUndefined();
  });
});

describe("parseFloat64", () => {
  it("reads decimals and the words for what is no number", () => {
    const texts = ["1", "+1.5", "-.5", "2.", "1e3", "1E-3", "inf", "-Infinity", "+Inf"];
    const values = [1, 1.5, -0.5, 2, 1000, 0.001, Infinity, -Infinity, Infinity];
    expect(texts.map(parseFloat64)).toEqual(values);
    expect(parseFloat64("NaN")).toBeNaN();
  });

  it("reads nothing else", () => {
    for (const text of ["", "+", ".", "1 ", " 1", "0x1p3", "1,5", "in", "1e5.5"]) {
      expect(parseFloat64(text)).toBeUndefined();
    }
  });
});
