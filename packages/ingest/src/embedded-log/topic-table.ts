import { mkdir } from "node:fs/promises";
import { FeatureStoreError } from "@ofs/platform";
import type { NewTopic } from "../admin.ts";
import { DEAD_LETTER_RETENTION_MS, MAX_PARTITIONS, MAX_TOPICS } from "./limits.ts";
import type { PartitionSurroundings } from "./partition-log.ts";
import { listTopicNames, Topic } from "./topic.ts";
import {
  checkSettings,
  checkTopicName,
  defaultSettings,
  type TopicSettings,
} from "./topic-settings.ts";

/** In the folder of the log. */
export const TOPICS_FOLDER = "topics";

const DEAD_LETTERS = ".dlq";

/** Topics that are opened at once. */
const OPEN_CONCURRENCY = 8;

/** The topics of a log. */
export class TopicTable {
  readonly #folder: string;
  readonly #surroundings: PartitionSurroundings;
  readonly #defaultPartitionCount: number;
  readonly #topics = new Map<string, Topic>();
  readonly #making = new Map<string, Promise<Topic>>();

  constructor(folder: string, surroundings: PartitionSurroundings, defaultPartitionCount: number) {
    this.#folder = folder;
    this.#surroundings = surroundings;
    this.#defaultPartitionCount = defaultPartitionCount;
  }

  /**
   * Opens the topics that there are.
   *
   * @param minimumEndOffsets by `topic/partition`: where partitions ended for certain
   * @throws {FeatureStoreError} for one that is damaged so that its end cannot be told
   */
  async open(minimumEndOffsets: ReadonlyMap<string, number>): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const names = await listTopicNames(this.#folder);
    const openNext = async (): Promise<void> => {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        const topic = await Topic.open(this.#folder, name, this.#surroundings, minimumEndOffsets);
        if (topic !== undefined) this.#topics.set(name, topic);
      }
    };
    await settleAll(Array.from({ length: OPEN_CONCURRENCY }, openNext));
  }

  get(name: string): Topic | undefined {
    return this.#topics.get(name);
  }

  all(): Iterable<Topic> {
    return this.#topics.values();
  }

  /** @throws {FeatureStoreError} INVALID_ARGUMENT for a name that no topic can have, or one topic too many */
  async getOrCreate(name: string): Promise<Topic> {
    return this.#topics.get(name) ?? (await this.#create(name, {}));
  }

  /** @returns false if it existed */
  async create(name: string, settings: NewTopic): Promise<boolean> {
    if (this.#topics.has(name) || this.#making.has(name)) {
      await this.#making.get(name);
      return false;
    }
    await this.#create(name, settings);
    return true;
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#making.values());
    await settleAll([...this.#topics.values()].map((topic) => topic.close()));
  }

  #create(name: string, settings: NewTopic): Promise<Topic> {
    let making = this.#making.get(name);
    if (making === undefined) {
      making = this.#make(name, settings).finally(() => this.#making.delete(name));
      this.#making.set(name, making);
    }
    return making;
  }

  async #make(name: string, settings: NewTopic): Promise<Topic> {
    checkTopicName(name);
    const complete = { ...this.#defaults(name), ...withoutUndefined(settings) };
    checkSettings(name, complete);
    this.#checkRoom(name, complete.partitionCount);
    const topic = await Topic.create(this.#folder, name, complete, this.#surroundings);
    this.#topics.set(name, topic);
    return topic;
  }

  /** Dead letters have as many partitions as the topic that they come from, and are kept longer. */
  #defaults(name: string): TopicSettings {
    if (!name.endsWith(DEAD_LETTERS)) return defaultSettings(this.#defaultPartitionCount);
    const source = this.#topics.get(name.slice(0, -DEAD_LETTERS.length));
    const partitionCount = source?.partitions.length ?? this.#defaultPartitionCount;
    return { ...defaultSettings(partitionCount), retentionMs: DEAD_LETTER_RETENTION_MS };
  }

  #checkRoom(name: string, partitionCount: number): void {
    const topics = [...this.#topics.values()];
    if (topics.length >= MAX_TOPICS) {
      throw full(`topic ${name}: the log has ${topics.length} topics, ${MAX_TOPICS} at most`);
    }
    const taken = topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
    if (taken + partitionCount > MAX_PARTITIONS) {
      throw full(
        `topic ${name}: the log has ${taken} partitions, ${MAX_PARTITIONS} at most, and this needs ${partitionCount}`,
      );
    }
  }
}

/** Waits for all before the first failure is told: nothing goes on behind it. */
async function settleAll(work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) {
    if (result.status === "rejected") throw result.reason;
  }
}

function withoutUndefined(settings: NewTopic): NewTopic {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function full(message: string): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", message);
}
