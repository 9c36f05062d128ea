import {
  createFeatureLayout,
  DATA_TYPES,
  decodeFeature,
  encodePayload,
  type FeatureValue,
  readFeature,
  ValueError,
} from "@ofs/codec";
import { afterEach, describe, expect, it, vi } from "vitest";
import { typeNamed } from "./support/arbitraries.ts";
import { blockOf, hex } from "./support/blocks.ts";

function payloadOf(
  shortName: string,
  values: readonly FeatureValue[],
  vectorLengths?: readonly number[],
  stringLengths?: readonly number[],
): string {
  const dataType = typeNamed(shortName);
  const layout = createFeatureLayout(dataType, values.length, vectorLengths, stringLengths);
  return hex(encodePayload(layout, values));
}

/** What each kind does not take; `wide` is for the types of 8 bytes, some of which take bigint. */
const WRONG_VALUES: Readonly<Record<string, readonly unknown[]>> = {
  string: [1, 7n, true],
  bool: ["1", 7n, 2, 0.5],
  float: ["1", 7n, true],
  int: ["1", 7n, true, 1.5, Number.NaN],
  uint: ["1", 7n, true, 1.5, Infinity],
  wide: ["1", true],
};

describe("encodePayload", () => {
  it("lays numbers out little endian, without padding", () => {
    expect(payloadOf("Int32", [1, 2])).toBe("0100000002000000");
    expect(payloadOf("FP64", [1])).toBe("000000000000f03f");
    expect(payloadOf("Uint64", [1n, 2 ** 40])).toBe("01000000000000000000000000010000");
    expect(payloadOf("Int16Vector", [[1, 2], [], [3]], [2, 0, 1])).toBe("010002000300");
  });

  it("keeps the low bits of integers beyond the type", () => {
    expect(payloadOf("Int8", [128, 300, -129])).toBe("802c7f");
    expect(payloadOf("Uint16", [-1, 65_536])).toBe("ffff0000");
    expect(payloadOf("Uint32", [4_294_967_295])).toBe("ffffffff");
    expect(payloadOf("Int64", [2n ** 63n, -1n])).toBe("0000000000000080ffffffffffffffff");
  });

  it("writes every NaN as the canonical one", () => {
    expect(payloadOf("FP64", [Number.NaN])).toBe("000000000000f87f");
    expect(payloadOf("FP32", [Number.NaN])).toBe("0000c07f");
    expect(payloadOf("FP16", [Number.NaN])).toBe("007e");
    expect(payloadOf("FP8E5M2Vector", [[Number.NaN, -0]], [2])).toBe("7f80");
  });

  it("writes bools from the most significant bit on", () => {
    expect(payloadOf("Bool", [true, 0, 1])).toBe("a0");
    expect(
      payloadOf(
        "Bool",
        Array.from({ length: 9 }, () => true),
      ),
    ).toBe("ff80");
  });

  it("writes the lengths of all strings, then their bytes", () => {
    expect(payloadOf("String", ["a", "", "é"], undefined, [1, 0, 2])).toBe("01000000020061c3a9");
    expect(payloadOf("StringVector", [["a"], ["bb", "c"]], [1, 2], [2, 2])).toBe(
      "01000200010061626263",
    );
  });

  it("BETTER 6: refuses a scalar bool that is not 0 or 1", () => {
    expect(() => payloadOf("Bool", [0, 2, 0])).toThrow("value 2 of feature 1 is not a bool");
    expect(() => payloadOf("BoolVector", [[0, 1, -1]], [3])).toThrow("feature 0, element 2");
  });

  it("BETTER 7: refuses what it cannot write, naming position, value and limit", () => {
    expect(() => payloadOf("String", ["abc"], undefined, [2])).toThrow(
      'value "abc" of feature 0 is not a string of at most 2 bytes: it has 3',
    );
    expect(() => payloadOf("String", ["€"], undefined, [2])).toThrow("it has 3");
    expect(() => payloadOf("Int8Vector", [[1, 2]], [3])).toThrow(
      "vector of 2 elements for feature 0 of length 3",
    );
    expect(() => payloadOf("Int32", [1.5])).toThrow("value 1.5 of feature 0 is not an integer");
    expect(() => payloadOf("Int32", [Number.NaN])).toThrow(ValueError);
    expect(() => payloadOf("Int64", [2 ** 60])).toThrow("64-bit integer");
    const layout = createFeatureLayout(typeNamed("Int32"), 2);
    expect(() => encodePayload(layout, [1])).toThrow("1 values for 2 features");
  });

  it.each(DATA_TYPES)("$name: refuses values of another kind", (dataType) => {
    const layout = createFeatureLayout(dataType, 1, [1], [9]);
    const wrong = WRONG_VALUES[dataType.unitSizeBytes === 8 ? "wide" : dataType.kind];
    for (const value of [...(wrong ?? []), undefined, null, {}]) {
      const feature = (dataType.isVector ? [value] : value) as FeatureValue;
      expect(() => encodePayload(layout, [feature])).toThrow(ValueError);
    }
    expect(() => encodePayload(layout, [{} as FeatureValue])).toThrow(ValueError);
  });

  it("names the feature by its label where the layout has one", () => {
    const layout = createFeatureLayout(typeNamed("Int8Vector"), 2, [1, 2], undefined, [
      "ctr",
      "cvr",
    ]);
    expect(() => encodePayload(layout, [[1], [1]])).toThrow(
      "1 elements for feature cvr of length 2",
    );
    expect(() => encodePayload(layout, [[1], [1, 2.5]])).toThrow("2.5 of feature cvr, element 1");
    expect(() => encodePayload(layout, [1, [1, 2]])).toThrow("feature ctr is not a vector");
  });

  it("does not repeat a long value in the message", () => {
    const long = "x".repeat(100_000);
    expect(() => payloadOf("String", [long], undefined, [9])).toThrow(/^.{1,200}$/);
  });

  it("BETTER 8: encodes bool vectors, which are not byte aligned", () => {
    const dataType = typeNamed("BoolVector");
    const layout = createFeatureLayout(dataType, 2, [3, 7]);
    const values = [
      [true, false, true],
      [true, true, false, false, true, false, true],
    ];
    const block = blockOf(layout, values);
    expect(hex(block.subarray(7))).toBe("11e6b940");
    const payload = block.subarray(9);
    expect(decodeFeature(dataType, readFeature(layout, payload, 0), 3)).toEqual(values[0]);
    expect(decodeFeature(dataType, readFeature(layout, payload, 1), 7)).toEqual(values[1]);
  });
});

