import type { CellBytes, RowScan, RowTable, RowUpsert, RowWrite } from "../row-store.ts";

/** Longest value of one key column, in bytes. */
export const MAX_KEY_VALUE_BYTES = 65_535;

/** Says why no store of rows holds the key, or nothing if it can. Keys may be a prefix of the table's. */
export function refuseRowKey(table: RowTable, key: readonly CellBytes[]): string | undefined {
  const [partition] = key;
  if (partition === undefined || key.length > table.keys.length) {
    return `${key.length} key values, the table has ${table.keys.length} keys`;
  }
  if (partition.length === 0) {
    return `key ${table.keys[0].name} is empty, which cannot be stored`;
  }
  for (let index = 0; index < key.length; index++) {
    const size = (key[index] as CellBytes).length;
    if (size > MAX_KEY_VALUE_BYTES) {
      const name = table.keys[index]?.name;
      return `key ${name} of ${size} bytes, at most ${MAX_KEY_VALUE_BYTES} can be stored`;
    }
  }
  return undefined;
}

/** Says why a key cannot be looked for, or nothing if it can: one that cannot be stored can, and is not found. */
export function refuseLookup(
  table: RowTable,
  key: readonly CellBytes[],
  keyCount: number = key.length,
): string | undefined {
  if (key.length > 0 && key.length === keyCount && keyCount <= table.keys.length) return undefined;
  const wanted =
    key.length === keyCount ? `1 to ${table.keys.length}` : `${keyCount}, as the first`;
  return `${key.length} key values, not ${wanted}`;
}

/** Says why a scan makes no sense, or nothing if it does. */
export function refuseScan({ keyPrefix, pageSize, table }: RowScan): string | undefined {
  if (!Number.isSafeInteger(pageSize) || pageSize < 1) {
    return `page size ${pageSize} is not a positive integer`;
  }
  return refuseLookup(table, keyPrefix);
}

/** Says why a row cannot be written, or nothing if it can. */
export function refuseRow(
  { columns, isDelete, table }: RowWrite,
  row: RowUpsert,
): string | undefined {
  const { key, values, writeTimeMicros } = row;
  if (key.length !== table.keys.length) {
    return `${key.length} key values, the table has ${table.keys.length} keys`;
  }
  const valueCount = isDelete === true ? 0 : columns.length;
  if (values.length !== valueCount) {
    const what = isDelete === true ? "a delete" : `${columns.length} columns`;
    return `${values.length} values for ${what}`;
  }
  if (!Number.isSafeInteger(writeTimeMicros)) {
    return `write time ${writeTimeMicros} is no integer of microseconds`;
  }
  return refuseRowKey(table, key);
}
