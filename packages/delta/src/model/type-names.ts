import type { TableField, TableType } from "./table-type.ts";

/** Kind of change of a row, in the files of a change data feed: insert, update_preimage, update_postimage, delete. */
export const CHANGE_TYPE_FIELD: TableField = {
  name: "_change_type",
  type: { kind: "string" },
  isNullable: true,
  physicalName: "_change_type",
  fieldId: undefined,
};

/** Kinds of changes whose rows were there before. */
export const TAKING_CHANGES: ReadonlySet<string> = new Set(["delete", "update_preimage"]);

/** @returns as Delta and Spark name it: `decimal(38,24)`, `array<struct<a:long>>` */
export function formatType(type: TableType): string {
  switch (type.kind) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "array":
      return `array<${formatType(type.element)}>`;
    case "map":
      return `map<${formatType(type.key)},${formatType(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${field.name}:${formatType(field.type)}`).join(",")}>`;
    default:
      return type.kind;
  }
}

/** @returns digits with exactly `scale` of them after the point: 1250n and 2 are `12.50` */
export function formatDecimal(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? "-" : "";
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, "0");
  const point = digits.length - scale;
  const fraction = scale === 0 ? "" : `.${digits.slice(point)}`;
  return `${sign}${digits.slice(0, point)}${fraction}`;
}
