import type { DataType, Values, ValuesContainer } from "@ofs/codec";
import { decodePersistQuery, type PersistQuery, type PersistRow, ProtoError } from "@ofs/proto";
import type { Entity, Snapshot } from "@ofs/registry";
import type { ReadTopic } from "../read-topics.ts";
import { type Letter, messageHeaders, subjectOf } from "./letter.ts";

/** Rows that an answer shows; the value itself is there whole. */
const MAX_SHOWN_ROWS = 200;

/** Characters of texts that messages bring, in lists. */
const MAX_LISTED_LENGTH = 256;

const CONTAINERS: readonly ValuesContainer[] = [
  "fp32Values",
  "fp64Values",
  "int32Values",
  "int64Values",
  "uint32Values",
  "uint64Values",
  "stringValues",
  "boolValues",
];

/** What lists show of a letter. */
export function summarizeLetter(letter: Letter, dialect: ReadTopic["dialect"]): object {
  const { topic, partition, offset, deadAtMs, origin, error, code, field } = letter;
  return {
    topic,
    partition,
    offset,
    time: timeText(deadAtMs),
    origin: { ...origin, time: timeText(origin.timestampMs) },
    code,
    error,
    field,
    attempts: letter.attempts,
    omittedBytes: letter.omittedBytes,
    entity: shortened(subjectOf(letter, dialect)),
    key: shortened(textOrBase64(letter.record.key)),
    valueBytes: letter.record.value?.length ?? 0,
  };
}

/** Everything of a letter: its message by the names of the registry, its headers, its bytes. */
export function describeLetter(
  letter: Letter,
  dialect: ReadTopic["dialect"],
  snapshot: Snapshot | undefined,
): object {
  const { value } = letter.record;
  return {
    ...summarizeLetter(letter, dialect),
    key: textOrBase64(letter.record.key),
    headers: messageHeaders(letter).map(([name, bytes]) => [name, textOrBase64(bytes)]),
    message: value && (dialect === "row" ? textOrBase64(value) : describeMessage(value, snapshot)),
    value: value === undefined ? undefined : Buffer.from(value).toString("base64"),
  };
}

function describeMessage(value: Uint8Array, snapshot: Snapshot | undefined): object {
  let query: PersistQuery;
  try {
    query = decodePersistQuery(value);
  } catch (error) {
    if (!(error instanceof ProtoError)) throw error;
    return { fault: error.message };
  }
  const entity = snapshot?.entities.get(query.entityLabel);
  return {
    entity: query.entityLabel,
    isEntityKnown: entity !== undefined,
    keysSchema: query.keysSchema,
    rowCount: query.data.length,
    rows: query.data.slice(0, MAX_SHOWN_ROWS).map((row) => describeRow(row, query, entity)),
  };
}

function describeRow(row: PersistRow, query: PersistQuery, entity: Entity | undefined): object {
  const keys = named(query.keysSchema, row.keyValues);
  const groups = query.featureGroups.map(({ label, featureLabels }, index) => {
    const dataType = entity?.groups.get(label)?.dataType;
    const values = valuesOf(row.featureValues[index], dataType);
    return [label, named(featureLabels, values)] as const;
  });
  const surplus = row.featureValues.length - query.featureGroups.length;
  return {
    keys,
    values: Object.fromEntries(groups),
    ...(surplus > 0 ? { surplusGroups: surplus } : {}),
  };
}

/** By name where there is one value a name, as is right; else the bare lists, for that may be what is wrong. */
function named(names: readonly string[], values: readonly unknown[]): object {
  if (names.length === values.length && new Set(names).size === names.length) {
    return Object.fromEntries(names.map((name, index) => [name, values[index]]));
  }
  return { names, values };
}

/** The values of the type's container, or, if that is empty, of whichever is not. */
function valuesOf(values: Values | undefined, dataType: DataType | undefined): readonly unknown[] {
  if (values === undefined) return [];
  if (values.vector.length > 0 && dataType?.isVector !== false) {
    return values.vector.map((element) => valuesOf(element, dataType?.element));
  }
  const expected = dataType === undefined ? [] : values[dataType.container];
  if (expected.length > 0) return expected.map(toJson);
  const filled = CONTAINERS.find((container) => values[container].length > 0);
  return filled === undefined ? [] : values[filled].map(toJson);
}

/** JSON has no integers of 64 bits, no NaN and no infinities. */
function toJson(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  return value;
}

/** @returns the text; bytes that are none as `base64:...` */
function textOrBase64(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return `base64:${Buffer.from(bytes).toString("base64")}`;
  }
}

function shortened(text: string | undefined): string | undefined {
  if (text === undefined || text.length <= MAX_LISTED_LENGTH) return text;
  return `${text.slice(0, MAX_LISTED_LENGTH)}...`;
}

function timeText(ms: number | undefined): string | undefined {
  if (ms === undefined) return undefined;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
