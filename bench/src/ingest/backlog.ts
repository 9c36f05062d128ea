import { randomUUID } from "node:crypto";
import { persist } from "@ofs/proto";
import { entityTree, type RegistryEntries, seededRandom } from "@ofs/testkit";
import { STORE_IDS, type StoreName } from "../../../services/consumer/test/pipeline/registry.ts";
import { TestTopic } from "../../../services/consumer/test/pipeline/topic.ts";

export const PARTITION_COUNT = 4;
export const ROWS_PER_MESSAGE = 20;
export const ENTITY = "user";
/** Messages of one call of the producer. */
const PRODUCE_BATCH = 200;
/** A Kafka that stays up forgets the topics of earlier runs. */
const TOPIC_SETTINGS = { "retention.ms": "3600000", "segment.ms": "600000" };

const GROUP = "fp32";
const KEY = "user_id";
const FEATURES = Array.from({ length: 20 }, (_, i) => `f${i}`);
const random = seededRandom(7);

/** A topic with messages that wait, and how large they are. */
export interface Backlog {
  readonly topic: TestTopic;
  readonly rowCount: number;
  readonly messageBytes: number;
}

/** Fills a topic with messages of 20 rows of 20 fp32 features. No two rows have the same key. */
export async function fillBacklog(broker: string, messageCount: number): Promise<Backlog> {
  const topic = await TestTopic.create(broker, PARTITION_COUNT, TOPIC_SETTINGS);
  const name = topic.name;
  let bytes = 0;
  for (let from = 0; from < messageCount; from += PRODUCE_BATCH) {
    const count = Math.min(PRODUCE_BATCH, messageCount - from);
    const records = Array.from({ length: count }, (_, i) => {
      const value = encodeMessage((from + i) * ROWS_PER_MESSAGE);
      bytes += value.length;
      const partition = (from + i) % PARTITION_COUNT;
      return { topic: name, partition, key: undefined, value, headers: [] };
    });
    await topic.produceRecords(records);
  }
  const rowCount = messageCount * ROWS_PER_MESSAGE;
  return { topic, rowCount, messageBytes: Math.round(bytes / messageCount) };
}

function encodeMessage(firstRow: number): Uint8Array {
  const data = Array.from({ length: ROWS_PER_MESSAGE }, (_, row) => ({
    keyValues: [`user-${firstRow + row}`],
    featureValues: [{ values: { fp32Values: FEATURES.map(() => random.next()) } }],
  }));
  return persist.Query.encode({
    entityLabel: ENTITY,
    keysSchema: [KEY],
    featureGroupSchema: [{ label: GROUP, featureLabels: FEATURES }],
    data,
  }).finish();
}

/**
 * The entity that the messages are about.
 *
 * @param isCached whether it names a process cache and a distributed one, so that writes have to tell them
 */
export function entityEntries(store: StoreName, isCached: boolean): RegistryEntries {
  const versions = [Object.fromEntries(FEATURES.map((label) => [label, {}]))];
  const tree = entityTree(ENTITY, [KEY], {
    [GROUP]: { id: 0, type: "FP32", versions, storeId: STORE_IDS[store] },
  });
  if (isCached) return tree;
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.includes("-cache/")));
}

/** Name of a registry and table that nobody else has. */
export function randomName(): string {
  return `bench_${randomUUID().replaceAll("-", "")}`;
}
