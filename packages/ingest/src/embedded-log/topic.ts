import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { FeatureStoreError } from "@ofs/platform";
import type { NewRecord, TopicPartition } from "../record.ts";
import { SinkError } from "../sink.ts";
import { contentBytes, type LogRecord, MAX_HEADER_NAME_BYTES, MAX_HEADERS } from "./frame.ts";
import { replaceFile, syncFolder } from "./log-disk.ts";
import { invalid, isErrno } from "./log-errors.ts";
import { PartitionLog, type PartitionSurroundings } from "./partition-log.ts";
import { partitionOfKey } from "./partitioner.ts";
import { formatSettings, parseSettings, type TopicSettings } from "./topic-settings.ts";

/** Says that the topic is complete: it is written last. */
export const SETTINGS_FILE = "topic.json";

/** A named set of partitions. */
export class Topic {
  readonly name: string;
  readonly settings: TopicSettings;
  readonly partitions: readonly PartitionLog[];
  #next = 0;

  private constructor(name: string, settings: TopicSettings, partitions: readonly PartitionLog[]) {
    this.name = name;
    this.settings = settings;
    this.partitions = partitions;
  }

  /** @param folder of all topics; what an interrupted making of this one left is replaced */
  static async create(
    folder: string,
    name: string,
    settings: TopicSettings,
    surroundings: PartitionSurroundings,
  ): Promise<Topic> {
    const own = join(folder, name);
    const partitions: PartitionLog[] = [];
    try {
      for (let partition = 0; partition < settings.partitionCount; partition++) {
        const path = join(own, String(partition));
        await mkdir(path, { recursive: true });
        partitions.push(await PartitionLog.create(path, `${name}/${partition}`, surroundings));
      }
      await replaceFile(join(own, SETTINGS_FILE), formatSettings(settings));
      await syncFolder(folder);
    } catch (error) {
      await Promise.all(partitions.map((partition) => partition.close()));
      throw error;
    }
    return new Topic(name, settings, partitions);
  }

  /**
   * @param minimumEndOffsets by `topic/partition`: where partitions ended for certain
   * @returns undefined if the topic was never completed
   * @throws {FeatureStoreError} for a partition whose end cannot be told, and for settings that are no topic's
   */
  static async open(
    folder: string,
    name: string,
    surroundings: PartitionSurroundings,
    minimumEndOffsets: ReadonlyMap<string, number>,
  ): Promise<Topic | undefined> {
    const own = join(folder, name);
    const settings = await readSettings(own, name);
    if (settings === undefined) return undefined;
    const partitions: PartitionLog[] = [];
    try {
      for (let partition = 0; partition < settings.partitionCount; partition++) {
        const label = `${name}/${partition}`;
        const path = join(own, String(partition));
        const end = minimumEndOffsets.get(label);
        partitions.push(await PartitionLog.open(path, label, surroundings, end));
      }
    } catch (cause) {
      await Promise.all(partitions.map((partition) => partition.close()));
      if (!isErrno(cause, "ENOENT")) throw cause;
      throw new FeatureStoreError("INTERNAL", `embedded log: a part of topic ${name} is gone`, {
        cause,
      });
    }
    return new Topic(name, settings, partitions);
  }

  /** @returns undefined for a partition that the topic does not have */
  partition(partition: number): PartitionLog | undefined {
    return this.partitions[partition];
  }

  /**
   * @returns the partition of a record: its own, by its key, or the next in turn
   * @throws {FeatureStoreError} INVALID_ARGUMENT for a partition that the topic does not have
   */
  choosePartition({ partition, key }: NewRecord): number {
    const { length } = this.partitions;
    if (partition !== undefined) {
      if (this.partitions[partition] === undefined) {
        throw invalid(`topic ${this.name}: partition is ${partition}, not below ${length}`);
      }
      return partition;
    }
    if (key !== undefined) return partitionOfKey(key, length);
    this.#next = (this.#next + 1) % length;
    return this.#next;
  }

  /**
   * @returns the record as it is kept
   * @throws {SinkError} TOO_LARGE; {FeatureStoreError} INVALID_ARGUMENT for a time that is none
   */
  toLogRecord(record: NewRecord, nowMs: number): LogRecord {
    const { key, value, headers, timestampMs = nowMs } = record;
    const sizeBytes = contentBytes(record);
    const { maxRecordBytes } = this.settings;
    if (sizeBytes > maxRecordBytes) {
      throw tooLarge(this.name, `${sizeBytes} bytes, ${maxRecordBytes} at most`);
    }
    if (headers.length > MAX_HEADERS) {
      throw tooLarge(this.name, `${headers.length} headers, ${MAX_HEADERS} at most`);
    }
    if (headers.some(([name]) => Buffer.byteLength(name) > MAX_HEADER_NAME_BYTES)) {
      throw tooLarge(this.name, `a header's name is above ${MAX_HEADER_NAME_BYTES} bytes`);
    }
    if (!Number.isSafeInteger(timestampMs) || timestampMs < 0) {
      throw invalid(`topic ${this.name}: timestampMs is ${timestampMs}, not Unix milliseconds`);
    }
    return { key, value, headers, timestampMs };
  }

  async close(): Promise<void> {
    await Promise.all(this.partitions.map((partition) => partition.close()));
  }
}

/** @returns names of topics, complete or not */
export async function listTopicNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

export function labelOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

async function readSettings(folder: string, name: string): Promise<TopicSettings | undefined> {
  const path = join(folder, SETTINGS_FILE);
  try {
    return parseSettings(name, await readFile(path, "utf8"));
  } catch (cause) {
    if (isErrno(cause, "ENOENT")) return undefined;
    throw new FeatureStoreError("INTERNAL", `embedded log: ${path} is damaged`, { cause });
  }
}

function tooLarge(topic: string, reason: string): SinkError {
  return new SinkError("TOO_LARGE", `topic ${topic}: the record has ${reason}`);
}
