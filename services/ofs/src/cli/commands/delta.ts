import {
  type DataFile,
  DeltaTable,
  FileReader,
  formatRow,
  openTableStorage,
  type S3Options,
  type TableField,
  type TableStorage,
} from "@ofs/delta";
import { type Command, InvalidArgumentError } from "commander";
import type { CliIo } from "../io.ts";
import { writeText } from "../output/write-text.ts";

interface DeltaFlags {
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3PathStyle?: true;
}

/** What is printed of a version. */
interface Part {
  readonly schema: readonly TableField[];
  readonly files: readonly DataFile[];
}

const EXAMPLES = `
Examples:
  ofs delta snapshot /data/tables/riders 12
  ofs delta fresh s3a://lake/riders 12

Values that JSON cannot tell are objects with one member:
  {"$long":"9007199254740993"} {"$float":"NaN"} {"$decimal":"1.50"} {"$binary":"AA=="}
  {"$date":"2024-02-29"} {"$timestamp_us":"1700000000000000"} {"$ntz_us":"0"} {"$map":[["key",1]]}
`;

/** `ofs delta`: shows what a Delta Lake table has. */
export function addDeltaCommand(program: Command, io: CliIo): void {
  const delta = program
    .command("delta")
    .description("show the rows of a Delta Lake table, as JSON lines")
    .addHelpText("after", EXAMPLES);
  addPart(delta, io, "snapshot", "print all rows of a version", (table, version) =>
    table.snapshot(version),
  );
  addPart(delta, io, "fresh", "print the rows that are new in a version", (table, version) =>
    table.changes(version),
  );
}

function addPart(
  delta: Command,
  io: CliIo,
  name: string,
  description: string,
  load: (table: DeltaTable, version: number) => Promise<Part>,
): void {
  delta
    .command(name)
    .description(description)
    .argument("<path>", "local path, file:, s3:// or s3a://")
    .argument("<version>", "number of the version", parseVersion)
    .option("--s3-endpoint <url>", "server with the S3 API; default: AWS")
    .option("--s3-region <name>", "default: AWS_REGION")
    .option("--s3-path-style", "the bucket is in the path, not in the host")
    .action(async (path: string, version: number, flags: DeltaFlags) => {
      const storage = openTableStorage(path, { s3: s3Options(flags) });
      try {
        await printPart(io, storage, (table) => load(table, version));
      } finally {
        await storage.close();
      }
    });
}

async function printPart(
  io: CliIo,
  storage: TableStorage,
  load: (table: DeltaTable) => Promise<Part>,
): Promise<void> {
  const stop = new AbortController();
  const printing = printRows(io, storage, load, stop.signal);
  // Threads that decode must have ended when the process exits: their library would abort it.
  const end = async (): Promise<void> => {
    stop.abort();
    await Promise.allSettled([printing]);
  };
  io.beforeExit?.add(end);
  try {
    await printing;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    io.beforeExit?.delete(end);
  }
}

async function printRows(
  io: CliIo,
  storage: TableStorage,
  load: (table: DeltaTable) => Promise<Part>,
  signal: AbortSignal,
): Promise<void> {
  const reader = await FileReader.open();
  try {
    const { schema, files } = await load(await DeltaTable.open(storage, reader, signal));
    for (const file of files) {
      for await (const batch of reader.read(storage, file, { fields: schema, signal })) {
        const lines = Array.from({ length: batch.rowCount }, (_, row) => formatRow(batch, row));
        await writeText(io.stdout, lines.join(""), signal);
      }
    }
  } finally {
    await reader.close();
  }
}

function s3Options({ s3Endpoint, s3Region, s3PathStyle }: DeltaFlags): S3Options {
  return { endpoint: s3Endpoint, region: s3Region, isPathStyle: s3PathStyle };
}

function parseVersion(text: string): number {
  const version = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(version)) return version;
  throw new InvalidArgumentError("It must be a whole number.");
}
