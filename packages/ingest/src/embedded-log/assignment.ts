import { partitionName, type TopicPartition } from "../record.ts";

/** A reader, as sharing sees it. */
export interface Sharer<M> {
  readonly member: M;
  readonly topics: readonly string[];
  /** Names of the partitions that it reads now. */
  readonly owned: ReadonlySet<string>;
}

/** A topic to share. */
export interface SharedTopic {
  readonly name: string;
  /** Those that may be given to anybody. */
  readonly partitions: readonly number[];
}

/**
 * Shares the partitions of each topic evenly among those who want it, and moves as few as that allows. Members that
 * joined first get no more than others: what is left over goes to those who have it already, then to those with
 * the fewest partitions in all.
 *
 * @returns what each is to read; every partition that anybody wants is somebody's
 */
export function sharePartitions<M>(
  topics: readonly SharedTopic[],
  sharers: readonly Sharer<M>[],
): Map<M, TopicPartition[]> {
  const shares = new Map<M, TopicPartition[]>(sharers.map(({ member }) => [member, []]));
  for (const { name, partitions } of topics) {
    const wanting = sharers.filter((sharer) => sharer.topics.includes(name));
    const places = partitions.map((partition) => ({ topic: name, partition }));
    if (wanting.length > 0) shareTopic(places, wanting, shares);
  }
  return shares;
}

function shareTopic<M>(
  partitions: readonly TopicPartition[],
  wanting: readonly Sharer<M>[],
  shares: Map<M, TopicPartition[]>,
): void {
  const held = new Map(
    wanting.map(({ member, owned }) => {
      return [member, partitions.filter((each) => owned.has(partitionName(each)))];
    }),
  );
  const heldBy = (member: M): TopicPartition[] => held.get(member) ?? [];
  const shareOf = (member: M): TopicPartition[] => shares.get(member) ?? [];
  const least = Math.floor(partitions.length / wanting.length);
  let extra = partitions.length % wanting.length;
  const ordered = wanting
    .map(({ member }) => member)
    .sort(
      (left, right) =>
        heldBy(right).length - heldBy(left).length || shareOf(left).length - shareOf(right).length,
    );
  const quotas = new Map(
    ordered.map((member) => {
      const quota = extra > 0 ? least + 1 : least;
      extra -= 1;
      return [member, quota];
    }),
  );
  const kept = new Set<TopicPartition>();
  for (const member of ordered) {
    for (const partition of heldBy(member).slice(0, quotas.get(member))) {
      kept.add(partition);
      shareOf(member).push(partition);
      quotas.set(member, (quotas.get(member) ?? 0) - 1);
    }
  }
  const free = partitions.filter((partition) => !kept.has(partition));
  for (const member of ordered) shareOf(member).push(...free.splice(0, quotas.get(member)));
}
