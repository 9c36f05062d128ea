import { brokenTable, DeltaError } from "../errors.ts";
import { PRIMITIVE_TYPES, type TableField, type TableType } from "../model/table-type.ts";

/** How columns are found in files. */
export type ColumnMapping = "none" | "name" | "id";

const PHYSICAL_NAME = "delta.columnMapping.physicalName";
const FIELD_ID = "delta.columnMapping.id";
const MAPPING_MODES: readonly string[] = ["none", "name", "id"] satisfies ColumnMapping[];
const PRIMITIVES: ReadonlySet<string> = new Set(PRIMITIVE_TYPES);
const DECIMAL = /^decimal(?:\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\))?$/;
const DECIMAL_DIGITS_MAX = 38;
/** Of types in types. */
const DEPTH_MAX = 64;

/** @throws {DeltaError} UNIMPLEMENTED for an unknown mode */
export function parseColumnMapping(configuration: ReadonlyMap<string, string>): ColumnMapping {
  const mode = (configuration.get("delta.columnMapping.mode") ?? "none").toLowerCase();
  if (MAPPING_MODES.includes(mode)) return mode as ColumnMapping;
  throw new DeltaError("UNIMPLEMENTED", `column mapping mode ${mode} is not known`);
}

/**
 * Reads the schema of a table's metadata.
 *
 * @param source names it in errors
 * @throws {DeltaError} UNIMPLEMENTED for unknown types, FAILED_PRECONDITION for what is no schema
 */
export function parseSchema(text: string, mapping: ColumnMapping, source: string): TableField[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw brokenTable(`${source}: the schema is not JSON: ${(cause as Error).message}`, cause);
  }
  const type = new SchemaParser(mapping, source).type(json, "the schema", 0);
  if (type.kind !== "struct") throw brokenTable(`${source}: the schema is no struct`);
  return [...type.fields];
}

class SchemaParser {
  readonly #mapping: ColumnMapping;
  readonly #source: string;

  constructor(mapping: ColumnMapping, source: string) {
    this.#mapping = mapping;
    this.#source = source;
  }

  type(json: unknown, path: string, depth: number): TableType {
    if (depth > DEPTH_MAX) {
      throw brokenTable(`${this.#source}: ${path}: types are more than ${DEPTH_MAX} deep`);
    }
    if (typeof json === "string") return this.#primitive(json, path);
    const { type, fields, elementType, keyType, valueType } = this.#object(json, path);
    switch (type) {
      case "struct":
        return { kind: "struct", fields: this.#fields(fields, path, depth) };
      case "array":
        return {
          kind: "array",
          element: this.type(elementType, `${path}.element`, depth + 1),
        };
      case "map":
        return {
          kind: "map",
          key: this.type(keyType, `${path}.key`, depth + 1),
          value: this.type(valueType, `${path}.value`, depth + 1),
        };
      default:
        throw this.#unknownType(JSON.stringify(type), path);
    }
  }

  #primitive(name: string, path: string): TableType {
    if (PRIMITIVES.has(name)) return { kind: name } as TableType;
    const match = DECIMAL.exec(name);
    if (match === null) throw this.#unknownType(name, path);
    const precision = Number(match[1] ?? 10);
    const scale = Number(match[2] ?? 0);
    if (precision < 1 || precision > DECIMAL_DIGITS_MAX || scale > precision) {
      throw this.#unknownType(name, path);
    }
    return { kind: "decimal", precision, scale };
  }

  #fields(json: unknown, path: string, depth: number): TableField[] {
    if (!Array.isArray(json)) throw brokenTable(`${this.#source}: ${path}: fields are no list`);
    const fields = json.map((field) => this.#field(field, path, depth));
    const names = new Set(fields.map(({ name }) => name));
    if (names.size < fields.length) {
      throw brokenTable(`${this.#source}: ${path}: two fields have one name`);
    }
    return fields;
  }

  #field(json: unknown, path: string, depth: number): TableField {
    const { name, type, nullable, metadata } = this.#object(json, path);
    if (typeof name !== "string")
      throw brokenTable(`${this.#source}: ${path}: a field has no name`);
    const here = depth === 0 ? `column ${name}` : `${path}.${name}`;
    const details = metadata === undefined ? {} : this.#object(metadata, here);
    return {
      name,
      type: this.type(type, here, depth + 1),
      isNullable: nullable !== false,
      physicalName: this.#physicalName(name, details, here),
      fieldId: this.#fieldId(details, here),
    };
  }

  #physicalName(name: string, details: Readonly<Record<string, unknown>>, path: string): string {
    if (this.#mapping === "none") return name;
    const { [PHYSICAL_NAME]: physicalName } = details;
    if (typeof physicalName === "string") return physicalName;
    throw brokenTable(`${this.#source}: ${path}: columns are mapped, and it has no physical name`);
  }

  #fieldId(details: Readonly<Record<string, unknown>>, path: string): number | undefined {
    if (this.#mapping !== "id") return undefined;
    const { [FIELD_ID]: fieldId } = details;
    if (Number.isInteger(fieldId)) return fieldId as number;
    throw brokenTable(`${this.#source}: ${path}: columns are mapped by id, and it has none`);
  }

  #object(json: unknown, path: string): Readonly<Record<string, unknown>> {
    if (typeof json === "object" && json !== null && !Array.isArray(json)) {
      return json as Record<string, unknown>;
    }
    throw brokenTable(`${this.#source}: ${path}: expected an object, not ${JSON.stringify(json)}`);
  }

  #unknownType(name: string, path: string): DeltaError {
    return new DeltaError("UNIMPLEMENTED", `${this.#source}: ${path}: type ${name} is not known`);
  }
}
