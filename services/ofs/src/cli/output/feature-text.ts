import type { DataType, DecodedFeature } from "@ofs/codec";
import type { JsonValue } from "../json-text.ts";

/** Most characters of a value in a table. */
const MAX_CELL_CHARACTERS = 60;

/** What would break a line of tab-separated text. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

/** As JSON. Floats have no more digits than a float32 needs (FP64: a double): 9.1, not 9.100000381469727. */
export function toJson(value: DecodedFeature, dataType: DataType): JsonValue {
  const isSingle = dataType.kind === "float" && dataType.unitSizeBytes < 8;
  const convert = (element: number | bigint): JsonValue =>
    isSingle ? shortestFloat32(element as number) : element;
  if (ArrayBuffer.isView(value)) {
    return Array.from(value as ArrayLike<number | bigint>, convert);
  }
  return typeof value === "number" ? convert(value) : value;
}

/** For people: long values are cut, control characters blank. */
export function toCell(value: JsonValue): string {
  return shorten(toPlainText(value).replace(/\p{Cc}/gu, " "));
}

/** For one line of tab-separated text: whole, with `\t`, `\n`, `\r` and `\\` for what would break the line. */
export function toField(value: JsonValue): string {
  return toPlainText(value).replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] as string);
}

/** Cuts a text that does not fit a cell. */
export function shorten(text: string): string {
  const characters = [...text];
  if (characters.length <= MAX_CELL_CHARACTERS) return text;
  return `${characters.slice(0, MAX_CELL_CHARACTERS - 3).join("")}...`;
}

function toPlainText(value: JsonValue): string {
  return Array.isArray(value) ? `[${value.map(String).join(", ")}]` : String(value);
}

/** The number with the fewest digits that is the same float32. */
function shortestFloat32(float: number): number {
  if (!Number.isFinite(float)) return float;
  for (let digits = 1; digits <= 9; digits++) {
    const candidate = Number(float.toPrecision(digits));
    if (Math.fround(candidate) === float) return candidate;
  }
  return float;
}
