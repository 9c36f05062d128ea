import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { FileReader, openParquetFolder, openTableStorage } from "@ofs/delta";

/*
 * Reads one large file, and shows that memory does not grow with it:
 *
 *   node --conditions=@ofs/source --import tsx packages/delta/bench/large-file.ts --gigabytes 2
 */

/** Random text does not compress: a row is about 230 bytes in the file. */
const BYTES_PER_ROW = 230;
const ROW_GROUP_ROWS = 122_880;
const SAMPLE_MS = 50;
const MIB = 1024 ** 2;

const { values } = parseArgs({
  options: {
    gigabytes: { type: "string", default: "2" },
    "memory-mib": { type: "string", default: "256" },
    decoder: { type: "string", default: "auto" },
  },
});

async function writeFile(folder: string, bytes: number): Promise<void> {
  const rows = Math.ceil(bytes / BYTES_PER_ROW);
  const texts = Array.from(
    { length: 6 },
    (_, n) => `md5((range * 6 + ${n})::VARCHAR) AS text_${n}`,
  );
  const numbers = ["range AS id", "random() AS score", "(random() * 1e9)::INTEGER AS count"];
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "1GiB" });
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT ${[...numbers, ...texts].join(", ")} FROM range(${rows})) TO '${join(folder, "a.parquet")}' ` +
      `(FORMAT parquet, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
  );
  connection.closeSync();
  instance.closeSync();
}

async function readFile(folder: string): Promise<void> {
  const decoder = values.decoder as "auto" | "duckdb" | "hyparquet";
  const memoryBytesMax = Number(values["memory-mib"]) * MIB;
  const reader = await FileReader.open({ decoder, memoryBytesMax });
  const storage = openTableStorage(folder);
  const { files, schema } = await openParquetFolder(storage, reader);
  const startBytes = process.memoryUsage.rss();
  let peakBytes = startBytes;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  }, SAMPLE_MS);
  const [startMs, startCpu] = [performance.now(), process.cpuUsage()];
  let rows = 0;
  for (const file of files) {
    for await (const batch of reader.read(storage, file, { fields: schema }))
      rows += batch.rowCount;
  }
  const seconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(startCpu);
  clearInterval(timer);
  await reader.close();
  const bytes = (await stat(join(folder, "a.parquet"))).size;
  process.stdout.write(
    `${rows} rows of ${schema.length} columns, ${Math.round(bytes / MIB)} MiB: ${seconds.toFixed(1)} s, ` +
      `${Math.round(rows / seconds)} rows/s, ${((user + system) / 1e6).toFixed(1)} CPU s; ` +
      `RSS ${Math.round(startBytes / MIB)} MiB before, ${Math.round(peakBytes / MIB)} MiB at most\n`,
  );
}

const folder = await mkdtemp(join(tmpdir(), "ofs-large-"));
try {
  await writeFile(folder, Number(values.gigabytes) * 1024 ** 3);
  await readFile(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
