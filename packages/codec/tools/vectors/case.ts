import { createHash } from "node:crypto";
import { CodecError, type DataType, dataTypeByName, ValueError } from "../../src/index.ts";

/** Checks one case of a category; throws what is wrong. The case's own fields are in the file's format. */
// biome-ignore lint/suspicious/noExplicitAny: each category has another shape, checked by its use only
export type CaseRunner = (vector: any) => void;

/** What a case expects and did not get. */
export class CaseFailure extends Error {
  override readonly name = "CaseFailure";
}

export function describeFailure(error: unknown): string {
  if (error instanceof CaseFailure) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

export function fromHex(text: string): Uint8Array {
  const bytes = Buffer.from(text, "hex");
  if (bytes.length * 2 !== text.length) throw new CaseFailure(`bad hex in the case: ${text}`);
  return new Uint8Array(bytes);
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}

export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

const MAX_SHOWN_LENGTH = 120;

export function assertEqual(what: string, actual: unknown, expected: unknown): void {
  if (Object.is(actual, expected)) return;
  throw new CaseFailure(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, MAX_SHOWN_LENGTH)}…` : text;
}

export function assertBytes(what: string, actual: Uint8Array, expectedHex: string): void {
  assertEqual(what, toHex(actual), expectedHex);
}

/** Long bytes and texts: by length and digest, where the case has them. */
export function assertDigest(
  what: string,
  actual: Uint8Array | string,
  expected: { readonly sha256?: string | undefined; readonly length?: number | undefined },
): void {
  if (expected.length !== undefined) assertEqual(`${what} length`, actual.length, expected.length);
  if (expected.sha256 !== undefined) assertEqual(`${what} sha256`, sha256(actual), expected.sha256);
}

/** @returns the refusal; anything but the codec's own errors is a fault of the codec and goes on */
export function refusalOf(action: () => unknown): CodecError | ValueError | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof CodecError || error instanceof ValueError) return error;
    throw error;
  }
  return undefined;
}

export function assertRefused(what: string, action: () => unknown): void {
  if (refusalOf(action) === undefined) throw new CaseFailure(`${what}: expected an error`);
}

export function typeOf(name: string): DataType {
  const dataType = dataTypeByName(name);
  if (dataType === undefined) throw new CaseFailure(`data type ${name} in the case is unknown`);
  return dataType;
}