describe("encodePayload's memory", () => {
  const UNTOUCHED = 0xee;
  const MARGIN_BYTES = 16;

  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Makes the pool give pieces that begin at `byteOffset`, each of a memory of its own: the memories given so far. */
  function givePiecesAt(byteOffset: number): readonly Uint8Array<ArrayBuffer>[] {
    const memories: Uint8Array<ArrayBuffer>[] = [];
    vi.spyOn(Buffer, "allocUnsafe").mockImplementation((size) => {
      const memory = new Uint8Array(byteOffset + size + MARGIN_BYTES).fill(UNTOUCHED);
      memories.push(memory);
      return Buffer.from(memory.buffer, byteOffset, size);
    });
    return memories;
  }

  const numbers = DATA_TYPES.filter(({ kind }) => kind !== "string" && kind !== "bool");
  it.each(numbers)("$name: is aligned, wherever the pool's pieces begin", (dataType) => {
    const { unitSizeBytes, isVector } = dataType;
    const scalars = [1, 0, 2, 3, 4];
    const values = isVector ? [scalars, [5]] : scalars;
    const layout = createFeatureLayout(dataType, values.length, [scalars.length, 1]);
    const expected = hex(encodePayload(layout, values));
    for (let byteOffset = 0; byteOffset <= 8; byteOffset++) {
      const memories = givePiecesAt(byteOffset);
      const payload = encodePayload(layout, values);
      vi.restoreAllMocks();
      expect(hex(payload), `at ${byteOffset}`).toBe(expected);
      expect(payload.byteOffset % unitSizeBytes).toBe(0);

      expect(memories).toHaveLength(1);
      const memory = memories[0] as Uint8Array<ArrayBuffer>;
      const isTaken = byteOffset % unitSizeBytes === 0;
      expect(payload.buffer === memory.buffer, `taken at ${byteOffset}`).toBe(isTaken);
      if (isTaken) memory.fill(UNTOUCHED, byteOffset, byteOffset + payload.length);
      expect(memory.every((byte) => byte === UNTOUCHED)).toBe(true);
    }
  });
});
