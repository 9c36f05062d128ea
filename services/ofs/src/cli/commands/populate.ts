import { basename, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Command, Option } from "commander";
import { Progress } from "../../progress.ts";
import { CommandError, UsageError } from "../failures.ts";
import type { CliIo } from "../io.ts";
import { printable } from "../output/printable.ts";
import { formatTable } from "../output/table.ts";
import {
  addPopulatorOptions,
  latestSchema,
  namedSchema,
  PopulatorClient,
  type PopulatorFlags,
  type RunAnswer,
  registeredSchema,
  runsSchema,
  type StatusAnswer,
  statusSchema,
} from "../populator-client.ts";

const POLL_MS = 250;
const ENDED = ["COMPLETED", "FAILED", "CANCELLED"];

/** What is done to a run by its name. */
const ACTIONS = {
  pause: "stop sending after the batch under way",
  resume: "go on with a run that is paused, or try again what failed",
  cancel: "end a run for good",
  reset: "forget how far a run is, and begin it again",
} as const;

interface RunFlags extends PopulatorFlags {
  readonly name?: string;
  readonly entity?: string;
  readonly featureGroup?: string;
  readonly versions?: string;
  readonly snapshot?: string | true;
  readonly column?: readonly string[];
  readonly filter?: readonly string[];
  readonly topic?: string;
  readonly parquet?: true;
  readonly maxRejects?: string;
  readonly watch?: true;
  readonly schedule?: string;
  readonly deletes?: string;
  readonly detach?: true;
}

const EXAMPLES = `
Rows of a Delta table, or of a folder of Parquet files, become messages of the log, which the consumer stores.

Examples:
  ofs populate run ./lake/movies --entity movie
  ofs populate run s3a://lake/riders --feature-group rider_stats --versions 10..12
  ofs populate run ./movies --entity movie --column id=movie_id --column stars=ratings:imdb_rating --filter 'stars >= 5'
  ofs populate run ./lake/movies --entity movie --versions 0.. --watch --deletes tombstone
  ofs populate ls
  ofs populate status movies`;

/** `ofs populate`: tables into the store, by way of the log. */
export function addPopulateCommand(program: Command, io: CliIo): void {
  const populate = program
    .command("populate")
    .description("bring tables (Delta, Parquet) into the store, by way of the log")
    .addHelpText("after", EXAMPLES);
  const run = populate
    .command("run")
    .description("send a table's rows, and wait until all are in the log")
    .argument("<path>", "of the table, as the populator finds it: a folder, s3:// or s3a://")
    .option("--name <name>", "of the run; one of the same name is replaced (default: the folder's)")
    .option("--entity <label>", "block dialect: keys and features of this entity")
    .option(
      "--feature-group <name>",
      "row dialect: columns of this feature group (name or name:v2)",
    )
    .option("--versions <from..to>", "what these versions brought; `from..` until the latest")
    .option("--snapshot [version]", "all rows of a version (default: of the latest)")
    .option("--column <table=target>", "a column and where it goes; may be repeated", collect)
    .option("--filter <condition>", "`column >= value`, `column is null`; may be repeated", collect)
    .option("--topic <topic>", "(default: the dialect's own)")
    .option("--parquet", "the path is a folder of plain Parquet files")
    .option("--max-rejects <count>", "rows that may be refused before the run fails")
    .option("--watch", "go on with new versions as they come")
    .option("--schedule <cron>", "look for new versions at these times, UTC")
    .addOption(
      new Option(
        "--deletes <mode>",
        "rows that versions took away: count files, or delete keys",
      ).choices(["report", "tombstone"]),
    )
    .option("--detach", "do not wait")
    .action(async (path: string, _: object, self: Command) => {
      await runTable(path, self.optsWithGlobals<RunFlags>(), io);
    });
  const list = populate
    .command("ls")
    .description("list the runs")
    .action(async (_: object, self: Command) => {
      const flags = self.optsWithGlobals<PopulatorFlags>();
      const { data } = await new PopulatorClient(flags).get("/table/list", runsSchema);
      io.stdout.write(flags.json ? `${JSON.stringify(data, undefined, 2)}\n` : formatRuns(data));
    });
  const status = byName(populate, "status", "tell how far a run is, and what was refused");
  status.action(async (name: string, _: object, self: Command) => {
    const flags = self.optsWithGlobals<PopulatorFlags>();
    const { data } = await new PopulatorClient(flags).get("/table/status", statusSchema, { name });
    io.stdout.write(flags.json ? `${JSON.stringify(data, undefined, 2)}\n` : formatStatus(data));
  });
  const changes = Object.entries(ACTIONS).map(([action, description]) =>
    byName(populate, action, description).action(async (name: string, _: object, self: Command) => {
      const client = new PopulatorClient(self.optsWithGlobals<PopulatorFlags>());
      await client.post(`/table/${action}`, namedSchema, "application/json", "", { name });
    }),
  );
  const remove = byName(populate, "rm", "forget a run; what it sent stays");
  remove.action(async (name: string, _: object, self: Command) => {
    const client = new PopulatorClient(self.optsWithGlobals<PopulatorFlags>());
    await client.delete("/table", namedSchema, { name });
  });
  for (const command of [run, list, status, ...changes, remove])
    addPopulatorOptions(command, io.env);
}

