import type { SourceRecord, TopicPartition } from "../record.ts";
import { partitionName } from "../record.ts";
import { backoffMs } from "./backoff.ts";
import type { Faults } from "./faults.ts";
import type { FetchedPartition } from "./fetch-response.ts";
import { EARLIEST, type KafkaCluster, LATEST } from "./kafka-cluster.ts";
import { ERROR_CODES, errorName, reasonOf } from "./kafka-errors.ts";
import { PartitionPosition } from "./partition-position.ts";
import { decodeRecords } from "./record-batch.ts";

/** How long a broker waits for records when there are none. */
const LONG_POLL_MS = 500;
/** The same while partitions are paused: one that is resumed joins the next request. */
const SHORT_POLL_MS = 20;
/** Between two questions for where partitions are. */
const METADATA_PAUSE_MS = 250;
/** The same after one that was not answered. */
const METADATA_RETRY_MS = 1000;

export interface FetcherOptions {
  readonly cluster: Pick<KafkaCluster, "fetch" | "leaderOf" | "listOffsets" | "refreshTopics">;
  readonly topics: readonly string[];
  readonly start: "earliest" | "latest";
  readonly fetchBytes: number;
  readonly partitionFetchBytes: number;
  readonly faults: Faults;
  /** Gets records, or none where the end has moved over what nobody may see. */
  readonly deliver: (
    from: TopicPartition,
    records: readonly SourceRecord[],
    endOffset: number,
  ) => void;
  /** The group reads these from here on, though it has committed nothing: so that it does so after a crash too. */
  readonly begun: (from: TopicPartition, offset: number) => Promise<void>;
  /** Records that the group had not read are gone. */
  readonly skipped: (from: TopicPartition, fromOffset: number, toOffset: number) => void;
}

/**
 * Fetches partitions from the brokers that lead them: one request a broker at a time, so that what is fetched and not
 * delivered is never more than `fetchBytes` of each. Partitions that had records go behind those that had none.
 */
export class PartitionFetcher {
  readonly #options: FetcherOptions;
  /** In the order in which brokers are asked to fill their answers. */
  readonly #positions = new Map<string, PartitionPosition>();
  readonly #busyBrokers = new Set<number>();
  readonly #throttled = new Map<number, number>();
  #isStopped = false;
  #isRefreshing = false;
  #timer: NodeJS.Timeout | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;

  /** @param partitions with the offset to begin at, where one was committed */
  constructor(
    options: FetcherOptions,
    partitions: readonly (TopicPartition & { readonly offset: number | undefined })[],
  ) {
    this.#options = options;
    for (const partition of partitions) {
      const name = partitionName(partition);
      this.#positions.set(name, new PartitionPosition(partition, name, partition.offset));
    }
  }

  start(): void {
    this.#pump();
  }

  /** Nothing is delivered any more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#refreshTimer);
  }

  setPaused(partitions: readonly TopicPartition[], isPaused: boolean): void {
    for (const partition of partitions) {
      const position = this.#positions.get(partitionName(partition));
      if (position !== undefined) position.isPaused = isPaused;
    }
    if (!isPaused) this.#pump();
  }

  /** Sends a request to every broker that has none under way and leads a partition that can be asked for. */
  #pump(): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    const now = performance.now();
    const { byBroker, nextAt } = this.#readyAt(now);
    for (const [leader, positions] of byBroker) {
      if (!this.#busyBrokers.has(leader)) this.#ask(leader, positions);
    }
    if (nextAt < Number.POSITIVE_INFINITY) {
      this.#timer = setTimeout(() => this.#pump(), Math.max(1, nextAt - now));
    }
  }

  /** What can be asked for now, by broker, and when there may be more of it. */
  #readyAt(now: number): { byBroker: Map<number, PartitionPosition[]>; nextAt: number } {
    const byBroker = new Map<number, PartitionPosition[]>();
    let nextAt = Number.POSITIVE_INFINITY;
    for (const position of this.#positions.values()) {
      if (position.isPaused || position.isBusy) continue;
      const leader = this.#options.cluster.leaderOf(position);
      if (leader === undefined && position.notBefore <= now) {
        this.#fail([position], "no broker leads it");
      }
      const readyAt = Math.max(position.notBefore, this.#throttledUntil(leader));
      if (readyAt > now) nextAt = Math.min(nextAt, readyAt);
      else if (leader !== undefined) add(byBroker, leader, position);
    }
    return { byBroker, nextAt };
  }

  #throttledUntil(broker: number | undefined): number {
    return (broker === undefined ? undefined : this.#throttled.get(broker)) ?? 0;
  }

  /** First where to begin, for those of which it is not known, then records. */
  #ask(nodeId: number, positions: readonly PartitionPosition[]): void {
    const unknown = positions.filter(({ offset }) => offset === undefined);
    const asked = unknown.length > 0 ? unknown : positions;
    for (const position of asked) position.isBusy = true;
    this.#busyBrokers.add(nodeId);
    const asking = unknown.length > 0 ? this.#begin(nodeId, asked) : this.#fetch(nodeId, asked);
    asking
      .then(
        () => this.#options.faults.clear(`broker ${nodeId}`),
        (error: unknown) => {
          if (this.#isStopped) return;
          this.#options.faults.set(`broker ${nodeId}`, reasonOf(error));
          this.#fail(asked, undefined);
        },
      )
      .finally(() => {
        this.#busyBrokers.delete(nodeId);
        for (const position of asked) position.isBusy = false;
        this.#pump();
      });
  }

