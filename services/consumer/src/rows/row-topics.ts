import type { RowCatalog } from "@ofs/rows";

/**
 * Topics that rows come through, and how many members the group of each is to have. Tenants that share a topic share its
 * group: it has as many members as the tenant that wants most.
 */
export function rowTopics(catalog: RowCatalog): Map<string, number> {
  const topics = new Map<string, number>();
  for (const { topicName, numConsumers } of catalog.consumers.values()) {
    topics.set(topicName, Math.max(topics.get(topicName) ?? 0, numConsumers));
  }
  return topics;
}
