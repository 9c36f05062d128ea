import type { ColumnType } from "@ofs/rows";
import fc from "fast-check";

/** A value as JSON text when it is sent, and when it is answered. */
export interface ValueSample {
  readonly sent: string;
  readonly answered: string;
}

type Samples = Readonly<Record<ColumnType, readonly ValueSample[]>>;

const same = (...texts: string[]): ValueSample[] =>
  texts.map((text) => ({ sent: text, answered: text }));

const as = (sent: string, answered: string): ValueSample => ({ sent, answered });

const quoted = (...texts: string[]): ValueSample[] => same(...texts.map((t) => JSON.stringify(t)));

const WORDS = [
  "",
  "a",
  " ",
  "\u0000\u001f",
  "naïve",
  "数据",
  "🧮👩‍👩‍👧",
  "\u202eabc",
  '"\\/',
  "e\u0301",
];
const DIGITS_38 = "12345678901234567890123456789012345678";
const MAX_64 = "9223372036854775807";
const MIN_64 = "-9223372036854775808";

/** The ends of each type's range, and what is easily lost on the way. */
export const EXTREMES: Samples = {
  ASCII: quoted("", "a", "\u0000\u007f", '"\\'),
  BIGINT: [...same("0", "-1", MAX_64, MIN_64, "9007199254740993"), as(`"${MIN_64}"`, MIN_64)],
  BLOB: quoted("", "AA==", "AAEC/w==", Buffer.alloc(300, 0xfe).toString("base64")),
  BOOLEAN: [...same("true", "false"), as('"true"', "true"), as('"false"', "false")],
  DECIMAL: [
    ...same("0", "0.00", "1.50", "-1.5", DIGITS_38, `-${DIGITS_38}`, `0.${DIGITS_38}`),
    ...same(`${DIGITS_38}.${DIGITS_38}`, "0.000001"),
    as('"1.50"', "1.50"),
    as('"-7"', "-7"),
  ],
  DOUBLE: [
    ...same("0.1", "-0.0", "1.5", "5e-324", "1.7976931348623157e+308", "0.30000000000000004"),
    as("3", "3.0"),
    as("-0.0", "-0.0"),
    as('"NaN"', '"NaN"'),
    as("NaN", '"NaN"'),
    as("-Infinity", '"-Infinity"'),
    as('"Infinity"', '"Infinity"'),
  ],
  FLOAT: [
    ...same("0.1", "-0.0", "2.71828", "16777216.0"),
    as("3", "3.0"),
    as("0.10000000149011612", "0.1"),
    as('"NaN"', '"NaN"'),
    as('"-Infinity"', '"-Infinity"'),
  ],
  INET: [
    ...quoted("0.0.0.0", "255.255.255.255", "2001:db8:0:0:0:0:0:1"),
    as('"::1"', '"0:0:0:0:0:0:0:1"'),
    as('"2001:DB8::ff"', '"2001:db8:0:0:0:0:0:ff"'),
    as('"::ffff:10.1.2.3"', '"10.1.2.3"'),
  ],
  INT: [...same("0", "2147483647", "-2147483648"), as('"-5"', "-5")],
  TEXT: quoted(...WORDS),
  TIMESTAMP: [
    ...same("0", "-1", "5", "-2208988800000", MAX_64, MIN_64),
    as('"1969-12-31T23:59:59Z"', "-1000"),
    as('"0001-01-01T00:00:00Z"', "-62135596800000"),
    as('"2024-02-29T12:30:01Z"', "1709209801000"),
  ],
  TIMEUUID: [
    ...quoted("00000000-0000-1000-8000-000000000000", "ffffffff-ffff-1fff-bfff-ffffffffffff"),
    as('"6BA7B810-9DAD-11D1-80B4-00C04FD430C8"', '"6ba7b810-9dad-11d1-80b4-00c04fd430c8"'),
  ],
  UUID: [
    ...quoted("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
    as('"6FA459EA-EE8A-4CA4-894E-DB77E160355E"', '"6fa459ea-ee8a-4ca4-894e-db77e160355e"'),
  ],
  VARCHAR: quoted(...WORDS),
  VARINT: [
    ...same("0", "-1", "127", "128", "-128", "-129", MAX_64, "18446744073709551616"),
    ...same("9".repeat(80), `-1${"0".repeat(100)}`),
    as('"340282366920938463463374607431768211456"', "340282366920938463463374607431768211456"),
  ],
};

/** What each type does not take; in every type null fails, too. */
export const REFUSED: Readonly<Record<ColumnType, readonly string[]>> = {
  ASCII: ['"é"', "1", '"\\u0080"'],
  BIGINT: ['"12345678a9"', "9223372036854775808", "1.0", "1e3", "true"],
  BLOB: ['"A\\\\="', '"A"', "1"],
  BOOLEAN: ['"truee"', '"TRUE"', "1"],
  DECIMAL: ['"1a.5"', "true", '""'],
  DOUBLE: ['"1x"', "true", '"1e999"'],
  FLOAT: ['"x"', "[]", '"1e39"'],
  INET: ['"300.1.1.1"', '"localhost"', "1", '"1.2.3"'],
  INT: ["2147483648", "-2147483649", "1.0", '"x"'],
  TEXT: ["{}", "1", "true"],
  TIMESTAMP: ['"1706d29"', '"2024-13-32T25:A0:99Z"', "9223372036854775808", "1.5"],
  TIMEUUID: ['"6ba7b810-9dad-11d1-80b4-00c04fd430c80"', '"6fa459ea-ee8a-4ca4-894e-db77e160355e"'],
  UUID: ['"6fa459ea-ee8a-4ca4-894e-db77e160355e0"', '"x"', "1"],
  VARCHAR: ["[]", "1"],
  VARINT: ['"1sada2"', "1.5"],
};

const integers = (bits: bigint): fc.Arbitrary<ValueSample> =>
  fc
    .bigInt({ min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n })
    .map((value) => as(String(value), String(value)));

const texts = (unit: "grapheme" | "binary-ascii"): fc.Arbitrary<ValueSample> =>
  fc.string({ unit, maxLength: 30 }).map((text) => as(JSON.stringify(text), JSON.stringify(text)));

const uuids = (version: 1 | 4): fc.Arbitrary<ValueSample> =>
  fc.uuid({ version }).map((text) => as(JSON.stringify(text), JSON.stringify(text)));

/** Up to 38 digits, plain. */
const decimals = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }), fc.nat(6), fc.boolean())
  .filter(([digits, , isNegative]) => digits > 0n || !isNegative)
  .map(([digits, scale, isNegative]) => {
    const padded = String(digits).padStart(scale + 1, "0");
    const whole = padded.slice(0, padded.length - scale);
    const text = `${isNegative ? "-" : ""}${whole}${scale === 0 ? "" : `.${padded.slice(-scale)}`}`;
    return as(text, text);
  });

