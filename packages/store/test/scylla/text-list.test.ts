import { types } from "cassandra-driver";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeTextList } from "../../src/scylla/text-list.ts";

/** The driver's own, which it does not describe. */
interface Encoder {
  encode(value: unknown, type: object): Buffer;
}

const { Encoder: DriverEncoder } = (await import("cassandra-driver")) as unknown as {
  Encoder: new (version: number, options: object) => Encoder;
};
const encoder = new DriverEncoder(4, {});
const type = { code: types.dataTypes.list, info: { code: types.dataTypes.text, info: null } };

test("a list is what the driver makes of it", () => {
  const texts = fc.array(fc.string({ unit: "binary", maxLength: 80 }), {
    minLength: 1,
    maxLength: 30,
  });
  fc.assert(
    fc.property(texts, (list) => {
      expect(encodeTextList(list)).toEqual(encoder.encode(list, type));
    }),
  );
  expect(encodeTextList(["a", "é"]).toString("hex")).toBe("000000020000000161" + "00000002c3a9");
});

test("a buffer passes the driver's encoder as it is", () => {
  const list = encodeTextList(["a", "b"]);
  expect(encoder.encode(list, type)).toBe(list);
});
