import { AssignerProtocol } from "kafkajs";
import type { TopicPartition } from "../record.ts";

/** A member of a group, as its leader sees it. */
export interface GroupMemberInfo {
  readonly memberId: string;
  readonly topics: readonly string[];
}

type Assign = (
  members: readonly GroupMemberInfo[],
  partitionCount: (topic: string) => number,
) => Map<string, TopicPartition[]>;

/** The ways of sharing that all clients of Kafka know, under their names, best first: the group takes one that all its members have. */
const ASSIGNERS: readonly { readonly name: string; readonly assign: Assign }[] = [
  { name: "roundrobin", assign: assignRoundRobin },
  { name: "range", assign: assignRange },
];

/** What a member offers when it joins. */
export function subscription(topics: readonly string[]): { name: string; metadata: Buffer }[] {
  const metadata = AssignerProtocol.MemberMetadata.encode({
    version: 0,
    topics: [...topics],
    userData: Buffer.alloc(0),
  });
  return ASSIGNERS.map(({ name }) => ({ name, metadata }));
}

export function decodeSubscription(memberId: string, metadata: Buffer): GroupMemberInfo {
  const decoded = AssignerProtocol.MemberMetadata.decode(metadata);
  return { memberId, topics: decoded?.topics ?? [] };
}

/**
 * Shares all partitions of the members' topics among them.
 *
 * @throws {Error} if the group chose a way that was not offered
 */
export function assignPartitions(
  name: string,
  members: readonly GroupMemberInfo[],
  partitionCount: (topic: string) => number,
): { memberId: string; memberAssignment: Buffer }[] {
  const assigner = ASSIGNERS.find((one) => one.name === name);
  if (assigner === undefined) throw new Error(`the group chose assigner ${name}, which is unknown`);
  const sorted = [...members].sort((one, other) => (one.memberId < other.memberId ? -1 : 1));
  const assigned = assigner.assign(sorted, partitionCount);
  return sorted.map(({ memberId }) => ({
    memberId,
    memberAssignment: encodeAssignment(assigned.get(memberId) ?? []),
  }));
}

/** Partitions by topic and number, one each in turn, to members that want the topic. */
function assignRoundRobin(
  members: readonly GroupMemberInfo[],
  partitionCount: (topic: string) => number,
): Map<string, TopicPartition[]> {
  const assigned = new Map<string, TopicPartition[]>();
  let turn = 0;
  for (const topic of topicsOf(members)) {
    for (let partition = 0; partition < partitionCount(topic); partition++) {
      while (!members[turn % members.length]?.topics.includes(topic)) turn++;
      const { memberId } = members[turn++ % members.length] as GroupMemberInfo;
      give(assigned, memberId, { topic, partition });
    }
  }
  return assigned;
}

/** Of each topic a run of partitions to each member that wants it, the first members one more. */
function assignRange(
  members: readonly GroupMemberInfo[],
  partitionCount: (topic: string) => number,
): Map<string, TopicPartition[]> {
  const assigned = new Map<string, TopicPartition[]>();
  for (const topic of topicsOf(members)) {
    const wanting = members.filter(({ topics }) => topics.includes(topic));
    const count = partitionCount(topic);
    for (let partition = 0; partition < count; partition++) {
      const large = count % wanting.length;
      const size = Math.floor(count / wanting.length);
      const index =
        partition < large * (size + 1)
          ? Math.floor(partition / (size + 1))
          : large + Math.floor((partition - large * (size + 1)) / size);
      give(assigned, (wanting[index] as GroupMemberInfo).memberId, { topic, partition });
    }
  }
  return assigned;
}

export function topicsOf(members: readonly GroupMemberInfo[]): string[] {
  return [...new Set(members.flatMap(({ topics }) => topics))].sort();
}

function give(
  to: Map<string, TopicPartition[]>,
  memberId: string,
  partition: TopicPartition,
): void {
  const given = to.get(memberId);
  if (given === undefined) to.set(memberId, [partition]);
  else given.push(partition);
}

export function encodeAssignment(partitions: readonly TopicPartition[]): Buffer {
  const assignment: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) {
    assignment[topic] ??= [];
    assignment[topic].push(partition);
  }
  return AssignerProtocol.MemberAssignment.encode({
    version: 0,
    assignment,
    userData: Buffer.alloc(0),
  });
}

/** @returns nothing for a member that got no partitions, or an empty answer */
export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  const decoded = bytes.length === 0 ? null : AssignerProtocol.MemberAssignment.decode(bytes);
  return Object.entries(decoded?.assignment ?? {}).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}
