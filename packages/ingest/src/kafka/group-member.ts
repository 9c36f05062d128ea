import { setTimeout as delay } from "node:timers/promises";
import { partitionName, type TopicPartition } from "../record.ts";
import type { Commit, CommittedPosition } from "../source.ts";
import {
  assignPartitions,
  decodeAssignment,
  decodeSubscription,
  subscription,
  topicsOf,
} from "./group-protocol.ts";
import { groupByTopic, type KafkaCluster } from "./kafka-cluster.ts";
import { isCoordinatorGone, isFenced, isRebalancing } from "./kafka-errors.ts";
import {
  type JoinResponse,
  joinGroup,
  type KafkaBroker,
  type KafkaJsCluster,
} from "./kafkajs-internals.ts";

/** Between two tries to reach a group that is being moved from one broker to another. */
const COORDINATOR_RETRY_MS = 100;

/** One membership: who this member is between two rebalances, and what it reads. */
export interface Generation {
  readonly id: number;
  readonly memberId: string;
  /** Whether it shares the partitions among the members. */
  readonly isLeader: boolean;
  readonly partitions: readonly TopicPartition[];
}

export interface GroupOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/** The requests of one member of a consumer group. Keeps its id from one generation to the next. */
export class GroupMember {
  readonly #cluster: KafkaCluster;
  readonly #options: GroupOptions;
  #memberId = "";
  /** Number of the broker that looks after the group, as far as known. */
  #coordinatorId: number | undefined;

  constructor(cluster: KafkaCluster, options: GroupOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  /**
   * Joins the group, or joins it again; waits for the others. What was assigned before is given up with it.
   *
   * @throws {Error} of kafkajs; it may be tried again
   */
  async join(): Promise<Generation> {
    const { groupId, rebalanceTimeoutMs } = this.#options;
    const waitMs = rebalanceTimeoutMs + this.#cluster.requestTimeoutMs;
    try {
      const joined = await this.#joinAs(waitMs);
      const isLeader = joined.leaderId === joined.memberId;
      const groupAssignment = isLeader ? await this.#share(joined) : [];
      const { memberAssignment } = await this.#ask("sync", waitMs, (broker) =>
        broker.syncGroup({
          groupId,
          generationId: joined.generationId,
          memberId: joined.memberId,
          groupAssignment,
        }),
      );
      const partitions = decodeAssignment(memberAssignment);
      return { id: joined.generationId, memberId: joined.memberId, isLeader, partitions };
    } catch (error) {
      // Not only UNKNOWN_MEMBER_ID: a member id of a group that another one leads now is of no use either.
      if (isFenced(error)) this.#memberId = "";
      throw error;
    }
  }

  /** A new member is told its id first, and joins with it. */
  async #joinAs(timeoutMs: number): Promise<JoinResponse> {
    const { groupId, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    for (let tries = 0; tries < 2; tries++) {
      const answer = await this.#ask("join", timeoutMs, (broker) =>
        joinGroup(broker, {
          groupId,
          sessionTimeout: sessionTimeoutMs,
          rebalanceTimeout: rebalanceTimeoutMs,
          memberId: this.#memberId,
          protocolType: "consumer",
          groupProtocols: subscription(topics),
        }),
      );
      if (!("memberIdToUse" in answer)) {
        this.#memberId = answer.memberId;
        return answer;
      }
      this.#memberId = answer.memberIdToUse;
    }
    throw new Error(`group ${groupId} does not take the member id that it gave`);
  }

  /** @throws {Error} for which `isRebalancing` or `isFenced` holds if the generation has ended */
  async heartbeat({ id, memberId }: Generation): Promise<void> {
    const { groupId } = this.#options;
    await this.#ask("heartbeat", this.#cluster.requestTimeoutMs, (broker) =>
      broker.heartbeat({ groupId, groupGenerationId: id, memberId }),
    );
  }

  /** @returns by partition name; those that the group never committed are left out */
  async committed(
    partitions: readonly TopicPartition[],
  ): Promise<ReadonlyMap<string, CommittedPosition>> {
    const found = new Map<string, CommittedPosition>();
    if (partitions.length === 0) return found;
    const { groupId } = this.#options;
    const topics = groupByTopic(partitions, ({ partition }) => ({ partition }));
    const { responses } = await this.#ask("offsets", this.#cluster.requestTimeoutMs, (broker) =>
      broker.offsetFetch({ groupId, topics }),
    );
    for (const { topic, partitions: answers } of responses) {
      for (const { partition, offset, metadata } of answers) {
        if (Number(offset) < 0) continue;
        const position = { offset: Number(offset), metadata: metadata ?? "" };
        found.set(partitionName({ topic, partition }), position);
      }
    }
    return found;
  }

  /** @throws {Error} for which `isFenced` holds if the generation has ended */
  async commit({ id, memberId }: Generation, commits: readonly Commit[]): Promise<void> {
    const { groupId } = this.#options;
    const topics = groupByTopic(commits, ({ partition, offset, metadata }) => {
      return { partition, offset: String(offset), metadata };
    });
    await this.#ask("commit", this.#cluster.requestTimeoutMs, (broker) =>
      broker.offsetCommit({ groupId, groupGenerationId: id, memberId, topics }),
    );
  }

  /** Lets the others have the partitions at once instead of after the session timeout. */
  async leave(timeoutMs: number): Promise<void> {
    const memberId = this.#memberId;
    if (memberId === "") return;
    this.#memberId = "";
    const { groupId } = this.#options;
    await this.#ask("leave", timeoutMs, (broker) => broker.leaveGroup({ groupId, memberId }));
  }

  /** Forgets who it was: the group does not know this member any more. */
  forget(): void {
    this.#memberId = "";
  }

  async #share({
    groupProtocol,
    members,
  }: JoinResponse): Promise<{ memberId: string; memberAssignment: Buffer }[]> {
    const known = members.map((one) => decodeSubscription(one.memberId, one.memberMetadata));
    await this.#cluster.refreshTopics(topicsOf(known));
    return assignPartitions(groupProtocol, known, (topic) => this.#cluster.partitionCount(topic));
  }

  /** Asks the group's coordinator, whichever broker that is; looks for it again while the group moves. */
  async #ask<T>(
    what: string,
    timeoutMs: number,
    send: (broker: KafkaBroker) => Promise<T>,
  ): Promise<T> {
    const name = `${what} in group ${this.#options.groupId}`;
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
      try {
        return await this.#cluster.request(
          name,
          async (cluster, sentTo) => {
            const broker = await this.#coordinator(cluster);
            sentTo(broker);
            return send(broker);
          },
          leftMs,
        );
      } catch (error) {
        if (isFenced(error) || isRebalancing(error)) throw error;
        this.#coordinatorId = undefined;
        if (!isCoordinatorGone(error) || leftMs < 2 * COORDINATOR_RETRY_MS) throw error;
        await delay(COORDINATOR_RETRY_MS);
      }
    }
  }

  async #coordinator(cluster: KafkaJsCluster): Promise<KafkaBroker> {
    if (this.#coordinatorId !== undefined) {
      return cluster.findBroker({ nodeId: this.#coordinatorId });
    }
    const broker = await cluster.findGroupCoordinator({ groupId: this.#options.groupId });
    this.#coordinatorId = broker.nodeId;
    return broker;
  }
}
