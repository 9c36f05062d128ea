import { type OfsClient, PersistError } from "@ofs/client";
import { type Command, Option } from "commander";
import { Progress } from "../../progress.ts";
import type { EntityRow } from "../../rows.ts";
import { writeRows } from "../../write-rows.ts";
import { BULK_RETRY, type ConnectionFlags, connect } from "../connection.ts";
import { EntityIndex } from "../entity-index.ts";
import { CommandError, UsageError } from "../failures.ts";
import { checkInput } from "../input/check-input.ts";
import { InputError } from "../input/input-record.ts";
import { INPUT_FORMATS, type Input, type InputFormat, openInput } from "../input/open-input.ts";
import { RowParser } from "../input/row-parser.ts";
import type { CliIo } from "../io.ts";
import { describeEntity, noteFaults } from "../lookup.ts";

const DEFAULT_DEADLINE_MS = 30_000;

/** Notes about features that are not given. */
const MAX_NOTES = 10;

interface PutFlags extends ConnectionFlags {
  readonly file?: string;
  readonly format?: InputFormat;
  readonly dryRun?: true;
}

const EXAMPLES = `
Columns are named by key label, group.feature, or the feature alone where one group has it. In CSV, vectors are
JSON lists, an empty cell says nothing and "" is an empty text. A group of which a row gives some features is
replaced as a whole: the others take their defaults. The whole file is checked before anything is written.

Examples:
  ofs put movie '{"movie_id": "my-film", "ratings": {"imdb_rating": 7.5}}'
  ofs put route --file routes.csv --dry-run
  ofs get movie inception --json | ofs put movie --file - --format json

routes.csv:
  origin,destination,flights,delays.mean_delay_min,delay_quantiles_min
  SEA,SFO,28,29.8,"[-25, -9.25, -2, 31.25, 239]"`;

/** `ofs put`: writes features. */
export function addPutCommand(program: Command, io: CliIo): void {
  program
    .command("put")
    .description("write features of one or more keys")
    .argument("<entity>")
    .argument("[json]", "one row, or a list of rows")
    .option("--file <path>", "rows from a file, - for standard input")
    .addOption(
      new Option("--format <format>", "format of the file (default: as its name ends)").choices(
        INPUT_FORMATS,
      ),
    )
    .option("--dry-run", "check everything, write nothing")
    .addHelpText("after", EXAMPLES)
    .action(async (entity: string, json: string | undefined, _: object, command: Command) => {
      await put(entity, json, command.optsWithGlobals<PutFlags>(), io);
    });
}

async function put(
  entityLabel: string,
  inline: string | undefined,
  flags: PutFlags,
  io: CliIo,
): Promise<void> {
  const input = openInput({ inline, file: flags.file, format: flags.format }, io.stdin);
  const client = connect(flags, DEFAULT_DEADLINE_MS, BULK_RETRY);
  try {
    const entity = await describeEntity(client, entityLabel);
    noteFaults(entity, io);
    const index = new EntityIndex(entity);
    const isCheckOnly = flags.dryRun === true;
    let total: number | undefined;
    if (input.isRepeatable || isCheckOnly) {
      const checked = await checkInput(input, index);
      total = checked.rowCount;
      noteDefaults(checked.gaps, io);
      if (isCheckOnly) io.stderr.write(`${total} rows are good; nothing written\n`);
    }
    if (!isCheckOnly) await write(client, input, index, total, io);
  } finally {
    client.close();
  }
}

async function write(
  client: OfsClient,
  input: Input,
  index: EntityIndex,
  total: number | undefined,
  io: CliIo,
): Promise<void> {
  const progress = new Progress(io.stderr, `${index.label}:`, total);
  let storedCount = 0;
  try {
    await writeRows(client, index.label, parseRows(input, index), (count) => {
      storedCount = count;
      progress.update(count);
    });
  } catch (cause) {
    progress.clear();
    throw withStoredCount(cause, storedCount);
  }
  if (storedCount === 0) throw new UsageError("the input has no rows");
  progress.finish(storedCount);
}

/** Adds to an error how many rows are known to be written, if there are any. */
function withStoredCount(cause: unknown, before: number): unknown {
  const storedCount = before + (cause instanceof PersistError ? cause.storedCount : 0);
  if (storedCount === 0) return cause;
  const message = `${(cause as Error).message}\n${storedCount} rows are written`;
  return cause instanceof InputError
    ? new UsageError(message, { cause })
    : new CommandError(message, { cause });
}

async function* parseRows(input: Input, index: EntityIndex): AsyncGenerator<EntityRow> {
  const parser = new RowParser(index);
  for await (const record of input.read()) yield parser.parse(record);
}

function noteDefaults(gaps: ReadonlySet<string>, io: CliIo): void {
  for (const gap of [...gaps].slice(0, MAX_NOTES)) {
    io.stderr.write(`note: not given, so their defaults are written: ${gap}\n`);
  }
}
