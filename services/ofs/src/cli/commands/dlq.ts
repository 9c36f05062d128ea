import type { Command } from "commander";
import type { z } from "zod";
import { letterSchema, lettersSchema, replaySchema } from "../consumer-answers.ts";
import { addConsumerOptions, ConsumerClient, type ConsumerFlags } from "../consumer-client.ts";
import type { CliIo } from "../io.ts";
import { printable } from "../output/printable.ts";
import { formatTable } from "../output/table.ts";
import { chooseTopic } from "../topics.ts";

/** Longest error that a table shows. */
const MAX_SHOWN_ERROR = 100;

interface FilterFlags extends ConsumerFlags {
  readonly topic?: string;
  readonly code?: string;
  readonly error?: string;
  readonly entity?: string;
  readonly from?: string;
  readonly to?: string;
  readonly partition?: string;
  readonly limit?: string;
  readonly cursor?: string;
  readonly json?: true;
}

interface ReplayFlags extends FilterFlags {
  readonly rate?: string;
  readonly dryRun?: true;
}

const EXAMPLES = `
Messages that cannot be stored go to a dead-letter topic, with the reason. A replay puts them back where they were, with
the time that they counted for: it never replaces newer values and may be repeated.

Examples:
  ofs dlq ls --code NOT_FOUND --entity movie
  ofs dlq show 0 17
  ofs dlq replay --error 'unknown feature' --dry-run
  ofs dlq replay --error 'unknown feature'`;

/** `ofs dlq`: dead letters. */
export function addDlqCommand(program: Command, io: CliIo): void {
  const dlq = program
    .command("dlq")
    .description("look into the dead letters of the consumer, or replay them")
    .addHelpText("after", EXAMPLES);
  const list = dlq
    .command("ls")
    .description("list dead letters, oldest first in each partition")
    .action(async (_: object, self: Command) => {
      await listLetters(self.optsWithGlobals<FilterFlags>(), io);
    });
  const show = dlq
    .command("show")
    .description(
      "show one dead letter: its message by the registry's names, headers and bytes, as JSON",
    )
    .argument("<partition>")
    .argument("<offset>")
    .option("--topic <topic>", "that its message came from (default: the first that is read)")
    .option("--json", "as without it: for scripts")
    .action(async (partition: string, offset: string, _: object, self: Command) => {
      await showLetter(partition, offset, self.optsWithGlobals<FilterFlags>(), io);
    });
  const replay = dlq
    .command("replay")
    .description("put the messages of dead letters back into their topic")
    .option("--rate <count>", "messages a second (default: 1000)")
    .option("--dry-run", "count only")
    .action(async (_: object, self: Command) => {
      await replayLetters(self.optsWithGlobals<ReplayFlags>(), io);
    });
  for (const command of [list, replay]) addFilterOptions(command);
  for (const command of [list, show, replay]) addConsumerOptions(command, io.env);
}

function addFilterOptions(command: Command): void {
  command
    .option("--topic <topic>", "that the messages came from (default: the first that is read)")
    .option("--code <code>", "of the error, for example INVALID_ARGUMENT")
    .option("--error <text>", "part of the error's text")
    .option("--entity <label>")
    .option("--from <time>", "written at or after: 2026-01-31T12:00:00Z or Unix milliseconds")
    .option("--to <time>", "written before")
    .option("--partition <number>", "of the dead-letter topic")
    .option("--limit <count>", "most letters")
    .option("--cursor <cursor>", "goes on where an earlier answer ended")
    .option("--json", "the answer as JSON");
}

function filterFields(flags: FilterFlags): Record<string, string | undefined> {
  const { code, error, entity, from, to, partition, limit, cursor } = flags;
  return { code, error, entity, from, to, partition, limit, cursor };
}

async function listLetters(flags: FilterFlags, io: CliIo): Promise<void> {
  const consumer = new ConsumerClient(flags);
  const topic = await chooseTopic(consumer, flags.topic);
  const path = `/dlq/${encodeURIComponent(topic)}`;
  const answer = await consumer.get(path, lettersSchema, filterFields(flags));
  if (flags.json === true) {
    io.stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`);
    return;
  }
  io.stdout.write(formatLetters(answer));
  if (answer.cursor !== undefined) io.stderr.write(`note: more with --cursor ${answer.cursor}\n`);
}

function formatLetters({ deadLetterTopic, letters }: z.output<typeof lettersSchema>): string {
  if (letters.length === 0) return `no such letters in ${deadLetterTopic}\n`;
  const rows = letters.map(({ partition, offset, time, code, entity, error }) => [
    String(partition),
    String(offset),
    time ?? "-",
    printable(code),
    printable(entity ?? "-"),
    printable(error.length > MAX_SHOWN_ERROR ? `${error.slice(0, MAX_SHOWN_ERROR)}...` : error),
  ]);
  return formatTable(["partition", "offset", "time", "code", "entity", "error"], rows);
}

async function showLetter(
  partition: string,
  offset: string,
  flags: FilterFlags,
  io: CliIo,
): Promise<void> {
  const consumer = new ConsumerClient(flags);
  const topic = await chooseTopic(consumer, flags.topic);
  const parts = [topic, partition, offset].map(encodeURIComponent);
  const answer = await consumer.get(`/dlq/${parts.join("/")}`, letterSchema);
  io.stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`);
}

async function replayLetters(flags: ReplayFlags, io: CliIo): Promise<void> {
  const consumer = new ConsumerClient(flags);
  const topic = await chooseTopic(consumer, flags.topic);
  const fields = { ...filterFields(flags), rate: flags.rate, dryRun: flags.dryRun };
  const path = `/dlq/${encodeURIComponent(topic)}/replay`;
  const body = JSON.stringify(fields);
  const answer = await consumer.post(path, replaySchema, "application/json", body);
  if (flags.json === true) {
    io.stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`);
    return;
  }
  const { replayedCount, skippedCount, isDryRun, cursor } = answer;
  const verb = isDryRun ? "would be replayed" : "replayed";
  const skipped = skippedCount === 0 ? "" : `, ${skippedCount} hold no message`;
  io.stdout.write(`${replayedCount} messages ${verb} into ${topic}${skipped}\n`);
  if (cursor !== undefined) io.stderr.write(`note: more with --cursor ${cursor}\n`);
}
