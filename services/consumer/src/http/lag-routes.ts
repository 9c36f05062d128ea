import { type HttpRoute, jsonReply } from "@ofs/http";
import type { LogAdmin, PartitionOffsets, PartitionStatus } from "@ofs/ingest";

export interface LagDeps {
  readonly admin: LogAdmin;
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Where a group without commits begins. */
  readonly start: "earliest" | "latest";
  /** Of the members in this process. */
  partitions(): readonly PartitionStatus[];
}

/** How far the group is behind, as the log knows it, and what this process says of the partitions that it reads. */
export function lagRoutes(deps: LagDeps): HttpRoute[] {
  return [
    {
      method: "GET",
      path: "/lag",
      isAdmin: true,
      async handle() {
        const topics = [];
        for (const topic of deps.topics) topics.push(await describeTopic(topic, deps));
        const lag = topics.reduce((sum, topic) => sum + topic.lag, 0);
        return jsonReply(200, { group: deps.groupId, lag, topics });
      },
    },
    {
      method: "GET",
      path: "/topics",
      isAdmin: true,
      async handle() {
        const found = await deps.admin.topics();
        const missing = deps.topics
          .filter((name) => !found.some((topic) => topic.name === name))
          .map((name) => ({ name, partitionCount: 0 }));
        const topics = [...found, ...missing].map((topic) => ({
          ...topic,
          isConsumed: deps.topics.includes(topic.name),
        }));
        return jsonReply(200, { topics });
      },
    },
  ];
}

async function describeTopic(topic: string, deps: LagDeps) {
  const offsets = await deps.admin.offsets(topic);
  if (offsets === undefined) return { topic, exists: false, lag: 0, partitions: [] };
  const committed = await deps.admin.committed(deps.groupId, topic);
  const own = deps.partitions();
  const partitions = offsets.map((partition) => {
    const position = committed.get(partition.partition)?.offset;
    const mine = own.find((one) => one.topic === topic && one.partition === partition.partition);
    return {
      ...partition,
      committed: position,
      lag: lagOf(partition, position, deps.start),
      isAssignedHere: mine !== undefined,
      ...(mine === undefined
        ? {}
        : {
            position: mine.position,
            paused: mine.paused,
            halted: mine.halted,
            waitingRecords: mine.waitingRecords,
            inFlightRecords: mine.inFlightRecords,
            oldestOpenMs: mine.oldestOpenMs,
            lastCommitMs: mine.lastCommitMs,
          }),
    };
  });
  const lag = partitions.reduce((sum, partition) => sum + partition.lag, 0);
  return { topic, exists: true, lag, partitions };
}

/** A group without a commit has all of the partition before it, or, if it begins at the end, nothing. */
function lagOf(
  { startOffset, endOffset }: PartitionOffsets,
  committed: number | undefined,
  start: "earliest" | "latest",
): number {
  const from = committed ?? (start === "earliest" ? startOffset : endOffset);
  return Math.max(0, endOffset - Math.max(from, startOffset));
}
