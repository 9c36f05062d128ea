import type { IngestStatus, PartitionStatus } from "@ofs/ingest";
import type { CheckResult } from "@ofs/platform";

/** Partitions that `/ready` shows, those with something to say first; `/lag` has all. */
const MAX_SHOWN = 100;

/**
 * Whether all members of this process have joined and read, with what they say. Fails while a partition is halted or
 * work is stalled: nobody else reads these records.
 *
 * @param members empty until the registry is loaded
 */
export function checkIngest(members: readonly IngestStatus[]): CheckResult {
  if (members.length === 0) {
    return { status: "failing", detail: { error: "reading begins when the registry is loaded" } };
  }
  const detail = { members: members.map(describeMember) };
  return { status: members.every(({ isHealthy }) => isHealthy) ? "ok" : "failing", detail };
}

/** What `/ready` says of a member. */
export function describeMember(status: IngestStatus): object {
  const { state, source, isHealthy, reasons, inFlightRecords, inFlightBytes } = status;
  const partitions = status.partitions.toSorted((a, b) => weightOf(b) - weightOf(a));
  return {
    state,
    source,
    isHealthy,
    reasons,
    inFlightRecords,
    inFlightBytes,
    assignedCount: partitions.length,
    lag: partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
    partitions: partitions.slice(0, MAX_SHOWN).map(describePartition),
  };
}

function weightOf({ halted, paused, waitingRecords, lag }: PartitionStatus): number {
  if (halted !== undefined) return Number.POSITIVE_INFINITY;
  const base = paused !== undefined || waitingRecords > 0 ? Number.MAX_SAFE_INTEGER : 0;
  return base + (lag ?? 0);
}

function describePartition(partition: PartitionStatus): object {
  const { topic, partition: number, committed, lag, paused, halted, waitingRecords } = partition;
  return {
    topic,
    partition: number,
    committed,
    lag,
    paused,
    halted: halted && { ...halted, since: new Date(halted.sinceMs).toISOString() },
    waitingRecords,
    lastCommit:
      partition.lastCommitMs === undefined
        ? undefined
        : new Date(partition.lastCommitMs).toISOString(),
  };
}
