import type { Logger } from "@ofs/platform";
import { partitionName, type TopicPartition } from "../record.ts";
import {
  type AssignedPartition,
  type Commit,
  type RecordSource,
  SourceError,
  type SourceListener,
  type SourceStatus,
} from "../source.ts";
import { backoffMs } from "./backoff.ts";
import { Faults } from "./faults.ts";
import { type Generation, GroupMember } from "./group-member.ts";
import { KafkaCluster } from "./kafka-cluster.ts";
import { isFenced, isRebalancing, reasonOf } from "./kafka-errors.ts";
import { MemberSession, type SessionEnd } from "./member-session.ts";
import { type KafkaSourceOptions, type SourceSettings, sourceSettings } from "./options.ts";
import { PartitionFetcher } from "./partition-fetcher.ts";
import { sleep } from "./sleep.ts";
import { TopicWatch } from "./topic-watch.ts";

/** For the group to hear that a member leaves; if it does not, the session timeout tells it. */
const LEAVE_MS = 2000;

/** What is being read, from one rebalance to the next. */
interface Reading {
  readonly generation: Generation;
  readonly names: ReadonlySet<string>;
  readonly fetcher: PartitionFetcher;
}

/**
 * A member of a consumer group of Kafka. Speaks the group protocol itself, over kafkajs's connections, because partitions
 * must be finished before they are given away and commits must be of the generation that they were made in: see the README.
 *
 * All partitions are revoked at each rebalance and those of the new one assigned.
 */
