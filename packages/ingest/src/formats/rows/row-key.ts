import { type CellBytes, decodeValue } from "@ofs/rows";
import type { RowTable } from "@ofs/store";

/** Equal for keys of one row: the first by its bytes, the others by what they mean. */
export function keyName({ keys }: RowTable, key: readonly CellBytes[]): string {
  let name = "";
  for (let index = 0; index < key.length; index++) {
    const bytes = key[index] as CellBytes;
    const isDecimal = index > 0 && keys[index]?.type === "DECIMAL";
    const text = isDecimal
      ? decimalName(bytes)
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    name += `${text.length}:${text}`;
  }
  return name;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:E([+-]\d+))?$/;

/** Decimals that differ in their scale only have one name. */
function decimalName(bytes: CellBytes): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    DECIMAL.exec(decodeValue("DECIMAL", bytes)) ?? [];
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return `${sign}${significant}E${power}`;
}
