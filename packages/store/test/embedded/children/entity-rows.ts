import {
  type EmbeddedEnvironment,
  EmbeddedRowStore,
  EmbeddedRowTables,
  type RowTable,
} from "@ofs/store";

/** What the crash test of rows writes and reads: two columns of one version, the second past a database page. */
export const TABLE: RowTable = {
  name: "events",
  keys: [
    { name: "k", type: "TEXT" },
    { name: "c", type: "TEXT" },
  ],
};
export const COLUMNS = [
  { name: "v", type: "TEXT" },
  { name: "w", type: "BLOB" },
] as const;

const PADDING_SIZE = 5000;
const TENANT = "t";

/** The table is made where it is not there. */
export async function openEntityRows(environment: EmbeddedEnvironment): Promise<EmbeddedRowStore> {
  await new EmbeddedRowTables({ environment, tenant: TENANT }).ensure(TABLE, COLUMNS, 0);
  return new EmbeddedRowStore({ environment, tenant: TENANT });
}

/** Long enough for several database keys in one of four. */
export function entityKey(index: number): readonly [Buffer, Buffer] {
  return [
    Buffer.from("partition"),
    Buffer.from(String(index).padStart(index % 4 === 0 ? 1500 : 8, "0")),
  ];
}

export function entityValues(version: number): readonly [Buffer, Buffer] {
  return [Buffer.from(String(version)), Buffer.alloc(PADDING_SIZE, version % 251)];
}