function byName(populate: Command, name: string, description: string): Command {
  return populate.command(name).description(description).argument("<name>");
}

function collect(text: string, former: readonly string[] = []): string[] {
  return [...former, text];
}

async function runTable(path: string, flags: RunFlags, io: CliIo): Promise<void> {
  const client = new PopulatorClient(flags);
  const located = path.includes("://") ? path : resolve(path);
  const name = flags.name ?? basename(located);
  const body = { ...requestOf(flags), ...(await sourceOf(located, flags, client)) };
  const request = JSON.stringify({ ...body, tableName: name, path: located });
  await client.post("/table/read", registeredSchema, "application/json", request);
  const isEndless = flags.watch === true || flags.schedule !== undefined;
  if (flags.detach === true || isEndless) {
    io.stdout.write(`run ${name} is begun: ofs populate status ${name}\n`);
    return;
  }
  const status = await whenEnded(client, name, io);
  io.stdout.write(flags.json ? `${JSON.stringify(status, undefined, 2)}\n` : formatStatus(status));
  if (status.state === "COMPLETED") return;
  throw new CommandError(
    `run ${name} is ${status.state}${status.error ? `: ${status.error}` : ""}`,
  );
}

async function whenEnded(client: PopulatorClient, name: string, io: CliIo): Promise<StatusAnswer> {
  const progress = new Progress(io.stderr, name);
  try {
    for (;;) {
      const { data } = await client.get("/table/status", statusSchema, { name });
      progress.update(data.sentCount + data.deletedCount);
      if (ENDED.includes(data.state)) return data;
      await delay(POLL_MS);
    }
  } finally {
    progress.clear();
  }
}

function requestOf(flags: RunFlags): object {
  const [featureGroupName, featureGroupVersion] = flags.featureGroup?.split(":") ?? [];
  const columns = flags.column?.map((text) => {
    const at = text.indexOf("=");
    if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)] as const;
    throw new UsageError(`--column ${text}: it must be TABLE_COLUMN=TARGET`);
  });
  return {
    entityLabel: flags.entity,
    featureGroupName,
    featureGroupVersion,
    columns: columns && Object.fromEntries(columns),
    filter: flags.filter?.map(parseTerm),
    topicName: flags.topic,
    format: flags.parquet === true ? "parquet" : undefined,
    maxRejects: flags.maxRejects === undefined ? undefined : Number(flags.maxRejects),
    watch: flags.watch,
    schedule: flags.schedule,
    deletes: flags.deletes,
  };
}

