import {
  type AssignedPartition,
  KafkaAdmin,
  KafkaSink,
  type KafkaSourceOptions,
  SinkError,
} from "@ofs/ingest";
import { waitUntil } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Reader, type ReaderHooks, text } from "../sources/reader.ts";
import { groupName, numbered, record, topicName } from "../sources/source-records.ts";
import {
  connectionTo,
  evictAll,
  memberOf,
  type ProxiedKafka,
  startProxiedKafka,
} from "./kafka-fixtures.ts";

describe("Kafka that fails", () => {
  let broker: ProxiedKafka;
  let admin: KafkaAdmin;
  let sink: KafkaSink;
  let readers: Reader[] = [];

  beforeAll(async () => {
    broker = await startProxiedKafka();
    admin = new KafkaAdmin(connectionTo(broker.direct));
    sink = new KafkaSink({ ...connectionTo(broker.direct), requestTimeoutMs: 2000 });
  });

  afterEach(async () => {
    await broker.proxy.heal();
    const ended = readers;
    readers = [];
    await Promise.all(ended.map((reader) => reader.source.close()));
    expect(ended.flatMap((reader) => reader.violations)).toEqual([]);
  });

  afterAll(async () => {
    await Promise.all([admin.close(), sink.close()]);
    await broker.close();
  });

  const newTopic = async (partitionCount: number): Promise<string> => {
    const topic = topicName();
    await admin.createTopic(topic, { partitionCount });
    return topic;
  };

  const join = async (
    topic: string,
    group: string,
    more: Partial<KafkaSourceOptions> = {},
    hooks: ReaderHooks = {},
  ): Promise<Reader> => {
    const member = memberOf(broker.address, { group, topics: [topic] }, more);
    const reader = new Reader(member, hooks);
    readers.push(reader);
    await reader.start();
    return reader;
  };

  it.each(["stop", "kill"] as const)(
    "goes on in its generation after a %s and a restart",
    async (how) => {
      const topic = await newTopic(2);
      const group = groupName();
      await sink.produce(numbered(topic, 0, 0, 10));
      const reader = await join(topic, group, {
        sessionTimeoutMs: 60_000,
        heartbeatIntervalMs: 300,
      });
      await reader.has(10);
      await broker.kafka[how]();
      await reader.is("failed");
      expect(reader.source.status().reason).toMatch(/broker 1|heartbeat/);
      await broker.kafka.restart();
      await sink.produce(numbered(topic, 0, 10, 10));
      await reader.has(20);
      await reader.is("reading");
      expect(reader.values).toEqual(Array.from({ length: 20 }, (_, index) => `0:${index}`));
      await reader.source.commit([{ topic, partition: 0, offset: 20, metadata: how }]);
      expect((await admin.committed(group, topic)).get(0)).toEqual({ offset: 20, metadata: how });
      expect(reader.calls).toEqual([`assigned ${topic}/0 ${topic}/1`]);
    },
  );

  it("says that it failed when the broker stalls, and goes on when it answers again", async () => {
    const topic = await newTopic(1);
    const reader = await join(topic, groupName(), {
      sessionTimeoutMs: 60_000,
      requestTimeoutMs: 1000,
      heartbeatIntervalMs: 300,
    });
    await reader.owns(1);
    await broker.proxy.inject({ kind: "stall" });
    await reader.is("failed");
    expect(reader.source.status().reason).toMatch(/no answer within \d+ ms/);
    const refused = reader.source.commit([{ topic, partition: 0, offset: 0, metadata: "" }]);
    await expect(refused).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await sink.produce(numbered(topic, 0, 0, 3));
    await broker.proxy.heal();
    await reader.has(3);
    await reader.is("reading");
    expect(reader.calls).toEqual([`assigned ${topic}/0`]);
  });

  it("gives its partitions up for lost when it is cut off for a session, as the group does", async () => {
    const topic = await newTopic(1);
    const group = groupName();
    await sink.produce(numbered(topic, 0, 0, 3));
    const cutOff = await join(topic, group, { sessionTimeoutMs: 2000, requestTimeoutMs: 1000 });
    await cutOff.has(3);
    await broker.proxy.inject({ kind: "stall" });
    const other = new Reader(
      memberOf(broker.direct, { group, topics: [topic] }, { clientId: "other" }),
    );
    readers.push(other);
    await waitUntil(() => cutOff.calls.includes(`lost ${topic}/0`), {
      what: "the loss",
      timeoutMs: 15_000,
    });
    await expect(
      cutOff.source.commit([{ topic, partition: 0, offset: 1, metadata: "" }]),
    ).rejects.toMatchObject({ code: "FENCED" });
    await broker.proxy.heal();
    await cutOff.is("reading");
    await cutOff.has(6);
    expect(cutOff.values.slice(3)).toEqual(["0:0", "0:1", "0:2"]);
  });

  it("does not wait for its listener longer than the group waits, and fences what comes later", async () => {
    const topic = await newTopic(2);
    const group = groupName();
    let letGo: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const times = { rebalanceTimeoutMs: 3000 };
    // Not among `readers`: it is told of its new partitions while it has not finished the old ones.
    const slow = new Reader(memberOf(broker.address, { group, topics: [topic] }, times), {
      onRevoked: () => stuck,
    });
    try {
      await slow.start();
      await slow.owns(2);
      const started = performance.now();
      const other = await join(topic, group, times);
      await other.owns(1);
      const tookMs = performance.now() - started;
      expect(tookMs).toBeGreaterThan(2000);
      expect(tookMs).toBeLessThan(15_000);
      const [{ partition }] = [...other.owned.values()] as [AssignedPartition];
      const late = slow.source.commit([{ topic, partition, offset: 3, metadata: "late" }]);
      await expect(late).rejects.toMatchObject({ code: "FENCED" });
    } finally {
      letGo();
      await slow.source.close();
    }
  });

  it("can be fenced by the broker alone, whatever it believes itself", async () => {
    const topic = await newTopic(1);
    const group = groupName();
    const reader = await join(topic, group, { sessionTimeoutMs: 6000, heartbeatIntervalMs: 3000 });
    await reader.owns(1);
    await evictAll(broker.direct, group);
    const commit = reader.source.commit([{ topic, partition: 0, offset: 0, metadata: "" }]);
    await expect(commit).rejects.toMatchObject({ code: "FENCED" });
    await waitUntil(() => reader.calls.length === 3, { what: "joining again", timeoutMs: 20_000 });
    expect(reader.calls).toEqual([`assigned ${topic}/0`, `lost ${topic}/0`, `assigned ${topic}/0`]);
  });

  it("stores a record once, though the answer to it is lost, and the next one too", async () => {
    const topic = await newTopic(1);
    const proxied = new KafkaSink({
      ...connectionTo(broker.address),
      requestTimeoutMs: 500,
      deliveryTimeoutMs: 1500,
    });
    try {
      await proxied.produce([record(topic, 0, "first")]);
      await broker.proxy.inject({ kind: "stall" }, "toClient");
      const lost = proxied.produce([record(topic, 0, "answer lost")]);
      await expect(lost).rejects.toMatchObject({ name: "SinkError", code: "UNAVAILABLE" });
      await broker.proxy.heal();
      await proxied.produce([record(topic, 0, "next")]);
    } finally {
      await proxied.close();
    }
    const stored = await admin.read(topic, 0, 0, 100, 10_000);
    expect(
      stored.map(({ value }) => text(value)).filter((value) => value !== "answer lost"),
    ).toEqual(["first", "next"]);
    expect(stored.length).toBeLessThanOrEqual(3);
  });

  it("refuses to produce while there is no broker, and produces when there is one", async () => {
    const topic = await newTopic(1);
    const proxied = new KafkaSink({
      ...connectionTo(broker.address),
      requestTimeoutMs: 500,
      deliveryTimeoutMs: 1000,
    });
    try {
      await broker.proxy.inject({ kind: "refuse" });
      const refused = proxied.produce([record(topic, 0, "one")]);
      await expect(refused).rejects.toBeInstanceOf(SinkError);
      await expect(refused).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await broker.proxy.heal();
      await proxied.produce([record(topic, 0, "two")]);
    } finally {
      await proxied.close();
    }
    const stored = await admin.read(topic, 0, 0, 100, 10_000);
    expect(stored.map(({ value }) => text(value))).toEqual(["two"]);
  });

  it("asks in vain while there is no broker, and says of what", async () => {
    const topic = await newTopic(1);
    const proxied = new KafkaAdmin({ ...connectionTo(broker.address), requestTimeoutMs: 500 });
    try {
      await broker.proxy.inject({ kind: "refuse" });
      await expect(proxied.topics()).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await expect(proxied.offsets(topic)).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining(topic),
      });
      await broker.proxy.heal();
      expect(await proxied.offsets(topic)).toEqual([
        { partition: 0, startOffset: 0, endOffset: 0 },
      ]);
    } finally {
      await proxied.close();
    }
  });
});
