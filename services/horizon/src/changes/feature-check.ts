import { type DataType, parseDefault, ValueError } from "@ofs/codec";
import { quote } from "@ofs/registry";
import type { FeatureDefinition } from "./feature-list.ts";
import type { Problems } from "./problems.ts";

/** What a payload says of one feature, with what it leaves out filled in. */
export interface AskedFeature {
  readonly label: string;
  readonly defaultText: string;
  readonly stringLength: number;
  readonly vectorLength: number;
}

/**
 * Checks lengths and the default against the data type.
 *
 * @param field of the feature in the payload, for example `features.2`
 * @returns undefined if something is wrong, which `problems` has then
 */
export function defineFeature(
  asked: AskedFeature,
  dataType: DataType,
  field: string,
  problems: Problems,
): FeatureDefinition | undefined {
  const before = problems.count;
  const stringLength = dataType.kind === "string" ? asked.stringLength : 0;
  const vectorLength = dataType.isVector ? asked.vectorLength : 0;
  if (dataType.kind === "string" && stringLength === 0) {
    problems.invalid(`${field}.string-length`, `0 must be at least 1 for ${dataType.name}`);
  }
  if (dataType.isVector && vectorLength === 0) {
    problems.invalid(`${field}.vector-length`, `0 must be at least 1 for ${dataType.name}`);
  }
  if (problems.count > before) return undefined;
  const defaultText = dataType.isVector ? withBrackets(asked.defaultText) : asked.defaultText;
  const complaint = textComplaint(dataType, defaultText);
  if (complaint !== undefined) {
    problems.invalid(`${field}.default-values`, `${quote(asked.defaultText)} ${complaint}`);
    return undefined;
  }
  const defaultBytes = encodeDefault(dataType, defaultText, { stringLength, vectorLength });
  if (defaultBytes instanceof ValueError) {
    const message = `${quote(asked.defaultText)}: ${shorten(defaultBytes.message)}`;
    problems.invalid(`${field}.default-values`, message);
    return undefined;
  }
  return { label: asked.label, defaultText, defaultBytes, stringLength, vectorLength };
}

/** The text form of a vector: brackets, no blanks around elements. */
function withBrackets(text: string): string {
  const trimmed = text.trim();
  const start = trimmed.startsWith("[") ? 1 : 0;
  const end = trimmed.endsWith("]") ? trimmed.length - 1 : trimmed.length;
  const elements = trimmed.slice(start, Math.max(start, end)).split(",");
  return `[${elements.map((element) => element.trim()).join(",")}]`;
}

/** Characters that break the texts that defaults are joined to. */
function textComplaint(dataType: DataType, text: string): string | undefined {
  if (/[\p{Cc}\p{Cs}]/u.test(text)) {
    return "must not hold control characters or halves of characters";
  }
  if (!dataType.isVector) return text.includes(",") ? "must not hold a comma" : undefined;
  return /[[\]]/.test(text.slice(1, -1)) ? "must not hold brackets in its elements" : undefined;
}

function encodeDefault(
  dataType: DataType,
  text: string,
  limits: { readonly stringLength: number; readonly vectorLength: number },
): Uint8Array | ValueError {
  try {
    return dataType.isVector
      ? parseDefault(dataType, text, limits)
      : parseDefault(dataType, text, { stringLength: limits.stringLength });
  } catch (error) {
    if (error instanceof ValueError) return error;
    throw error;
  }
}

const MESSAGE_LENGTH_MAX = 300;

/** The codec's reasons quote the whole text. */
function shorten(message: string): string {
  if (message.length <= MESSAGE_LENGTH_MAX) return message;
  const half = MESSAGE_LENGTH_MAX / 2;
  return `${message.slice(0, half)} ... ${message.slice(-half)}`;
}
