import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Faults } from "../../src/kafka/faults.ts";
import type { FetchedPartition, FetchResponse } from "../../src/kafka/fetch-response.ts";
import { EARLIEST, type FetchLimits, type FetchPosition } from "../../src/kafka/kafka-cluster.ts";
import { PartitionFetcher } from "../../src/kafka/partition-fetcher.ts";
import { partitionName, type TopicPartition } from "../../src/record.ts";
import { encodeBatch } from "./batch-builder.ts";

/** Answers fetches from partitions of a few records; partitions with an even number are led by broker 0, others by 1. */
class FakeCluster {
  readonly contents = new Map<string, { offsets: number[]; end?: number; bytes?: Buffer }>();
  readonly asked: string[][] = [];
  readonly errorCodes = new Map<string, number>();
  waits: number[] = [];
  failure: Error | undefined;
  throttleMs = 0;
  refreshes = 0;
  earliest = 0;
  leader: (of: TopicPartition) => number | undefined = ({ partition }) => partition % 2;
  underWay = new Map<number, number>();

  leaderOf(of: TopicPartition): number | undefined {
    return this.leader(of);
  }

  async refreshTopics(): Promise<string[]> {
    this.refreshes++;
    if (this.failure !== undefined) throw this.failure;
    return [];
  }

  async listOffsets(
    _node: number,
    of: readonly TopicPartition[],
    at: number,
  ): Promise<Map<string, number>> {
    return new Map(
      of.map((one) => {
        const end = (this.contents.get(partitionName(one))?.offsets.at(-1) ?? -1) + 1;
        return [partitionName(one), at === EARLIEST ? this.earliest : end];
      }),
    );
  }

  async fetch(
    nodeId: number,
    positions: readonly FetchPosition[],
    { maxWaitMs }: FetchLimits,
  ): Promise<FetchResponse> {
    this.asked.push(positions.map((one) => `${partitionName(one)}@${one.offset}`));
    this.waits.push(maxWaitMs);
    const underWay = (this.underWay.get(nodeId) ?? 0) + 1;
    this.underWay.set(nodeId, underWay);
    if (underWay > 1) throw new Error("two requests to one broker");
    await new Promise((resolve) => setTimeout(resolve, maxWaitMs));
    this.underWay.set(nodeId, underWay - 1);
    if (this.failure !== undefined) throw this.failure;
    const partitions = positions.map((one) => this.#answer(one));
    return { throttleMs: this.throttleMs, errorCode: 0, partitions };
  }

  #answer(position: FetchPosition): FetchedPartition {
    const name = partitionName(position);
    const content = this.contents.get(name);
    const offsets = content?.offsets.filter((offset) => offset >= position.offset) ?? [];
    const end = content?.end ?? (content?.offsets.at(-1) ?? -1) + 1;
    const records = offsets.map((offset) => ({ offset, value: Buffer.from(`${offset}`) }));
    const [baseOffset] = offsets;
    const batches =
      content?.bytes ??
      (baseOffset === undefined ? Buffer.alloc(0) : encodeBatch({ baseOffset, records }));
    return {
      topic: position.topic,
      partition: position.partition,
      errorCode: this.errorCodes.get(name) ?? 0,
      highWatermark: end,
      lastStableOffset: end,
      logStartOffset: 0,
      aborted: [],
      batches,
    };
  }
}