  async #begin(nodeId: number, positions: readonly PartitionPosition[]): Promise<void> {
    const { cluster, start, begun } = this.#options;
    const at = start === "earliest" ? EARLIEST : LATEST;
    const found = await cluster.listOffsets(nodeId, positions, at);
    for (const position of positions) {
      const offset = found.get(position.name);
      if (offset === undefined) {
        this.#fail([position], `broker ${nodeId} does not lead ${position.name}`);
        continue;
      }
      if (start === "latest" && !this.#isStopped) await begun(position, offset);
      position.offset = offset;
      position.deliveredTo = offset;
      this.#recover(position);
    }
  }

  async #fetch(nodeId: number, positions: readonly PartitionPosition[]): Promise<void> {
    const { cluster, fetchBytes, partitionFetchBytes } = this.#options;
    const isAnyPaused = [...this.#positions.values()].some(({ isPaused }) => isPaused);
    const asked = positions.map(({ topic, partition, offset }) => {
      return { topic, partition, offset: offset as number };
    });
    const response = await cluster.fetch(nodeId, asked, {
      maxWaitMs: isAnyPaused ? SHORT_POLL_MS : LONG_POLL_MS,
      maxBytes: fetchBytes,
      partitionMaxBytes: partitionFetchBytes,
    });
    if (response.throttleMs > 0) {
      this.#throttled.set(nodeId, performance.now() + response.throttleMs);
    }
    if (response.errorCode !== 0) throw new Error(errorName(response.errorCode));
    for (const fetched of response.partitions) {
      const position = this.#positions.get(partitionName(fetched));
      if (this.#isStopped) return;
      if (position !== undefined) await this.#take(nodeId, position, fetched);
    }
  }

  async #take(
    nodeId: number,
    position: PartitionPosition,
    fetched: FetchedPartition,
  ): Promise<void> {
    if (fetched.errorCode === ERROR_CODES.OFFSET_OUT_OF_RANGE) {
      await this.#moveIntoRange(nodeId, position);
      return;
    }
    if (fetched.errorCode !== 0) {
      this.#fail([position], errorName(fetched.errorCode));
      return;
    }
    try {
      this.#deliver(position, fetched);
    } catch (error) {
      this.#fail([position], `at offset ${position.offset}: ${reasonOf(error)}`);
      return;
    }
    this.#recover(position);
  }

  #deliver(position: PartitionPosition, fetched: FetchedPartition): void {
    const fromOffset = position.offset as number;
    const { records, nextOffset } = decodeRecords(
      position,
      fetched.batches,
      fromOffset,
      fetched.aborted,
    );
    const deliveredTo = (records.at(-1)?.offset ?? position.deliveredTo - 1) + 1;
    // Behind the last record there may be markers of transactions: they are nothing that anybody could still read.
    const isAtEnd = nextOffset >= fetched.lastStableOffset;
    const endOffset = isAtEnd ? deliveredTo : fetched.lastStableOffset;
    if (records.length > 0 || endOffset !== position.endOffset) {
      this.#options.deliver(position, records, endOffset);
    }
    if (records.length > 0) {
      this.#positions.delete(position.name);
      this.#positions.set(position.name, position);
    }
    position.offset = nextOffset;
    position.deliveredTo = deliveredTo;
    position.endOffset = endOffset;
  }

  /**
   * The next record is gone (kept no longer), or was never there (the topic was made anew): reading goes on at the oldest
   * record there is.
   */
  async #moveIntoRange(nodeId: number, position: PartitionPosition): Promise<void> {
    const { cluster, skipped } = this.#options;
    const earliest = (await cluster.listOffsets(nodeId, [position], EARLIEST)).get(position.name);
    if (earliest === undefined || this.#isStopped) return;
    skipped(position, position.offset as number, earliest);
    position.offset = earliest;
    position.deliveredTo = earliest;
  }

  /** @param reason if it concerns these partitions and not the whole broker */
  #fail(positions: readonly PartitionPosition[], reason: string | undefined): void {
    const now = performance.now();
    for (const position of positions) {
      position.failures++;
      position.notBefore = now + backoffMs(position.failures, Math.random());
      if (reason !== undefined) this.#options.faults.set(position.name, reason);
    }
    this.#refreshTopics();
  }

  #recover(position: PartitionPosition): void {
    if (position.failures === 0) return;
    position.failures = 0;
    this.#options.faults.clear(position.name);
  }

  /** Partitions may have moved. Goes on until it is known where they are. */
  #refreshTopics(): void {
    if (this.#isRefreshing || this.#isStopped) return;
    this.#isRefreshing = true;
    const { cluster, topics, faults } = this.#options;
    const again = (isKnown: boolean): void => {
      if (this.#isStopped) return;
      this.#refreshTimer = setTimeout(
        () => {
          this.#isRefreshing = false;
          if (!isKnown) this.#refreshTopics();
        },
        isKnown ? METADATA_PAUSE_MS : METADATA_RETRY_MS,
      );
    };
    cluster.refreshTopics(topics).then(
      () => {
        faults.clear("metadata");
        again(true);
      },
      (error: unknown) => {
        if (!this.#isStopped) faults.set("metadata", reasonOf(error));
        again(false);
      },
    );
  }
}

function add(to: Map<number, PartitionPosition[]>, key: number, position: PartitionPosition): void {
  const list = to.get(key);
  if (list === undefined) to.set(key, [position]);
  else list.push(position);
}