/** Versions as asked for; without any, all rows of the latest version. */
async function sourceOf(path: string, flags: RunFlags, client: PopulatorClient): Promise<object> {
  const { versions, snapshot } = flags;
  if (versions === undefined) {
    const version = typeof snapshot === "string" ? parseVersion("--snapshot", snapshot) : undefined;
    return { mode: "snapshot", version };
  }
  if (snapshot !== undefined) throw new UsageError("--snapshot cannot be used with --versions");
  const [, from, to] = /^(\d+)(?:\.\.(\d*))?$/.exec(versions) ?? [];
  if (from === undefined) throw new UsageError(`--versions ${versions}: it must be FROM..TO`);
  const startVersion = parseVersion("--versions", from);
  const isEndless = flags.watch === true || flags.schedule !== undefined;
  if (isEndless) {
    if (to) throw new UsageError(`--versions ${versions}: a run that goes on has no end`);
    return { startVersion };
  }
  if (to) return { startVersion, endVersion: parseVersion("--versions", to) };
  if (to === undefined) return { startVersion, endVersion: startVersion };
  const { data } = await client.get("/table/latest-version", latestSchema, { path });
  return { startVersion, endVersion: data.latestVersion };
}

function parseVersion(flag: string, text: string): number {
  const version = Number(text);
  if (/^\d{1,15}$/.test(text)) return version;
  throw new UsageError(`${flag} ${text}: it must be a version, from 0`);
}

const TERM = /^\s*(\S+?)\s*(=|<=|<|>=|>)\s*(.*?)\s*$/;
const NULL_TERM = /^\s*(\S+)\s+is\s+(not\s+)?null\s*$/i;

function parseTerm(text: string): object {
  const [, nullable, not] = NULL_TERM.exec(text) ?? [];
  if (nullable !== undefined) return { column: nullable, operator: not ? "isNotNull" : "isNull" };
  const [, column, operator, value] = TERM.exec(text) ?? [];
  if (column !== undefined) return { column, operator, value };
  throw new UsageError(`--filter ${text}: it must be COLUMN OPERATOR VALUE, with = < <= > or >=`);
}

function formatRuns(runs: readonly RunAnswer[]): string {
  const rows = runs.map((run) => [
    printable(run.name),
    run.state,
    versionText(run),
    String(run.sentCount),
    String(run.deletedCount),
    String(run.rejectedCount),
    printable(run.error ?? ""),
  ]);
  return formatTable(["name", "state", "version", "sent", "deleted", "refused", "error"], rows);
}

function versionText({ currentVersion, endVersion }: RunAnswer): string {
  const current = currentVersion === undefined ? "-" : String(currentVersion);
  return endVersion === undefined ? current : `${current} of ${endVersion}`;
}

function formatStatus(run: StatusAnswer): string {
  const { name, state, sentCount, rejectedCount, skippedCount, deletedCount } = run;
  const lines = [
    `${printable(name)}: ${state}, version ${versionText(run)}, ${run.openFileCount} files to do`,
    `${sentCount} rows sent, ${rejectedCount} refused, ${skippedCount} left out by the filter`,
  ];
  if (deletedCount > 0) lines.push(`${deletedCount} keys deleted`);
  if (run.ignoredDeleteFileCount > 0) {
    const hint = "which is not sent (--deletes tombstone sends it)";
    lines.push(`note: ${run.ignoredDeleteFileCount} files had rows deleted, ${hint}`);
  }
  for (const { cause, rowCount, samples } of run.rejects) {
    const example = samples[0] === undefined ? "" : `, for example ${samples[0].reason}`;
    lines.push(printable(`refused: ${cause}: ${rowCount} rows${example}`));
  }
  if (run.rejects.length > 0 && run.rejectsFolder !== undefined) {
    lines.push(`refused rows are listed in ${run.rejectsFolder}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}
