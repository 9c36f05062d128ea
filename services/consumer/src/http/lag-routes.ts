import { type HttpRoute, jsonReply } from "@ofs/http";
import type { PartitionOffsets, PartitionStatus } from "@ofs/ingest";
import type { ReadTopic, TopicLog } from "../read-topics.ts";

export interface LagDeps {
  /** Of the block dialect, whose topics have it in common. */
  readonly groupId: string;
  readonly topics: () => readonly ReadTopic[];
  readonly logs: readonly Pick<TopicLog, "admin">[];
  /** Of the members in this process. */
  partitions(): readonly PartitionStatus[];
}

/** How far the groups are behind, as the log knows it, and what this process says of the partitions that it reads. */
export function lagRoutes(deps: LagDeps): HttpRoute[] {
  return [
    {
      method: "GET",
      path: "/lag",
      isAdmin: true,
      async handle() {
        const topics = [];
        for (const topic of deps.topics()) topics.push(await describeTopic(topic, deps));
        const lag = topics.reduce((sum, topic) => sum + topic.lag, 0);
        return jsonReply(200, { group: deps.groupId, lag, topics });
      },
    },
    {
      method: "GET",
      path: "/topics",
      isAdmin: true,
      handle: async () => jsonReply(200, { topics: await listTopics(deps) }),
    },
  ];
}

async function listTopics({ logs, topics }: LagDeps): Promise<object[]> {
  const read = topics();
  const found = (await Promise.all(logs.map(({ admin }) => admin.topics()))).flat();
  const missing = read
    .filter(({ name }) => !found.some((topic) => topic.name === name))
    .map(({ name }) => ({ name, partitionCount: 0 }));
  return [...found, ...missing].map((topic) => {
    const dialect = read.find(({ name }) => name === topic.name)?.dialect;
    return { ...topic, isConsumed: dialect !== undefined, dialect };
  });
}

async function describeTopic(
  { name: topic, dialect, groupId, start, log }: ReadTopic,
  deps: LagDeps,
) {
  const about = { topic, dialect, group: groupId };
  const offsets = await log.admin.offsets(topic);
  if (offsets === undefined) return { ...about, exists: false, lag: 0, partitions: [] };
  const committed = await log.admin.committed(groupId, topic);
  const own = deps.partitions();
  const partitions = offsets.map((partition) => {
    const position = committed.get(partition.partition)?.offset;
    const mine = own.find((one) => one.topic === topic && one.partition === partition.partition);
    return {
      ...partition,
      committed: position,
      lag: lagOf(partition, position, start),
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
  return { ...about, exists: true, lag, partitions };
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
