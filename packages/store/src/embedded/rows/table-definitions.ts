import { randomBytes } from "node:crypto";
import type { RowColumn, RowTable } from "../../row-store.ts";
import { columnTypeOf } from "../../rows/cql-types.ts";
import type { TypedName, WantedRowTable } from "../../rows/wanted-row-table.ts";
import type { EmbeddedEnvironment } from "../environment.ts";
import { RowPaths } from "./row-paths.ts";

/** Another one after each change of a definition, by any process. */
const VERSION_KEY = Buffer.from("version");
/** Random, so that no two changes share one, even where the first was undone. */
const VERSION_SIZE = 16;
const NEXT_TABLE_KEY = Buffer.from("next-table");

/** Columns that a table may have beside its keys: their ids take two bytes. */
export const MAX_TABLE_COLUMNS = 65_535;

/** As it is stored: JSON. */
interface StoredDefinition {
  readonly id: number;
  readonly keys: readonly TypedName[];
  /** A column's id is its place; none is ever taken away. */
  readonly columns: readonly TypedName[];
  readonly ttlSeconds: number;
}

/** A table of one tenant. The same object until a definition changes. */
export interface TableDefinition extends StoredDefinition {
  readonly name: string;
  readonly columnIds: ReadonlyMap<string, number>;
  readonly paths: RowPaths;
}

/** Definitions of one tenant's tables, beside the rows. */
export class TableDefinitions {
  readonly #environment: EmbeddedEnvironment;
  readonly #tenant: string;
  readonly #known = new Map<string, TableDefinition>();
  #version: Buffer | undefined;

  constructor(environment: EmbeddedEnvironment, tenant: string) {
    this.#environment = environment;
    this.#tenant = tenant;
  }

  /** As of the transaction that is being read, or in which it is called. @returns undefined if there is none */
  get(name: string): TableDefinition | undefined {
    const table = this.#environment.table("row_tables");
    const version = table.getBinary(VERSION_KEY);
    if (version === undefined) return undefined;
    if (this.#version === undefined || !version.equals(this.#version)) {
      this.#known.clear();
      this.#version = version;
    }
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const bytes = table.getBinary(this.#key(name));
    if (bytes === undefined) return undefined;
    const definition = compile(name, JSON.parse(bytes.toString()) as StoredDefinition);
    this.#known.set(name, definition);
    return definition;
  }

  /** Only inside a transaction. */
  create({ columns, keys, name, ttlSeconds }: WantedRowTable): void {
    const table = this.#environment.table("row_tables");
    const id = (table.getBinary(NEXT_TABLE_KEY)?.readUInt32BE() ?? 0) + 1;
    table.putSync(NEXT_TABLE_KEY, uint32(id));
    this.#put(name, { id, keys, columns, ttlSeconds });
  }

  /** Only inside a transaction. */
  change(
    { id, name, ...rest }: TableDefinition,
    change: Partial<Pick<StoredDefinition, "columns" | "ttlSeconds">>,
  ): void {
    const { columns, keys, ttlSeconds } = { ...rest, ...change };
    this.#put(name, { id, keys, columns, ttlSeconds });
  }

  #put(name: string, definition: StoredDefinition): void {
    const table = this.#environment.table("row_tables");
    table.putSync(this.#key(name), Buffer.from(JSON.stringify(definition)));
    table.putSync(VERSION_KEY, randomBytes(VERSION_SIZE));
  }

  /** No name holds a zero. */
  #key(name: string): Buffer {
    return Buffer.from(`table\0${this.#tenant}\0${name}`);
  }
}

/** @throws {TypeError} for the type of no column, which is never stored */
export function rowColumn({ cqlType, name }: TypedName): RowColumn {
  const type = columnTypeOf(cqlType);
  if (type === undefined) throw new TypeError(`stored column ${name} is of type ${cqlType}`);
  return { name, type };
}

/** Keys as the port has them. */
export function rowKeys({ keys }: Pick<StoredDefinition, "keys">): RowTable["keys"] {
  const [first, ...others] = keys.map(rowColumn);
  if (first === undefined) throw new TypeError("a stored table has no keys");
  return [first, ...others];
}

function compile(name: string, stored: StoredDefinition): TableDefinition {
  return {
    ...stored,
    name,
    columnIds: new Map(stored.columns.map((column, id) => [column.name, id])),
    paths: new RowPaths(stored.id, rowKeys(stored)),
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
