import type { JsonValue } from "../json/json-value.ts";
import { bufferOf, compareUnsigned } from "./buffers.ts";
import type { CellBytes, ValueFault } from "./cell-bytes.ts";
import { assertSize, fault, wrongKind } from "./faults.ts";
import type { ValueType } from "./value-type.ts";

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Strings, as UTF-8. */
export function textType(type: "TEXT" | "VARCHAR"): ValueType {
  return {
    encode: (value) => encodeText(type, value),
    decode: decodeText,
    compare: compareUnsigned,
  };
}

function encodeText(type: "TEXT" | "VARCHAR", value: JsonValue): CellBytes | ValueFault {
  if (typeof value !== "string") return wrongKind(type, value);
  const bytes = Buffer.from(value, "utf8");
  // As many bytes as characters: all of them are ASCII.
  if (bytes.length !== value.length && LONE_SURROGATE.test(value)) {
    return fault(value, `is no ${type}: half a surrogate pair has no UTF-8`);
  }
  return bytes;
}

function decodeText(bytes: CellBytes): string {
  return JSON.stringify(bufferOf(bytes).toString("utf8"));
}

/** Strings of 7-bit characters. */
export const ASCII: ValueType = {
  encode: (value) => {
    if (typeof value !== "string") return wrongKind("ASCII", value);
    const bytes = Buffer.from(value, "utf8");
    return bytes.length === value.length
      ? bytes
      : fault(value, "is no ASCII: it has characters of more than 7 bits");
  },
  decode: decodeText,
  compare: compareUnsigned,
};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Any bytes; base64 of the standard alphabet in JSON, whose padding may be missing. */
export const BLOB: ValueType = {
  encode: (value) => {
    if (typeof value !== "string") return wrongKind("BLOB", value);
    return isBase64(value) ? Buffer.from(value, "base64") : fault(value, "is no BLOB: not base64");
  },
  decode: (bytes) => `"${bufferOf(bytes).toString("base64")}"`,
  compare: compareUnsigned,
};

function isBase64(text: string): boolean {
  if (!BASE64.test(text)) return false;
  const isPadded = text.endsWith("=");
  return isPadded ? text.length % 4 === 0 : text.length % 4 !== 1;
}

/** One byte; true and false may also be sent as text. */
export const BOOLEAN: ValueType = {
  encode: (value) => {
    if (value === true || value === "true") return Buffer.from([1]);
    if (value === false || value === "false") return Buffer.from([0]);
    return wrongKind("BOOLEAN", value);
  },
  decode: (bytes) => {
    assertSize("BOOLEAN", bytes, 1);
    return bytes[0] === 0 ? "false" : "true";
  },
  compare: (a, b) => Number(a[0] !== 0) - Number(b[0] !== 0),
};
