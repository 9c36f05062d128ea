import { codeOfFloat, floatOfCode } from "./float-format.ts";
import type { FeatureValue, ModelType, ScalarValue } from "./model-type.ts";

/**
 * Reads one column of a `RetrieveFeatures` answer.
 *
 * @param vectorLength elements that a vector must have
 * @throws {RangeError} if the bytes are not exactly one value of the type
 */
export function readColumn(bytes: Uint8Array, type: ModelType, vectorLength: number): FeatureValue {
  const count = type.isVector ? vectorLength : 1;
  const elements =
    type.kind === "string" ? readStrings(bytes, type, count) : readUnits(bytes, type, count);
  return type.isVector ? elements : (elements[0] as ScalarValue);
}

function readUnits(bytes: Uint8Array, type: ModelType, count: number): ScalarValue[] {
  if (bytes.length !== count * type.width) {
    throw new RangeError(`${bytes.length} bytes for ${count} elements of ${type.width} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => readUnit(view, i * type.width, type));
}

function readUnit(view: DataView, at: number, { element, kind, width }: ModelType): ScalarValue {
  switch (element) {
    case "FP64":
      return view.getFloat64(at, true);
    case "FP32":
      return view.getFloat32(at, true);
    case "FP16":
      return floatOfCode(view.getUint16(at, true), element);
    case "FP8E4M3":
    case "FP8E5M2":
      return floatOfCode(view.getUint8(at), element);
    default:
      break;
  }
  let bits = 0n;
  for (let i = width - 1; i >= 0; i--) bits = bits * 256n + BigInt(view.getUint8(at + i));
  if (kind === "int") return BigInt.asIntN(width * 8, bits);
  if (kind === "uint") return bits;
  if (bits > 1n) throw new RangeError(`a bool of ${bits}`);
  return bits === 1n;
}

/** A string is its bytes; a vector is a 16-bit length for each element, then all bytes. */
function readStrings(bytes: Uint8Array, type: ModelType, count: number): string[] {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  if (!type.isVector) return [decoder.decode(bytes)];
  if (bytes.length < count * 2) throw new RangeError(`${bytes.length} bytes for ${count} lengths`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings: string[] = [];
  let at = count * 2;
  for (let i = 0; i < count; i++) {
    const end = at + view.getUint16(i * 2, true);
    if (end > bytes.length) throw new RangeError(`string ${i} ends after the column`);
    strings.push(decoder.decode(bytes.subarray(at, end)));
    at = end;
  }
  if (at !== bytes.length) throw new RangeError(`${bytes.length - at} bytes after the last string`);
  return strings;
}

/** The bytes that {@link readColumn} reads: the form of defaults in the registry. */
export function writeColumn(value: FeatureValue, type: ModelType): Uint8Array {
  const elements = (type.isVector ? value : [value]) as readonly ScalarValue[];
  if (type.kind === "string") return writeStrings(elements as readonly string[], type);
  const view = new DataView(new ArrayBuffer(elements.length * type.width));
  for (const [i, element] of elements.entries()) writeUnit(view, i * type.width, element, type);
  return new Uint8Array(view.buffer);
}

function writeUnit(view: DataView, at: number, value: ScalarValue, type: ModelType): void {
  const { element, width } = type;
  if (element === "FP64") view.setFloat64(at, value as number, true);
  else if (element === "FP32") view.setFloat32(at, value as number, true);
  else {
    const isFloat = typeof value === "number";
    let bits = isFloat ? BigInt(codeOfFloat(value, element)) : BigInt(value);
    for (let i = 0; i < width; i++, bits >>= 8n) view.setUint8(at + i, Number(bits & 255n));
  }
}

function writeStrings(strings: readonly string[], type: ModelType): Uint8Array {
  const bodies = strings.map((text) => Buffer.from(text));
  if (!type.isVector) return new Uint8Array(bodies[0] as Buffer);
  const lengths = bodies.map(({ length }) => Buffer.from([length % 256, Math.floor(length / 256)]));
  return new Uint8Array(Buffer.concat([...lengths, ...bodies]));
}
