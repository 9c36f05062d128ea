import type { FeatureSelection, TextRow, ValueRow } from "@ofs/client";
import { type Command, Option } from "commander";
import { type ConnectionFlags, connect } from "../connection.ts";
import { EntityIndex } from "../entity-index.ts";
import { UsageError } from "../failures.ts";
import { type SelectedGroup, selectFeatures } from "../feature-selection.ts";
import type { CliIo } from "../io.ts";
import { parseKey } from "../keys.ts";
import { describeEntity, noteFaults } from "../lookup.ts";
import {
  type AnswerRow,
  formatAnswerJson,
  formatAnswerTable,
  formatAnswerText,
} from "../output/answer.ts";
import { toJson } from "../output/feature-text.ts";

const DEFAULT_DEADLINE_MS = 5_000;

interface GetFlags extends ConnectionFlags {
  readonly features?: readonly string[];
  readonly json?: true;
  readonly text?: true;
  readonly decoded?: true;
}

const EXAMPLES = `
A key that is not stored reads as the defaults of its features (see ofs describe).

Examples:
  ofs get movie inception
  ofs get movie inception the-dark-knight --features ratings facts:title,director
  ofs get movie inception --features ratings:imdb_rating@DataTypeFP16 --json
  ofs get route origin=SEA,destination=SFO SFO,SEA --features delays
  ofs get airport SEA --text | cut -f 2,3`;

/** `ofs get`: reads features. */
export function addGetCommand(program: Command, io: CliIo): void {
  program
    .command("get")
    .description("read features of one or more keys")
    .argument("<entity>")
    .argument("<key...>", "value, or label=value,label=value for a key of several columns, or JSON")
    .option(
      "-f, --features <selection...>",
      "group, or group:feature,feature; after the keys (default: all)",
    )
    .addOption(new Option("--table", "a feature a line, a key a column (default)"))
    .addOption(new Option("--json", "a list with an object a key").conflicts(["table", "text"]))
    .addOption(new Option("--text", "a value a line, tab-separated").conflicts("table"))
    .option("--decoded", "values as text that the server makes, instead of decoding them here")
    .addHelpText("after", EXAMPLES)
    .action(async (entityLabel: string, keys: readonly string[], _: object, command: Command) => {
      await get(entityLabel, keys, command.optsWithGlobals<GetFlags>(), io);
    });
}

async function get(
  entityLabel: string,
  keyTexts: readonly string[],
  flags: GetFlags,
  io: CliIo,
): Promise<void> {
  const client = connect(flags, DEFAULT_DEADLINE_MS);
  try {
    const entity = await describeEntity(client, entityLabel);
    noteFaults(entity, io);
    const index = new EntityIndex(entity);
    const groups = selectFeatures(index, flags.features ?? []);
    if (groups.length === 0) throw new UsageError(`entity "${entityLabel}" has no feature group`);
    const keys = keyTexts.map((text) => parseKey(text, index.keyLabels));
    const features: FeatureSelection = Object.fromEntries(
      groups.map(({ label, features }) => [label, features.map((feature) => feature.label)]),
    );
    const request = { entity: entityLabel, keys, features, keysSchema: index.keyLabels };
    const rows =
      flags.decoded === true
        ? (await client.retrieveDecoded(request)).rows.map((row) => toTextAnswer(row, groups))
        : (await client.retrieve(request)).rows.map((row) => toAnswer(row, groups));
    io.stdout.write(format(rows, index.keyLabels, flags));
  } finally {
    client.close();
  }
}

function format(
  rows: readonly AnswerRow[],
  keyLabels: readonly string[],
  { json, text }: GetFlags,
): string {
  if (json === true) return formatAnswerJson(rows, keyLabels);
  return text === true ? formatAnswerText(rows) : formatAnswerTable(rows);
}

function toAnswer({ keys, values }: ValueRow, groups: readonly SelectedGroup[]): AnswerRow {
  const features = groups.flatMap(({ label: group, features }) =>
    features.map(({ label, dataType }) => {
      const value = values[group]?.[label];
      if (value === undefined) throw new Error(`the answer lacks ${group}.${label}`);
      return { group, label, value: toJson(value, dataType) };
    }),
  );
  return { key: keys, features };
}

function toTextAnswer({ keys, values }: TextRow, groups: readonly SelectedGroup[]): AnswerRow {
  const features = groups.flatMap(({ label: group, features }) =>
    features.map(({ label }) => ({ group, label, value: values[group]?.[label] ?? "" })),
  );
  return { key: keys, features };
}