describe("PartitionFetcher", () => {
  let cluster: FakeCluster;
  let faults: Faults;
  let fetcher: PartitionFetcher;
  let delivered: string[];
  let begun: string[];
  let skipped: string[];
  let onDeliver: () => void;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    cluster = new FakeCluster();
    faults = new Faults();
    delivered = [];
    begun = [];
    skipped = [];
    onDeliver = () => undefined;
  });

  afterEach(() => {
    fetcher.stop();
    vi.useRealTimers();
  });

  const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

  const open = (
    offsets: readonly (number | undefined)[],
    start: "earliest" | "latest" = "earliest",
  ): void => {
    fetcher = new PartitionFetcher(
      {
        cluster,
        topics: ["t"],
        start,
        fetchBytes: 1000,
        partitionFetchBytes: 1000,
        faults,
        deliver: (from, records, endOffset) => {
          onDeliver();
          const of = records.map(({ offset }) => offset).join(",");
          delivered.push(`${partitionName(from)}: ${of} of ${endOffset}`);
        },
        begun: async (from, offset) => {
          begun.push(`${partitionName(from)}@${offset}`);
        },
        skipped: (from, was, is) => {
          skipped.push(`${partitionName(from)}: ${was} to ${is}`);
        },
      },
      offsets.map((offset, partition) => ({ topic: "t", partition, offset })),
    );
    fetcher.start();
  };

  it("asks every broker for its partitions, one request at a time, and goes on where it stopped", async () => {
    cluster.contents.set("t/0", { offsets: [0, 1] });
    cluster.contents.set("t/1", { offsets: [5, 7] });
    open([0, 5, 0]);
    await pass(1600);
    expect(delivered.sort()).toEqual(["t/0: 0,1 of 2", "t/1: 5,7 of 8", "t/2:  of 0"]);
    expect(cluster.asked.slice(0, 2)).toEqual([["t/0@0", "t/2@0"], ["t/1@5"]]);
    expect(cluster.asked.at(-2)).toContain("t/0@2");
    expect(cluster.asked.at(-1)).toContain("t/1@8");
  });

  it("asks last for what had records", async () => {
    cluster.contents.set("t/0", { offsets: [0] });
    open([0, 0, 0]);
    await pass(510);
    expect(cluster.asked.slice(2)).toContainEqual(["t/2@0", "t/0@1"]);
  });

  it("asks for nothing that is paused, waits less for the others, and takes it up again", async () => {
    cluster.contents.set("t/2", { offsets: [0] });
    open([0, 0, 0]);
    fetcher.setPaused([{ topic: "t", partition: 2 }], true);
    await pass(600);
    cluster.asked.length = 0;
    cluster.waits.length = 0;
    delivered.length = 0;
    await pass(600);
    expect(cluster.asked.flat().filter((one) => one.startsWith("t/2"))).toEqual([]);
    expect(new Set(cluster.waits)).toEqual(new Set([20]));
    cluster.contents.set("t/2", { offsets: [0, 1] });
    fetcher.setPaused([{ topic: "t", partition: 2 }], false);
    await pass(520);
    expect(delivered).toEqual(["t/2: 1 of 2"]);
  });

  it("delivers nothing after it is stopped", async () => {
    cluster.contents.set("t/0", { offsets: [0] });
    open([0]);
    await pass(100);
    fetcher.stop();
    await pass(5000);
    expect(delivered).toEqual([]);
    expect(cluster.asked).toHaveLength(1);
  });

  it("never goes past a damaged batch, and says where it is", async () => {
    const bytes = encodeBatch({ baseOffset: 3, records: [{ offset: 3, value: Buffer.from("x") }] });
    bytes[30] = 99;
    cluster.contents.set("t/0", { offsets: [3], bytes });
    open([3]);
    await pass(20_000);
    expect(delivered).toEqual([]);
    expect(faults.reason).toBe("t/0: at offset 3: batch at offset 3 is damaged: wrong checksum");
    expect(new Set(cluster.asked.flat())).toEqual(new Set(["t/0@3"]));
    expect(cluster.asked.length).toBeLessThan(20);
    cluster.contents.set("t/0", { offsets: [3] });
    await pass(6000);
    expect(delivered).toEqual(["t/0: 3 of 4"]);
    expect(faults.reason).toBeUndefined();
  });

  it("delivers again what its listener failed to take", async () => {
    cluster.contents.set("t/0", { offsets: [0] });
    onDeliver = () => {
      throw new Error("no room");
    };
    open([0]);
    await pass(600);
    expect(faults.reason).toBe("t/0: at offset 0: no room");
    onDeliver = () => undefined;
    await pass(1000);
    expect(delivered).toEqual(["t/0: 0 of 1"]);
  });

  it("backs off from a broker that fails, looks where partitions are, and comes back", async () => {
    cluster.failure = new Error("connection refused");
    cluster.contents.set("t/0", { offsets: [0] });
    open([0]);
    await pass(30_000);
    expect(faults.reason).toBe("broker 0: connection refused; metadata: connection refused");
    expect(cluster.asked.length).toBeLessThan(20);
    expect(cluster.refreshes).toBeGreaterThan(2);
    cluster.failure = undefined;
    await pass(6000);
    expect(faults.reason).toBeUndefined();
    expect(delivered).toEqual(["t/0: 0 of 1"]);
  });

  it("follows a partition to its new leader", async () => {
    cluster.contents.set("t/0", { offsets: [0] });
    cluster.errorCodes.set("t/0", 6);
    open([0]);
    await pass(501);
    expect(faults.reason).toBe("t/0: NOT_LEADER_FOR_PARTITION");
    cluster.errorCodes.clear();
    cluster.leader = () => 7;
    await pass(1000);
    expect([...cluster.underWay.keys()]).toEqual([0, 7]);
    expect(delivered).toEqual(["t/0: 0 of 1"]);
  });

  it("waits for a partition that nobody leads", async () => {
    cluster.leader = () => undefined;
    cluster.contents.set("t/0", { offsets: [0] });
    open([0]);
    await pass(3000);
    expect(faults.reason).toBe("t/0: no broker leads it");
    expect(cluster.asked).toEqual([]);
    cluster.leader = () => 0;
    await pass(6000);
    expect(delivered).toEqual(["t/0: 0 of 1"]);
  });

  it("obeys a broker that asks for patience", async () => {
    cluster.throttleMs = 5000;
    open([0]);
    await pass(5400);
    expect(cluster.asked).toHaveLength(1);
    await pass(200);
    expect(cluster.asked).toHaveLength(2);
  });

  it("goes on at the oldest record when what it asks for is gone", async () => {
    cluster.contents.set("t/0", { offsets: [40, 41] });
    cluster.errorCodes.set("t/0", 1);
    cluster.earliest = 40;
    open([3]);
    await pass(505);
    cluster.errorCodes.clear();
    await pass(1000);
    expect(skipped).toEqual(["t/0: 3 to 40"]);
    expect(delivered).toEqual(["t/0: 40,41 of 42"]);
  });

  it("begins a group that has not committed at the beginning or the end, and notes the end", async () => {
    cluster.contents.set("t/0", { offsets: [0, 1] });
    open([undefined], "earliest");
    await pass(600);
    expect(delivered).toEqual(["t/0: 0,1 of 2"]);
    expect(begun).toEqual([]);
    fetcher.stop();
    await pass(600);
    delivered.length = 0;
    open([undefined], "latest");
    await pass(600);
    expect(begun).toEqual(["t/0@2"]);
    expect(delivered).toEqual(["t/0:  of 2"]);
  });

  it("ends at the last record that can be seen", async () => {
    cluster.contents.set("t/0", { offsets: [0], end: 2 });
    open([0]);
    await pass(600);
    // A marker is behind it, which the next fetch brings.
    expect(delivered).toEqual(["t/0: 0 of 2"]);
    const marker = encodeBatch({
      baseOffset: 1,
      attributes: 0x30,
      records: [{ offset: 1, key: Buffer.from([0, 0, 0, 1]) }],
    });
    cluster.contents.set("t/0", { offsets: [], end: 2, bytes: marker });
    await pass(1000);
    expect(delivered).toEqual(["t/0: 0 of 2", "t/0:  of 1"]);
  });
});
