import { FeatureStoreError } from "@ofs/platform";
import type { ConsumerMetadata } from "@ofs/rows";
import type { Metastore } from "../metastore/metastore.ts";
import type { TopicAdmin } from "../topics/topic-admin.ts";

/** Topics that the log is asked about for one list. */
const TOPICS_ASKED_MAX = 200;

/** A consuming tenant, and what its topic is in truth. */
export interface ConsumerView extends ConsumerMetadata {
  /** undefined where that is not known. */
  readonly topicPartitions: number | undefined;
  /** Why it is not. */
  readonly topicFault: string | undefined;
}

type TopicState = Pick<ConsumerView, "topicPartitions" | "topicFault">;

/** By tenant. A log that is away leaves gaps, and hides nothing else. */
export async function listConsumers(
  metastore: Metastore,
  topics: Pick<TopicAdmin, "partitionCount"> | undefined,
): Promise<ConsumerView[]> {
  const consumers = await metastore.tenants.consumers();
  const names = [...new Set(consumers.map(({ topicName }) => topicName))];
  const asked = names.slice(0, TOPICS_ASKED_MAX);
  const states = new Map(
    await Promise.all(asked.map(async (name) => [name, await stateOf(topics, name)] as const)),
  );
  const unasked = unknown(`more than ${TOPICS_ASKED_MAX} topics: this one was not asked about`);
  return consumers.map((each) => ({ ...each, ...(states.get(each.topicName) ?? unasked) }));
}

async function stateOf(
  topics: Pick<TopicAdmin, "partitionCount"> | undefined,
  name: string,
): Promise<TopicState> {
  if (topics === undefined) return unknown("no log is configured (ROW_KAFKA_BOOTSTRAP_SERVERS)");
  try {
    const topicPartitions = await topics.partitionCount(name);
    if (topicPartitions === undefined) return unknown(`topic ${name} does not exist`);
    return { topicPartitions, topicFault: undefined };
  } catch (error) {
    if (!(error instanceof FeatureStoreError)) throw error;
    return unknown(error.message);
  }
}

function unknown(topicFault: string): TopicState {
  return { topicPartitions: undefined, topicFault };
}
