import { type DatabaseSettings, openEmbedded, openMysql, SqlEngine } from "@ofs/database";
import { sql } from "kysely";
import { METASTORE_FILE } from "../../../src/rows/metastore/open-metastore.ts";
import { silentLog } from "../../database/new-requests.ts";

/** Changes a metastore as another program would: all of it or nothing. */
export async function runInMetastore(
  settings: DatabaseSettings,
  statements: readonly string[],
): Promise<void> {
  const parts =
    settings.kind === "mysql"
      ? openMysql<object>(settings, async () => undefined)
      : openEmbedded<object>(settings, async () => undefined, METASTORE_FILE);
  const engine = new SqlEngine<object>({ ...parts, log: silentLog });
  try {
    await engine.write(async (tx) => {
      for (const statement of statements) await sql.raw(statement).execute(tx);
    });
  } finally {
    await engine.close();
  }
}
