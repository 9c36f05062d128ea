import { isIPv4, isIPv6 } from "node:net";
import {
  COLUMN_TYPES,
  type ColumnType,
  compareValues,
  decodeValue,
  encodeValue,
  JsonNumber,
  ValueFault,
} from "@ofs/rows";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressText, decimalText, VALUES } from "../support/arbitraries.ts";
import { propertyRuns } from "../support/property-runs.ts";
import { bytesOf, printed } from "../support/values.ts";

const numRuns = propertyRuns(300);

const single = (value: number): number => Math.fround(value);

const INFINITY_BITS = 0x7f80_0000;

/** Another way to the same single: the exact middles decide between its neighbours. */
function nearestSingle(text: string): number {
  const around = single(Number(text));
  const view = new DataView(new ArrayBuffer(4));
  const candidates = [-2, -1, 0, 1, 2].map((step) => {
    view.setFloat32(0, Math.abs(around));
    view.setUint32(0, Math.min(INFINITY_BITS, Math.max(0, view.getUint32(0) + step)));
    const size = view.getFloat32(0);
    return around < 0 || Object.is(around, -0) ? -size : size;
  });
  const wanted = exact(text);
  const distance = (candidate: number): bigint => {
    const difference = wanted - exactOf(candidate);
    return difference < 0n ? -difference : difference;
  };
  const isEven = (candidate: number): boolean => {
    view.setFloat32(0, candidate);
    return view.getUint32(0) % 2 === 0;
  };
  return candidates.reduce((best, candidate) => {
    const [near, far] = [distance(candidate), distance(best)];
    if (near === far) return isEven(candidate) ? candidate : best;
    return near < far ? candidate : best;
  });
}

/** Times 2^1100 and 10^100: every number of these tests is an integer then. */
const SCALE = 2n ** 1100n * 10n ** 100n;

function exact(text: string): bigint {
  const [mantissa = "", exponent = "0"] = text.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const power = BigInt(Number(exponent) - fraction.length);
  const unscaled = BigInt(whole.replace("-", "") + fraction) * (text.startsWith("-") ? -1n : 1n);
  return power >= 0n ? unscaled * 10n ** power * SCALE : (unscaled * SCALE) / 10n ** -power;
}

/** Beyond the largest single stands what it would be if its exponent had one more value. */
function exactOf(value: number): bigint {
  const size = Math.min(Math.abs(value), 2 ** 128);
  return (BigInt(size * 2 ** 200) * SCALE * (value < 0 ? -1n : 1n)) / 2n ** 200n;
}

describe("values", () => {
  it.each(COLUMN_TYPES)("%s: what is printed is stored as the same bytes", (type) => {
    fc.assert(
      fc.property(VALUES[type], (json) => {
        const bytes = bytesOf(type, json);
        const text = decodeValue(type, bytes);
        expect(() => JSON.parse(text)).not.toThrow();
        expect(Buffer.from(bytesOf(type, text))).toEqual(Buffer.from(bytes));
      }),
      { numRuns },
    );
  });

  it("prints decimals with every digit that was sent", () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        expect(exact(printed("DECIMAL", text).replace("E+", "e").replace("E", "e"))).toBe(
          exact(text),
        );
      }),
      { numRuns },
    );
  });

  it("rounds singles once", () => {
    const view = new DataView(new ArrayBuffer(4));
    const bits = fc.nat(0x7f7f_fffd);
    const tail = fc.constantFrom("", "0", "1", "00000000000000000000000000000001");
    fc.assert(
      fc.property(bits, tail, fc.boolean(), (low, more, isBelow) => {
        view.setUint32(0, low);
        const lower = view.getFloat32(0);
        view.setUint32(0, low + 1);
        // The middle between two singles, which is where rounding twice goes wrong, and what is next to it.
        const middle = fixedText((lower + view.getFloat32(0)) / 2);
        const text = isBelow ? previous(middle) : middle + more;
        expect(single(Number(printed("FLOAT", text)))).toBe(nearestSingle(text));
      }),
      { numRuns },
    );
  });

  it("prints singles in the fewest digits", () => {
    fc.assert(
      fc.property(
        fc.float({ noDefaultInfinity: true, noNaN: true }).filter((value) => value !== 0),
        (value) => {
          const text = printed("FLOAT", String(value));
          const digits = text
            .replace(/e.*/, "")
            .replace(/\D/g, "")
            .replace(/^0+|0+$/g, "").length;
          expect(nearestSingle(text.replace("e+", "e"))).toBe(value);
          for (let fewer = 1; fewer < digits; fewer++) {
            const shorter = Number(value).toPrecision(fewer).replace("e+", "e");
            expect(nearestSingle(shorter)).not.toBe(value);
          }
        },
      ),
      { numRuns },
    );
  });

  it("takes the addresses that node:net takes", () => {
    fc.assert(
      fc.property(addressText, (text) => {
        const bytes = encodeValue("INET", text);
        expect(!(bytes instanceof ValueFault)).toBe(isIPv4(text) || isIPv6(text));
      }),
      { numRuns: numRuns * 5 },
    );
  });

  it("never throws for what is sent, and prints whatever it stores", () => {
    const json = fc.oneof(
      fc.string().map((text) => text),
      decimalText.map((text) => new JsonNumber(text)),
      fc.constantFrom(null, true, false, [], {}, new JsonNumber("NaN"), "NaN", "-Infinity"),
    );
    fc.assert(
      fc.property(fc.constantFrom(...COLUMN_TYPES), json, (type: ColumnType, value) => {
        const bytes = encodeValue(type, value);
        if (!(bytes instanceof ValueFault)) expect(decodeValue(type, bytes)).not.toBe("");
      }),
      { numRuns: numRuns * 5 },
    );
  });
});

describe("compareValues", () => {
  it.each(COLUMN_TYPES)("%s: is an order", (type) => {
    const compare = compareValues(type);
    const value = fc.oneof(
      VALUES[type].map((json) => bytesOf(type, json)),
      fc.constant(new Uint8Array()),
    );
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
        expect(compare(a, a)).toBe(0);
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns },
    );
  });

  it.each(["INT", "BIGINT", "VARINT", "DECIMAL", "TIMESTAMP"] as const)(
    "%s: is numeric",
    (type) => {
      const number = VALUES[type].filter((json) => !json.startsWith('"'));
      fc.assert(
        fc.property(number, number, (a, b) => {
          const order = compareValues(type)(bytesOf(type, a), bytesOf(type, b));
          const difference = exact(a) - exact(b);
          expect(Math.sign(order)).toBe(difference === 0n ? 0 : difference < 0n ? -1 : 1);
        }),
        { numRuns },
      );
    },
  );
});

/** A double below 2^128 in full, without an exponent. */
function fixedText(value: number): string {
  const scaled = BigInt(value * 2 ** 200) * 5n ** 200n;
  const text = scaled.toString().padStart(201, "0");
  return `${text.slice(0, -200)}.${text.slice(-200)}`;
}

/** A decimal that is a little smaller. */
function previous(text: string): string {
  const [whole = "", fraction = ""] = text.split(".");
  const less = (BigInt(whole + fraction) * 1000n - 1n)
    .toString()
    .padStart(fraction.length + 4, "0");
  return `${less.slice(0, -(fraction.length + 3))}.${less.slice(-(fraction.length + 3))}`;
}
