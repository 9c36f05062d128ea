import { readFile } from "node:fs/promises";
import type { OfsClient } from "@ofs/client";
import type { Command } from "commander";
import { Option } from "commander";
import { Progress } from "../../progress.ts";
import type { EntityRow } from "../../rows.ts";
import { toPersistRow } from "../../write-rows.ts";
import { BULK_RETRY, type ConnectionFlags, connect } from "../connection.ts";
import { addConsumerOptions, ConsumerClient, type ConsumerFlags } from "../consumer-client.ts";
import { EntityIndex } from "../entity-index.ts";
import { UsageError } from "../failures.ts";
import { checkInput } from "../input/check-input.ts";
import { INPUT_FORMATS, type InputFormat, openInput } from "../input/open-input.ts";
import { RowParser } from "../input/row-parser.ts";
import type { CliIo } from "../io.ts";
import { describeEntity, noteFaults } from "../lookup.ts";
import {
  addBrokersOption,
  ConsumerLog,
  KafkaLog,
  type MessageLog,
  type NewMessage,
} from "../message-log.ts";
import { chooseTopic } from "../topics.ts";
import { waitUntilRead } from "../wait-until-read.ts";

const DEFAULT_DEADLINE_MS = 30_000;

/** Messages of one request: each is durable before the next is sent. */
const CHUNK_MESSAGES = 500;

interface ProduceFlags extends ConnectionFlags, ConsumerFlags {
  readonly file?: string;
  readonly format?: InputFormat;
  readonly topic?: string;
  readonly key?: string;
  readonly raw?: string;
  readonly brokers?: readonly string[];
  readonly wait?: true;
  readonly json?: true;
}

const EXAMPLES = `
Rows are as in \`ofs put\`: one message a row, whose key is the row's. The consumer stores them a moment later;
--wait waits until it is done with them. With --raw the argument is a topic, and a file's bytes are one message, unchecked.

Examples:
  ofs produce movie '{"movie_id": "my-film", "ratings": {"imdb_rating": 7.5}}' --wait
  ofs produce route --file routes.csv
  ofs produce online-feature-store.feature_ingestion --raw message.bin`;

/** `ofs produce`: adds messages to the log that the consumer reads. */
export function addProduceCommand(program: Command, io: CliIo): void {
  const command = program
    .command("produce")
    .description("send rows to the consumer through the embedded log, or Kafka")
    .argument("<entity|topic>")
    .argument("[json]", "one row, or a list of rows")
    .option("--file <path>", "rows from a file, - for standard input")
    .addOption(
      new Option("--format <format>", "format of the file (default: as its name ends)").choices(
        INPUT_FORMATS,
      ),
    )
    .option("--topic <topic>", "where to (default: the first topic that is read)")
    .option("--key <key>", "of all messages, in place of the rows' own")
    .addOption(
      new Option("--raw <path>", "one message as it is").conflicts(["file", "format", "topic"]),
    )
    .option("--wait", "until the messages are stored or dead letters")
    .option(
      "--json",
      "as JSON: partition and offset of each message, or with --brokers how many there are",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (target: string, json: string | undefined, _: object, self: Command) => {
      await produce(target, json, self.optsWithGlobals<ProduceFlags>(), io);
    });
  addBrokersOption(addConsumerOptions(command, io.env), io.env);
}

async function produce(
  target: string,
  inline: string | undefined,
  flags: ProduceFlags,
  io: CliIo,
): Promise<void> {
  const consumer = new ConsumerClient(flags);
  const isRaw = flags.raw !== undefined;
  if (isRaw && inline !== undefined) throw new UsageError("give rows or --raw, not both");
  const topic = isRaw ? target : await chooseTopic(consumer, flags.topic);
  const log =
    flags.brokers === undefined
      ? new ConsumerLog(consumer, topic)
      : new KafkaLog(flags.brokers, consumer, topic);
  try {
    const count = isRaw
      ? await produceFile(log, flags.raw as string, flags.key)
      : await produceRows(log, topic, target, inline, flags, io);
    if (flags.wait === true) {
      const { deadline = DEFAULT_DEADLINE_MS } = flags;
      await waitUntilRead(consumer, topic, await log.ends(), deadline);
    }
    const end = flags.wait === true ? "are read from" : "are in";
    const { records } = log;
    const told = flags.brokers === undefined ? { topic, records } : { topic, count };
    if (flags.json === true) io.stdout.write(`${JSON.stringify(told)}\n`);
    else io.stdout.write(`${count} messages ${end} ${topic}\n`);
  } finally {
    await log.close();
  }
}

async function produceFile(
  log: ConsumerLog | KafkaLog,
  path: string,
  key: string | undefined,
): Promise<number> {
  let value: Buffer;
  try {
    value = await readFile(path);
  } catch (cause) {
    throw new UsageError(`--raw ${path}: ${(cause as Error).message}`, { cause });
  }
  if (log instanceof ConsumerLog) await log.sendUnchecked({ key, value });
  else await log.send([{ key, value }]);
  return 1;
}

/** The whole input is checked before the first message is sent, unless it can be read only once. */
async function produceRows(
  log: MessageLog,
  topic: string,
  entityLabel: string,
  inline: string | undefined,
  flags: ProduceFlags,
  io: CliIo,
): Promise<number> {
  const input = openInput({ inline, file: flags.file, format: flags.format }, io.stdin);
  const client = connect(flags, DEFAULT_DEADLINE_MS, BULK_RETRY);
  try {
    const entity = await describeEntity(client, entityLabel);
    noteFaults(entity, io);
    const index = new EntityIndex(entity);
    const total = input.isRepeatable ? (await checkInput(input, index)).rowCount : undefined;
    const progress = new Progress(io.stderr, `${topic}:`, total);
    const parser = new RowParser(index);
    let count = 0;
    let messages: NewMessage[] = [];
    const flush = async (): Promise<void> => {
      await log.send(messages);
      count += messages.length;
      messages = [];
      progress.update(count);
    };
    for await (const record of input.read()) {
      messages.push(await encodeMessage(client, index, parser.parse(record), flags.key));
      if (messages.length >= CHUNK_MESSAGES) await flush();
    }
    if (messages.length > 0) await flush();
    if (count === 0) throw new UsageError("the input has no rows");
    progress.finish(count);
    return count;
  } finally {
    client.close();
  }
}

async function encodeMessage(
  client: OfsClient,
  { label, keyLabels }: EntityIndex,
  row: EntityRow,
  key: string | undefined,
): Promise<NewMessage> {
  const [value] = await client.encodePersist({ entity: label, rows: [toPersistRow(row)] });
  if (value === undefined) throw new Error("a row made no message");
  return { key: key ?? `${label}:${keyLabels.map((name) => row.keys[name]).join("|")}`, value };
}
