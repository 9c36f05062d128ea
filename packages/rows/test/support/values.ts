import { type ColumnType, decodeValue, encodeValue, parseJson, ValueFault } from "@ofs/rows";

/** The bytes of a value, in hex. @throws if it does not convert */
export function bytesOf(type: ColumnType, json: string): Uint8Array {
  const bytes = encodeValue(type, parseJson(json));
  if (bytes instanceof ValueFault) throw new Error(`${type}: ${bytes.reason}`);
  return bytes;
}

export function hexOf(type: ColumnType, json: string): string {
  return Buffer.from(bytesOf(type, json)).toString("hex");
}

/** Why a value does not convert; undefined if it does. */
export function reasonOf(type: ColumnType, json: string): string | undefined {
  const bytes = encodeValue(type, parseJson(json));
  return bytes instanceof ValueFault ? bytes.reason : undefined;
}

/** What is printed of a value after it was stored. */
export function printed(type: ColumnType, json: string): string {
  return decodeValue(type, bytesOf(type, json));
}

export function printedHex(type: ColumnType, hex: string): string {
  return decodeValue(type, Buffer.from(hex, "hex"));
}
