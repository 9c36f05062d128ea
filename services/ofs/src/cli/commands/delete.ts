import { entityKeyString } from "@ofs/codec";
import { RECORD_OPERATION } from "@ofs/ingest";
import type { Command } from "commander";
import { type ConnectionFlags, connect } from "../connection.ts";
import { type ProducedRecord, producedSchema } from "../consumer-answers.ts";
import { addConsumerOptions, ConsumerClient, type ConsumerFlags } from "../consumer-client.ts";
import { EntityIndex } from "../entity-index.ts";
import type { CliIo } from "../io.ts";
import { formatKey, parseKey } from "../keys.ts";
import { describeEntity, noteFaults } from "../lookup.ts";
import { chooseTopic } from "../topics.ts";
import { waitUntilRead } from "../wait-until-read.ts";

const DEFAULT_DEADLINE_MS = 30_000;

/** Messages of one request: each is durable before the next is sent. */
const CHUNK_MESSAGES = 500;

interface DeleteFlags extends ConnectionFlags, ConsumerFlags {
  readonly groups?: readonly string[];
  readonly topic?: string;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly json?: true;
}

/** What is to be deleted, by its names in the registry. */
interface Deletion {
  readonly index: EntityIndex;
  /** Columns in the order of the entity's keys. */
  readonly keys: readonly (readonly string[])[];
  /** Empty: all groups of the entity. */
  readonly groups: readonly string[];
}

const EXAMPLES = `
Afterwards a key reads as one that was never written. What is written later counts again; older writes that come late
stay without effect. The consumer deletes a moment later; --wait waits until it is done.

Examples:
  ofs delete movie my-film --wait
  ofs delete route origin=SEA,destination=SFO SFO,SEA --groups delays,traffic --dry-run`;

/** `ofs delete`: takes feature groups of keys away, through the log that the consumer reads. */
export function addDeleteCommand(program: Command, io: CliIo): void {
  const command = program
    .command("delete")
    .description("delete features of one or more keys through the embedded log")
    .argument("<entity>")
    .argument("<key...>", "value, or label=value,label=value for a key of several columns, or JSON")
    .option("--groups <groups>", "comma list of feature groups (default: all)", (text) =>
      text.split(",").map((label) => label.trim()),
    )
    .option("--topic <topic>", "where to (default: the first topic that is read)")
    .option("--dry-run", "check names and keys, tell what would go, delete nothing")
    .option("--wait", "until the keys are deleted, or the messages are dead letters")
    .option("--json", "partition and offset of each message, as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (entity: string, keys: readonly string[], _: object, self: Command) => {
      await deleteKeys(entity, keys, self.optsWithGlobals<DeleteFlags>(), io);
    });
  addConsumerOptions(command, io.env);
}

async function deleteKeys(
  entityLabel: string,
  keyTexts: readonly string[],
  flags: DeleteFlags,
  io: CliIo,
): Promise<void> {
  const deletion = await checkNames(entityLabel, keyTexts, flags, io);
  const { index, keys } = deletion;
  if (flags.dryRun === true) {
    const groups = deletion.groups.length > 0 ? deletion.groups : [...index.groups.keys()];
    const lines = keys.map((key) => `${index.label} ${formatKey(key)}: ${groups.join(", ")}\n`);
    io.stdout.write(lines.join(""));
    io.stderr.write(`${keys.length} keys would lose these groups; nothing deleted\n`);
    return;
  }
  const consumer = new ConsumerClient(flags);
  const topic = await chooseTopic(consumer, flags.topic);
  const records = await send(consumer, topic, deletion);
  if (flags.wait === true) {
    await waitUntilRead(consumer, topic, endsOf(records), flags.deadline ?? DEFAULT_DEADLINE_MS);
  }
  const end = flags.wait === true ? "are read from" : "are in";
  if (flags.json === true) io.stdout.write(`${JSON.stringify({ topic, records })}\n`);
  else io.stdout.write(`deletes of ${keys.length} keys ${end} ${topic}\n`);
}

/** @throws {UsageError} naming what is not known, and what it could be */
async function checkNames(
  entityLabel: string,
  keyTexts: readonly string[],
  flags: DeleteFlags,
  io: CliIo,
): Promise<Deletion> {
  const client = connect(flags, DEFAULT_DEADLINE_MS);
  try {
    const entity = await describeEntity(client, entityLabel);
    noteFaults(entity, io);
    const index = new EntityIndex(entity);
    const groups = [...new Set(flags.groups ?? [])];
    for (const label of groups) index.group(label);
    const keys = keyTexts.map((text) => parseKey(text, index.keyLabels));
    return { index, keys, groups };
  } finally {
    client.close();
  }
}

async function send(
  consumer: ConsumerClient,
  topic: string,
  deletion: Deletion,
): Promise<ProducedRecord[]> {
  const path = `/ingest/${encodeURIComponent(topic)}`;
  const type = "application/x-ndjson";
  const query = { operation: RECORD_OPERATION.delete };
  const lines = deletion.keys.map((key) => lineOf(deletion, key));
  const sent: ProducedRecord[] = [];
  for (let start = 0; start < lines.length; start += CHUNK_MESSAGES) {
    const body = lines.slice(start, start + CHUNK_MESSAGES).join("\n");
    const { records } = await consumer.post(path, producedSchema, type, body, query);
    sent.push(...records);
  }
  return sent;
}

/** A message of its own, with the key that writes of the same row have, so that it comes behind them. */
function lineOf({ groups, index }: Deletion, key: readonly string[]): string {
  return JSON.stringify({
    key: entityKeyString(index.label, key),
    entity_label: index.label,
    keys_schema: index.keyLabels,
    feature_group_schema: groups.map((label) => ({ label })),
    data: [{ key_values: key }],
  });
}

function endsOf(records: readonly ProducedRecord[]): Map<number, number> {
  const ends = new Map<number, number>();
  for (const { partition, offset } of records) {
    ends.set(partition, Math.max(ends.get(partition) ?? 0, offset + 1));
  }
  return ends;
}
