import { type FeatureValue, ValueError } from "@ofs/codec";
import type { EntityRow } from "../../rows.ts";
import { type Column, type EntityIndex, type Feature, fullName } from "../entity-index.ts";
import { UsageError } from "../failures.ts";
import { parseJsonValue, parseTextValue } from "./feature-value.ts";
import { InputError, type InputRecord, type InputValue } from "./input-record.ts";

/** Turns records of the input into rows of one entity. */
export class RowParser {
  readonly #index: EntityIndex;
  readonly #columns = new Map<string, Column>();

  constructor(index: EntityIndex) {
    this.#index = index;
  }

  /** @throws {InputError} naming place, column and value */
  parse(record: InputRecord): EntityRow {
    const keys: Record<string, string> = {};
    const features: Record<string, Record<string, FeatureValue>> = {};
    for (const input of record.values) {
      const column = this.#column(input.name, record);
      if (input.value === undefined) continue;
      if (column.kind === "key") {
        if (Object.hasOwn(keys, column.label)) throw doubled(record, column.label);
        keys[column.label] = parseKeyValue(record, input);
      } else {
        addFeature(features, column.feature, record, input);
      }
    }
    for (const label of this.#index.keyLabels) {
      if (!Object.hasOwn(keys, label))
        throw new InputError(record.place, `no value for key "${label}"`);
    }
    if (Object.keys(features).length === 0) {
      throw new InputError(record.place, "no value for any feature");
    }
    return { keys, features };
  }

  /** @returns the fault in place of the row if it has one */
  tryParse(record: InputRecord): EntityRow | InputError {
    try {
      return this.parse(record);
    } catch (fault) {
      if (fault instanceof InputError) return fault;
      throw fault;
    }
  }

  #column(name: string, record: InputRecord): Column {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    try {
      const column = this.#index.column(name);
      this.#columns.set(name, column);
      return column;
    } catch (cause) {
      if (!(cause instanceof UsageError)) throw cause;
      throw new InputError(record.namesPlace, cause.message, { cause });
    }
  }
}

function parseKeyValue(record: InputRecord, { name, value }: InputValue): string {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text === "string" && text !== "") return text;
  const reason = text === "" ? "is empty" : `${JSON.stringify(value)} is not a text`;
  throw new InputError(record.place, `key "${name}": ${reason}`);
}

function addFeature(
  features: Record<string, Record<string, FeatureValue>>,
  feature: Feature,
  record: InputRecord,
  { name, value, isCell }: InputValue,
): void {
  features[feature.group] ??= {};
  const group = features[feature.group] as Record<string, FeatureValue>;
  if (Object.hasOwn(group, feature.label)) throw doubled(record, fullName(feature));
  try {
    group[feature.label] = isCell
      ? parseTextValue(value as string, feature)
      : parseJsonValue(value, feature);
  } catch (cause) {
    if (!(cause instanceof ValueError)) throw cause;
    throw new InputError(record.place, `column "${name}": ${cause.message}`, { cause });
  }
}

function doubled(record: InputRecord, name: string): InputError {
  return new InputError(record.place, `"${name}" is given twice`);
}
