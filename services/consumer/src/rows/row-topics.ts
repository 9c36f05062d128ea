import type { RowCatalog } from "@ofs/rows";

/** As Kafka takes them. */
const TOPIC_NAME = /^[\w.-]{1,249}$/;

/** Members of one topic's group, whatever the registry says. */
const MEMBERS_MAX = 1_000;

export interface RowTopics {
  /** How many members the group of each is to have, over all processes. */
  readonly topics: ReadonlyMap<string, number>;
  /** Names that no topic can have. */
  readonly refused: readonly string[];
}

/**
 * Topics that rows come through. Tenants that share a topic share its group: it has as many members as the tenant that
 * wants most.
 */
export function rowTopics({ consumers }: Pick<RowCatalog, "consumers">): RowTopics {
  const topics = new Map<string, number>();
  const refused: string[] = [];
  for (const { topicName, numConsumers } of consumers.values()) {
    if (TOPIC_NAME.test(topicName)) {
      const wanted = Math.min(numConsumers, MEMBERS_MAX);
      topics.set(topicName, Math.max(topics.get(topicName) ?? 0, wanted));
    } else {
      refused.push(topicName);
    }
  }
  return { topics, refused };
}
