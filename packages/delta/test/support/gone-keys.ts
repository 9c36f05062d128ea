import {
  CHANGE_TYPE_FIELD,
  DeltaTable,
  type FilePart,
  type FileReader,
  formatRow,
  openTableStorage,
  TAKING_CHANGES,
  type TableField,
} from "@ofs/delta";

type Row = Readonly<Record<string, unknown>>;

/** Keys that a version took away, by what it says of files: rows that are gone, less those that it brought. */
export async function readGoneKeys(
  reader: FileReader,
  location: string,
  version: number,
  keyColumns: readonly string[],
): Promise<string[]> {
  const storage = openTableStorage(location);
  try {
    const table = await DeltaTable.open(storage, reader);
    const read = async (schema: readonly TableField[], parts: readonly FilePart[]) => {
      const rows: Row[] = [];
      for (const { file, onlyRows } of parts) {
        for await (const batch of reader.read(storage, file, { fields: schema, onlyRows })) {
          for (let row = 0; row < batch.rowCount; row++) {
            rows.push(JSON.parse(formatRow(batch, row)));
          }
        }
      }
      return rows;
    };
    const { schema, files } = await table.changes(version);
    const taken = await table.takenRows(version);
    const fields = taken.isFeed ? [...taken.schema, CHANGE_TYPE_FIELD] : taken.schema;
    const gone = (await read(fields, taken.files)).filter(
      (row) => !taken.isFeed || TAKING_CHANGES.has(String(row[CHANGE_TYPE_FIELD.name])),
    );
    const brought = await read(
      schema,
      files.map((file) => ({ file, onlyRows: undefined })),
    );
    return subtract(keysOf(gone, keyColumns), keysOf(brought, keyColumns));
  } finally {
    await storage.close();
  }
}

/** The same by what the table has before and after. */
export function expectedGoneKeys(
  before: readonly unknown[],
  after: readonly unknown[],
  keyColumns: readonly string[],
): string[] {
  return subtract(keysOf(before as Row[], keyColumns), keysOf(after as Row[], keyColumns));
}

function keysOf(rows: readonly Row[], columns: readonly string[]): string[] {
  return rows.map((row) => JSON.stringify(columns.map((column) => row[column])));
}

function subtract(keys: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return [...new Set(keys.filter((key) => !known.has(key)))].sort();
}
