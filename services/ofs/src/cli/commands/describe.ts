import type { EntityDescription, FeatureDescription, GroupDescription } from "@ofs/client";
import { dataTypeByName, decodeFeature } from "@ofs/codec";
import type { Command } from "commander";
import { type ConnectionFlags, connect } from "../connection.ts";
import type { CliIo } from "../io.ts";
import { formatJson, type JsonValue } from "../json-text.ts";
import { describeEntity } from "../lookup.ts";
import { toCell, toJson } from "../output/feature-text.ts";
import { formatTable } from "../output/table.ts";

const DEFAULT_DEADLINE_MS = 5_000;

interface DescribeFlags extends ConnectionFlags {
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  ofs describe
  ofs describe movie
  ofs describe movie --json`;

/** `ofs describe`: shows what can be read and written. */
export function addDescribeCommand(program: Command, io: CliIo): void {
  program
    .command("describe")
    .description("show the entities, or one entity's keys, groups and features")
    .argument("[entity]")
    .option("--json", "everything, as JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (entity: string | undefined, _: object, command: Command) => {
      await describe(entity, command.optsWithGlobals<DescribeFlags>(), io);
    });
}

async function describe(label: string | undefined, flags: DescribeFlags, io: CliIo): Promise<void> {
  const client = connect(flags, DEFAULT_DEADLINE_MS);
  try {
    const entities =
      label === undefined
        ? (await client.describe()).entities
        : [await describeEntity(client, label)];
    if (flags.json === true) io.stdout.write(`${formatJson(entities.map(toRecord))}\n`);
    else if (label === undefined) io.stdout.write(formatEntities(entities));
    else io.stdout.write(entities.map(formatEntity).join("\n"));
  } finally {
    client.close();
  }
}

function formatEntities(entities: readonly EntityDescription[]): string {
  if (entities.length === 0) return "no entities: `ofs load` publishes some\n";
  const rows = entities.map(({ label, keyLabels, groups, faults }) => [
    label,
    keyLabels.join(", "),
    String(groups.length),
    String(groups.reduce((count, { features }) => count + features.length, 0)),
    faults.length === 0 ? "" : `${faults.length} faults: ofs describe ${label}`,
  ]);
  return formatTable(["entity", "keys", "groups", "features", ""], rows);
}

function formatEntity({ label, keyLabels, groups, faults }: EntityDescription): string {
  const lines = [`entity ${label}, keys ${keyLabels.join(", ")}`, ""];
  lines.push(
    formatTable(
      ["group", "data type", "ttl", "version", "cached in"],
      groups.map((group) => [
        group.label,
        group.dataType,
        group.ttlSeconds === 0 ? "none" : `${group.ttlSeconds} s`,
        String(group.activeVersion),
        cachePlaces(group),
      ]),
    ),
    formatTable(
      ["group", "feature", "length", "default"],
      groups.flatMap((group) =>
        group.features.map((feature) => [
          group.label,
          feature.label,
          lengthText(group, feature),
          toCell(defaultOf(group, feature)),
        ]),
      ),
    ),
  );
  for (const { path, reason } of faults) lines.push(`not served: ${path}: ${reason}\n`);
  return lines.join("\n");
}

function cachePlaces({ isProcessCached, isDistributedCached }: GroupDescription): string {
  const places = [isProcessCached ? "process" : "", isDistributedCached ? "Redis" : ""];
  return places.filter((place) => place !== "").join(", ") || "-";
}

function lengthText({ dataType }: GroupDescription, feature: FeatureDescription): string {
  const elements = dataType.endsWith("Vector") ? `${feature.vectorLength} elements` : "";
  const bytes = feature.stringLength > 0 ? `${feature.stringLength} bytes` : "";
  return [elements, bytes].filter((text) => text !== "").join(" of ");
}

function defaultOf(group: GroupDescription, feature: FeatureDescription): JsonValue {
  const dataType = dataTypeByName(group.dataType);
  if (dataType === undefined) return "?";
  return toJson(decodeFeature(dataType, feature.defaultValue, feature.vectorLength), dataType);
}

function toRecord({ label, keyLabels, groups, faults }: EntityDescription): JsonValue {
  return {
    label,
    keys: keyLabels,
    groups: groups.map((group) => ({
      label: group.label,
      id: group.id,
      dataType: group.dataType,
      ttlSeconds: group.ttlSeconds,
      activeVersion: group.activeVersion,
      storeId: group.storeId,
      isProcessCached: group.isProcessCached,
      isDistributedCached: group.isDistributedCached,
      features: group.features.map((feature) => ({
        label: feature.label,
        vectorLength: feature.vectorLength,
        stringLength: feature.stringLength,
        default: defaultOf(group, feature),
      })),
    })),
    faults: faults.map(({ path, reason }) => ({ path, reason })),
  };
}
