import type { NewTopic } from "../admin.ts";
import {
  DEFAULT_MAX_RECORD_BYTES,
  DEFAULT_RETENTION_BYTES,
  DEFAULT_RETENTION_MS,
  LARGEST_MAX_RECORD_BYTES,
  MAX_PARTITIONS_PER_TOPIC,
  MAX_TOPIC_NAME_LENGTH,
} from "./limits.ts";
import { invalid } from "./log-errors.ts";

/** How a topic is kept; all of it is fixed when the topic is made. */
export type TopicSettings = Required<NewTopic>;

/** `topic.json` of a folder in `topics/`. */
const FORMAT = 1;

const NAME = /^[a-zA-Z0-9._-]+$/;

/** The least and the most that a setting may be. */
const BOUNDS: Readonly<Record<keyof TopicSettings, readonly [number, number]>> = {
  partitionCount: [1, MAX_PARTITIONS_PER_TOPIC],
  retentionMs: [1, Number.MAX_SAFE_INTEGER],
  retentionBytes: [1, Number.MAX_SAFE_INTEGER],
  maxRecordBytes: [1, LARGEST_MAX_RECORD_BYTES],
};

type Found = Partial<Record<keyof TopicSettings | "format", unknown>>;

const FIELDS = Object.keys(BOUNDS) as (keyof TopicSettings)[];

/** What a topic gets that is not told otherwise. */
export function defaultSettings(partitionCount: number): TopicSettings {
  return {
    partitionCount,
    retentionMs: DEFAULT_RETENTION_MS,
    retentionBytes: DEFAULT_RETENTION_BYTES,
    maxRecordBytes: DEFAULT_MAX_RECORD_BYTES,
  };
}

/** The rules are Kafka's. @throws {FeatureStoreError} INVALID_ARGUMENT */
export function checkTopicName(name: string): void {
  if (name.length <= MAX_TOPIC_NAME_LENGTH && NAME.test(name) && name !== "." && name !== "..")
    return;
  throw invalid(
    `topic ${JSON.stringify(name.slice(0, MAX_TOPIC_NAME_LENGTH))}: a name has 1 to ` +
      `${MAX_TOPIC_NAME_LENGTH} letters, digits, dots, hyphens and underscores`,
  );
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT naming the setting and its value */
export function checkSettings(topic: string, settings: TopicSettings): void {
  for (const field of FIELDS) {
    const [least, most] = BOUNDS[field];
    const value = settings[field];
    if (!Number.isSafeInteger(value) || value < least || value > most) {
      throw invalid(`topic ${topic}: ${field} is ${value}, not a whole number ${least} to ${most}`);
    }
  }
}

export function formatSettings(settings: TopicSettings): string {
  return `${JSON.stringify({ format: FORMAT, ...settings })}\n`;
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT; {SyntaxError} for text that is no JSON */
export function parseSettings(topic: string, text: string): TopicSettings {
  const value: unknown = JSON.parse(text);
  const found = (typeof value === "object" && value !== null ? value : {}) as Found;
  if (found.format !== FORMAT) {
    throw invalid(`topic ${topic}: format ${String(found.format)} is not ${FORMAT}`);
  }
  const settings = defaultSettings(1);
  const read = Object.fromEntries(FIELDS.map((field) => [field, found[field]]));
  const parsed = { ...settings, ...read } as TopicSettings;
  checkSettings(topic, parsed);
  return parsed;
}
