import { openEmbeddedEnvironment } from "@ofs/store";
import { COLUMNS, entityKey, entityValues, openEntityRows, TABLE } from "./entity-rows.ts";

/** Writers at work at once. */
const WRITER_COUNT = 8;

/** Rows of one writer, over and over. */
const ROWS_PER_WRITER = 50;

/**
 * Writes rows until it is killed, and tells the parent of each one that is acknowledged.
 * Arguments: folder, first version.
 */
const [folder, firstVersion] = process.argv.slice(2) as [string, string];
const store = await openEntityRows(openEmbeddedEnvironment(folder));

async function writeForEver(writer: number): Promise<never> {
  for (let version = Number(firstVersion); ; version++) {
    const index = writer * ROWS_PER_WRITER + (version % ROWS_PER_WRITER);
    const row = { key: entityKey(index), values: entityValues(version), writeTimeMicros: version };
    const request = {
      table: TABLE,
      columns: COLUMNS,
      rows: [row],
      deadlineMs: Number.POSITIVE_INFINITY,
    };
    const [outcome] = await store.write(request);
    if (outcome !== undefined) throw outcome;
    process.stdout.write(`${index} ${version}\n`);
  }
}

await Promise.all(Array.from({ length: WRITER_COUNT }, (_, writer) => writeForEver(writer)));
