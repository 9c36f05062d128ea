import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { ElementName, ModelType } from "../../src/model/index.ts";
import {
  codeOfFloat,
  decodedText,
  floatOfCode,
  modelType,
  narrowerTypes,
  readColumn,
  roundFloat,
  writeColumn,
} from "../../src/model/index.ts";

interface Vector {
  readonly [field: string]: unknown;
}

function vectors(name: string): readonly Vector[] {
  const path = new URL(`../../vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8")).vectors;
}

function floatOfBits(bits: unknown): number {
  const bytes = Buffer.from(String(bits), "hex");
  return bytes.readFloatBE(0);
}

function typeOf(name: unknown): ModelType {
  return modelType(String(name).slice("DataType".length));
}

describe("the model agrees with the golden vectors", () => {
  test("on decoding small floats", () => {
    for (const { code, f32_bits, nan, type } of vectors("float_decode")) {
      const value = floatOfCode(Number(code), type as ElementName);
      if (nan === true) expect(value).toBeNaN();
      else expect(value).toBe(floatOfBits(f32_bits));
    }
  });

  test("on rounding to small floats", () => {
    const elements = { fp16: "FP16", e5m2: "FP8E5M2", e4m3: "FP8E4M3" } as const;
    for (const vector of vectors("float_encode")) {
      for (const [field, element] of Object.entries(elements)) {
        const expected = floatOfCode(Number(vector[field]), element);
        const rounded = roundFloat(floatOfBits(vector["f32_bits"]), element);
        expect(rounded, `${field} of ${vector["f32_bits"]}`).toBe(expected);
        expect(floatOfCode(codeOfFloat(rounded, element), element)).toBe(expected);
      }
    }
  });

  test("on which types may be asked for", () => {
    const pairs = vectors("quantization").filter(({ op }) => op === "compatible");
    expect(pairs.length).toBeGreaterThan(0);
    for (const { source, target, expect: isAllowed } of pairs) {
      const names = narrowerTypes(typeOf(source)).map(({ name }) => `DataType${name}`);
      expect(names.includes(String(target)), `${source} to ${target}`).toBe(isAllowed);
    }
  });

  test("on texts", () => {
    let count = 0;
    for (const vector of vectors("decoded_text")) {
      const expected = vector["expect"] as { outcome: string; text?: string };
      if (expected.outcome !== "ok" || expected.text === undefined) continue;
      const type = typeOf(vector["data_type"]);
      const bytes = Buffer.from(String(vector["bytes_hex"]), "hex");
      const length = lengthOf(vector, bytes, type);
      if (type.kind === "bool" && bytes.some((byte) => byte > 1)) continue; // the service answers none
      const value = readColumn(bytes, type, length);
      expect(decodedText(value, type), JSON.stringify(vector)).toBe(expected.text);
      expect(readColumn(writeColumn(value, type), type, length)).toEqual(value);
      count += 1;
    }
    expect(count).toBeGreaterThan(1000);
  });
});

function lengthOf(vector: Vector, bytes: Uint8Array, type: ModelType): number {
  if (type.kind === "string") return Number(vector["vector_length"] ?? 0);
  return bytes.length / type.width;
}
