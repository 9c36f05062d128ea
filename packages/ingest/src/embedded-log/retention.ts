import type { Logger } from "@ofs/platform";
import type { CommittedPositions } from "./committed-positions.ts";
import type { PartitionLog } from "./partition-log.ts";
import type { Topic } from "./topic.ts";

/** What is needed to remove what is old. */
export interface RetentionSurroundings {
  readonly positions: CommittedPositions;
  readonly nowMs: number;
  readonly log: Logger;
}

/**
 * Removes whole segments of a topic that are too old, or beyond its size. Groups that have not read them are named
 * in the log.
 *
 * @returns records removed
 */
export async function applyRetention(
  topic: Topic,
  surroundings: RetentionSurroundings,
): Promise<number> {
  const { retentionMs, retentionBytes } = topic.settings;
  const oldestMs = surroundings.nowMs - retentionMs;
  let removed = 0;
  for (const [partition, log] of topic.partitions.entries()) {
    // Where nothing is added any more, the last segment grows old, too.
    if ((log.activeSinceMs ?? oldestMs) < oldestMs) await log.roll();
    const dropped = await log.dropOldest(
      ({ lastAppendMs }, _endOffset, sizeBytes) =>
        lastAppendMs < oldestMs || sizeBytes > retentionBytes,
    );
    if (dropped > 0) report(topic.name, partition, log, dropped, surroundings);
    removed += dropped;
  }
  return removed;
}

function report(
  topic: string,
  partition: number,
  { startOffset }: PartitionLog,
  dropped: number,
  { positions, log }: RetentionSurroundings,
): void {
  log.info({ topic, partition, dropped, startOffset }, "old records removed");
  for (const [group, offset] of positions.groupsOf({ topic, partition })) {
    if (offset >= startOffset) continue;
    const unread = startOffset - Math.max(offset, startOffset - dropped);
    log.warn({ topic, partition, group, unread }, "records removed that a group had not read");
  }
}