/** Of 16 bits, with a fraction: the same text in either precision. */
const fractions = fc
  .integer({ min: -(2 ** 15), max: 2 ** 15 })
  .map((value) => String(value / 8 + 1 / 16))
  .map((text) => as(text, text));

const fresh: Readonly<Record<ColumnType, fc.Arbitrary<ValueSample>>> = {
  ASCII: texts("binary-ascii"),
  BIGINT: integers(64n),
  BLOB: fc
    .uint8Array({ maxLength: 60 })
    .map((bytes) => JSON.stringify(Buffer.from(bytes).toString("base64")))
    .map((text) => as(text, text)),
  BOOLEAN: fc.boolean().map((value) => as(String(value), String(value))),
  DECIMAL: decimals,
  DOUBLE: fractions,
  FLOAT: fractions,
  INET: fc.ipV4().map((text) => as(`"${text}"`, `"${text}"`)),
  INT: integers(32n),
  TEXT: texts("grapheme"),
  TIMESTAMP: integers(64n),
  TIMEUUID: uuids(1),
  UUID: uuids(4),
  VARCHAR: texts("grapheme"),
  VARINT: integers(300n),
};

/** An extreme one, or any. */
export function sampleOf(type: ColumnType): fc.Arbitrary<ValueSample> {
  return fc.oneof(fc.constantFrom(...EXTREMES[type]), fresh[type]);
}
