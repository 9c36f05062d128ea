import type { ColumnType } from "@ofs/rows";
import fc from "fast-check";

const digits = (maxLength: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9]{1,${maxLength}}$`));

const sign = fc.constantFrom("", "-");

/** Numbers with a fraction, an exponent, or neither, as JSON has them. */
export const decimalText: fc.Arbitrary<string> = fc
  .tuple(
    sign,
    fc.oneof(fc.constant("0"), fc.stringMatching(/^[1-9][0-9]{0,25}$/)),
    fc.option(digits(25)),
    fc.option(fc.integer({ min: -40, max: 40 })),
  )
  .map(
    ([minus, whole, fraction, exponent]) =>
      `${minus}${whole}${fraction === null ? "" : `.${fraction}`}${exponent === null ? "" : `e${exponent}`}`,
  );

const integerText = (bits: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n }).map(String);

const quoted = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  text.map((each) => JSON.stringify(each));

const bytes = fc.uint8Array({ maxLength: 40 });

const timeUuid = fc.uuid({ version: 1 });

const octet = fc.nat(255);

/** JSON of values that each type takes. */
export const VALUES: Readonly<Record<ColumnType, fc.Arbitrary<string>>> = {
  ASCII: quoted(fc.string({ unit: "binary-ascii", maxLength: 20 })),
  BIGINT: integerText(64),
  BLOB: quoted(bytes.map((each) => Buffer.from(each).toString("base64"))),
  BOOLEAN: fc.constantFrom("true", "false", '"true"', '"false"'),
  DECIMAL: decimalText,
  DOUBLE: fc.oneof(
    fc.double().map((each) => (Number.isFinite(each) ? String(each) : `"${each}"`)),
    decimalText,
  ),
  FLOAT: fc.oneof(
    fc.float().map((each) => (Number.isFinite(each) ? String(each) : `"${each}"`)),
    decimalText.filter((text) => Math.abs(Number(text)) < 3e38),
  ),
  INET: quoted(fc.oneof(fc.ipV4(), fc.ipV6())),
  INT: integerText(32),
  TEXT: quoted(fc.string({ unit: "grapheme", maxLength: 20 })),
  TIMESTAMP: fc.oneof(
    integerText(64),
    quoted(
      fc
        .date({ min: new Date(-62_135_596_800_000), max: new Date(253_402_300_799_000) })
        .filter((date) => !Number.isNaN(date.getTime()))
        .map((date) => `${date.toISOString().slice(0, 19)}Z`),
    ),
  ),
  TIMEUUID: quoted(timeUuid),
  UUID: quoted(fc.oneof(fc.uuid(), timeUuid)),
  VARCHAR: quoted(fc.string({ unit: "binary", maxLength: 20 })),
  VARINT: fc.oneof(integerText(16), integerText(80), integerText(300)),
};

/** Addresses as they come, and some that are none. */
export const addressText: fc.Arbitrary<string> = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(octet, octet, octet, octet).map((each) => `::${each.join(".")}`),
  fc
    .array(fc.constantFrom("0", "1", "ffff", "AbC", "12345", "", ":", "::", "1.2.3.4", "g"), {
      maxLength: 9,
    })
    .map((parts) => parts.join(":")),
  fc
    .array(fc.constantFrom("0", "00", "7", "255", "256", "x", ""), { maxLength: 5 })
    .map((parts) => parts.join(".")),
);
