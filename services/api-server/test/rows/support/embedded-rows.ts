import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_TENANT, type EntityMetadata, type GroupMetadata } from "@ofs/rows";
import { EmbeddedRegistrySource, EmbeddedRowTables, openEmbeddedEnvironment } from "@ofs/store";
import type { PreparedRows } from "./cassandra-rows.ts";
import { entriesOf, tablesOf } from "./row-objects.ts";

/** The same in a data folder of their own, for another process. */
export async function prepareEmbeddedRows(
  entities: readonly EntityMetadata[],
  groups: readonly GroupMetadata[],
): Promise<PreparedRows> {
  const folder = await mkdtemp(join(tmpdir(), "ofs-rows-"));
  const environment = openEmbeddedEnvironment(folder);
  const tables = new EmbeddedRowTables({ environment, tenant: DEFAULT_TENANT });
  for (const { table, columns } of tablesOf(entities, groups)) {
    await tables.ensure(table, columns, 0);
  }
  const source = new EmbeddedRegistrySource(environment, "row");
  await source.write(entriesOf(entities, groups));
  await source.close();
  await environment.close();
  return {
    env: {
      APP_HOST: "127.0.0.1",
      APP_PORT: "0",
      ROW_PORT: "0",
      ROW_ENABLED: "true",
      WORKERS: "1",
      STORE_TIMEOUT_MS: "60000",
      OVERLOAD_QUEUE_MS: "60000",
      OFS_DATA_FOLDER: folder,
    },
    drop: () => rm(folder, { recursive: true }),
  };
}