export class KafkaSource implements RecordSource {
  readonly #options: KafkaSourceOptions;
  readonly #settings: SourceSettings;
  /** Waits for the group, at times for long, so nothing else goes over these connections. */
  readonly #groupCluster: KafkaCluster;
  readonly #fetchCluster: KafkaCluster;
  readonly #member: GroupMember;
  readonly #watch: TopicWatch;
  readonly #faults = new Faults();
  readonly #closing = new AbortController();
  readonly #aborted: Promise<"rebalance">;
  readonly #log: Logger | undefined;
  #state: "joining" | "reading" = "joining";
  #reading: Reading | undefined;
  #running: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @throws {RangeError} for an option out of range; {Error} if a file of the TLS settings cannot be read */
  constructor(options: KafkaSourceOptions) {
    this.#options = options;
    this.#settings = sourceSettings(options);
    this.#log = options.log;
    this.#groupCluster = new KafkaCluster(options);
    this.#fetchCluster = new KafkaCluster(options);
    const { groupId, topics } = options;
    this.#member = new GroupMember(this.#groupCluster, { groupId, topics, ...this.#settings });
    this.#aborted = new Promise((resolve) => {
      this.#closing.signal.addEventListener("abort", () => resolve("rebalance"));
    });
    this.#watch = new TopicWatch(this.#fetchCluster, topics, this.#faults);
  }

  async start(listener: SourceListener): Promise<void> {
    if (this.#closed !== undefined) throw new SourceError("UNAVAILABLE", "the source is closed");
    if (this.#running !== undefined) throw new Error("the source has been started before");
    this.#running = this.#run(listener);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#reading?.fetcher.setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#reading?.fetcher.setPaused(partitions, false);
  }

  async commit(commits: readonly Commit[]): Promise<void> {
    const reading = this.#reading;
    for (const commit of commits) {
      const name = partitionName(commit);
      if (reading?.names.has(name) !== true || this.#closed !== undefined) {
        throw new SourceError("FENCED", `${name} is not assigned to this member`);
      }
    }
    if (commits.length === 0 || reading === undefined) return;
    try {
      await this.#member.commit(reading.generation, commits);
    } catch (error) {
      const code = isFenced(error) ? "FENCED" : "UNAVAILABLE";
      const message = `offsets of group ${this.#options.groupId} are not committed: ${reasonOf(error)}`;
      throw new SourceError(code, message, { cause: error });
    }
  }

  status(): SourceStatus {
    if (this.#closed !== undefined) return { state: "closed" };
    const { reason } = this.#faults;
    return reason === undefined ? { state: this.#state } : { state: "failed", reason };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#reading?.fetcher.stop();
    this.#closing.abort();
    // A broker answers one request of a connection after the other, and to join may take long.
    if (this.#state === "joining") this.#groupCluster.interrupt("the member is closed");
    try {
      await this.#member.leave(LEAVE_MS);
    } catch (error) {
      this.#log?.warn({ reason: reasonOf(error) }, "left the group without its knowing");
    }
    await Promise.all([this.#groupCluster.close(), this.#fetchCluster.close()]);
    await this.#running;
    this.#reading = undefined;
  }

  /** One generation after the other, for ever. */
  async #run(listener: SourceListener): Promise<void> {
    const { signal } = this.#closing;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#readOneGeneration(listener);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        const isOnlyLate = isRebalancing(error) || isFenced(error);
        if (isOnlyLate && failures === 1) continue;
        if (!isOnlyLate) this.#faults.set("group", reasonOf(error));
        this.#log?.warn({ reason: reasonOf(error), failures }, "cannot join the group");
        await sleep(backoffMs(failures, Math.random()), signal);
      }
    }
  }

  async #readOneGeneration(listener: SourceListener): Promise<void> {
    this.#state = "joining";
    const { signal } = this.#closing;
    await this.#watch.refresh();
    await this.#groupCluster.refreshTopics(this.#watch.existing);
    const generation = await this.#member.join();
    const session = new MemberSession(this.#member, generation, this.#settings, this.#faults);
    try {
      const reading = await this.#open(generation, listener);
      if (signal.aborted) return;
      this.#faults.clearAll();
      this.#watch.report();
      this.#reading = reading;
      this.#state = "reading";
      reading.fetcher.start();
      const end = await Promise.race([
        session.ended,
        this.#watch.changed(generation.isLeader, this.#settings.metadataIntervalMs, session.signal),
        this.#aborted,
      ]);
      reading.fetcher.stop();
      this.#state = "joining";
      if (!signal.aborted) await this.#giveUp(listener, reading, end, session);
    } finally {
      session.stop();
      this.#reading = undefined;
    }
  }

  async #open(generation: Generation, listener: SourceListener): Promise<Reading> {
    const { partitions } = generation;
    const committed = await this.#member.committed(partitions);
    const assigned: AssignedPartition[] = partitions.map((partition) => ({
      ...partition,
      committed: committed.get(partitionName(partition)),
    }));
    const { topics, start } = this.#options;
    const { fetchBytes, partitionFetchBytes } = this.#settings;
    const fetcher = new PartitionFetcher(
      {
        cluster: this.#fetchCluster,
        topics,
        start,
        fetchBytes,
        partitionFetchBytes,
        faults: this.#faults,
        deliver: (from, records, endOffset) =>
          listener.records({ topic: from.topic, partition: from.partition }, records, endOffset),
        begun: ({ topic, partition }, offset) =>
          this.#member.commit(generation, [{ topic, partition, offset, metadata: "" }]),
        skipped: (from, fromOffset, toOffset) =>
          this.#log?.warn({ partition: partitionName(from), fromOffset, toOffset }, "records gone"),
      },
      assigned.map((partition) => ({ ...partition, offset: partition.committed?.offset })),
    );
    // Before its time the listener may commit and pause.
    this.#reading = { generation, fetcher, names: new Set(partitions.map(partitionName)) };
    if (assigned.length > 0 && !this.#closing.signal.aborted) listener.assigned(assigned);
    return this.#reading;
  }

  /** The generation ends: in good order, with time for the listener to finish, or because it is over already. */
  async #giveUp(
    listener: SourceListener,
    { generation: { partitions } }: Reading,
    end: SessionEnd,
    session: MemberSession,
  ): Promise<void> {
    this.#log?.info({ end, partitions: partitions.map(partitionName) }, "partitions are given up");
    if (end === "rebalance") {
      const finished = partitions.length === 0 ? undefined : listener.revoked(partitions);
      await session.whileItLasts(finished, this.#closing.signal);
      return;
    }
    this.#member.forget();
    if (partitions.length > 0) listener.lost(partitions);
  }
}
