import {
  decodeFloat8E4M3,
  decodeFloat8E5M2,
  decodeFloat16,
  encodeFloat8E4M3,
  encodeFloat8E5M2,
  encodeFloat16,
} from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PROPERTY_RUNS, PROPERTY_TIMEOUT_MS } from "./support/runs.ts";

interface Format {
  readonly name: string;
  readonly codeCount: number;
  readonly encode: (value: number) => number;
  readonly decode: (code: number) => number;
  /** What the code after the largest finite one would stand for: halfway to it, values overflow. */
  readonly beyond: number;
  readonly overflow: number;
}

const FORMATS: readonly Format[] = [
  {
    name: "FP16",
    codeCount: 65_536,
    encode: encodeFloat16,
    decode: decodeFloat16,
    beyond: 65_536,
    overflow: Infinity,
  },
  {
    name: "FP8E5M2",
    codeCount: 256,
    encode: encodeFloat8E5M2,
    decode: decodeFloat8E5M2,
    beyond: 65_536,
    overflow: Infinity,
  },
  {
    name: "FP8E4M3",
    codeCount: 256,
    encode: encodeFloat8E4M3,
    decode: decodeFloat8E4M3,
    beyond: 480,
    overflow: Number.NaN,
  },
];

/** Values of the codes from 0 up, finite ones only, then the one beyond. */
function positiveValues({ codeCount, decode, beyond }: Format): number[] {
  const values: number[] = [];
  for (let code = 0; code < codeCount / 2; code++) {
    const value = decode(code);
    if (Number.isFinite(value)) values.push(value);
  }
  return [...values, beyond];
}

/** Nearest value by definition: neighbours by search, ties to the even code. */
function nearest(format: Format, values: readonly number[], value: number): number {
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return value;
  const sign = Object.is(value, -0) || value < 0 ? -1 : 1;
  if (magnitude > format.beyond) return sign * format.overflow;
  let low = 0;
  let high = values.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) <= magnitude) low = middle;
    else high = middle;
  }
  const below = magnitude - (values[low] as number);
  const above = (values[high] as number) - magnitude;
  const code = below < above || (below === above && low % 2 === 0) ? low : high;
  const rounded = code === values.length - 1 ? format.overflow : (values[code] as number);
  return sign * rounded;
}

describe.each(FORMATS)("$name", (format) => {
  const { codeCount, encode, decode } = format;
  const values = positiveValues(format);

  it("gives every code back", () => {
    const codes = Array.from({ length: codeCount }, (_, code) => code);
    const changed = codes.filter((code) => {
      const value = decode(code);
      return Number.isNaN(value) ? !Number.isNaN(decode(encode(value))) : encode(value) !== code;
    });
    expect(changed).toEqual([]);
  });

  it("has rising values, and the same for both signs", () => {
    const finite = values.slice(0, -1);
    expect(
      finite.filter((value, code) => code > 0 && value <= (finite[code - 1] as number)),
    ).toEqual([]);
    expect(
      finite.filter((value, code) => !Object.is(decode(code + codeCount / 2), -value)),
    ).toEqual([]);
  });

  it("rounds to the nearest value, ties to even, also at each tie and beside it", () => {
    const wrong: number[] = [];
    for (let code = 0; code + 1 < values.length; code++) {
      const tie = ((values[code] as number) + (values[code + 1] as number)) / 2;
      const beside = tie * 2 ** -22;
      for (const value of [tie, tie - beside, tie + beside, -tie, beside - tie]) {
        const expected = nearest(format, values, Math.fround(value));
        if (!Object.is(decode(encode(value)), expected)) wrong.push(value);
      }
    }
    expect(wrong).toEqual([]);
  });

  it(
    "is the nearest value of the float32, for any double",
    () => {
      fc.assert(
        fc.property(
          fc.oneof(fc.float(), fc.double({ min: -70_000, max: 70_000 }), fc.double()),
          (value) => {
            expect(decode(encode(value))).toBe(nearest(format, values, Math.fround(value)));
          },
        ),
        { numRuns: PROPERTY_RUNS },
      );
    },
    PROPERTY_TIMEOUT_MS,
  );
});

it("FP16 rounds twice, by way of float32", () => {
  // Just above the tie of 1 and 1 + 2^-10, by less than float32 can tell.
  const value = 1 + 2 ** -11 + 2 ** -40;
  expect(decodeFloat16(encodeFloat16(value))).toBe(1);
});

it("E4M3 has no infinities: overflow is NaN, and the largest value is 448", () => {
  expect(encodeFloat8E4M3(464)).toBe(0x7e);
  expect(encodeFloat8E4M3(464.1)).toBe(0x7f);
  expect(encodeFloat8E4M3(-Infinity)).toBe(0xff);
  expect(encodeFloat8E5M2(61_439)).toBe(0x7b);
  expect(encodeFloat8E5M2(61_440)).toBe(0x7c);
});
