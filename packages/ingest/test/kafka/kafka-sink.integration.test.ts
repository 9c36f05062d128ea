import { KafkaAdmin, KafkaSink, type NewRecord } from "@ofs/ingest";
import { serverAddress } from "@ofs/testkit";
import { ConfigResourceTypes, Kafka, logLevel } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { text } from "../sources/reader.ts";
import { record, topicName } from "../sources/source-records.ts";
import { connectionTo, MIB } from "./kafka-fixtures.ts";

describe.each([
  ["4.1.0", "kafka"],
  ["3.9.1", "kafka-3"],
] as const)("KafkaSink and KafkaAdmin with Kafka %s", (_version, server) => {
  let address: string;
  let sink: KafkaSink;
  let admin: KafkaAdmin;

  beforeAll(() => {
    address = serverAddress(server).text;
    sink = new KafkaSink(connectionTo(address));
    admin = new KafkaAdmin(connectionTo(address));
  });

  afterAll(async () => {
    await Promise.all([sink.close(), admin.close()]);
  });

  const valuesOf = async (topic: string, partition = 0): Promise<(string | undefined)[]> =>
    (await admin.read(topic, partition, 0, 1000, 100 * MIB)).map(({ value }) => text(value));

  const settingsOf = async (topic: string): Promise<Map<string, string>> => {
    const kafka = new Kafka({ clientId: "t", brokers: [address], logLevel: logLevel.NOTHING });
    const kafkaAdmin = kafka.admin();
    await kafkaAdmin.connect();
    try {
      const { resources } = await kafkaAdmin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
      });
      const entries = resources[0]?.configEntries ?? [];
      return new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
    } finally {
      await kafkaAdmin.disconnect();
    }
  };

  it("makes a dead-letter topic like its source, that keeps letters long and takes large ones", async () => {
    const source = topicName();
    await admin.createTopic(source, { partitionCount: 5 });
    const large = new Uint8Array(10 * MIB).fill(7);
    await sink.produce([{ ...record(`${source}.dlq`, 4, ""), value: large }]);
    expect(await admin.offsets(`${source}.dlq`)).toHaveLength(5);
    const settings = await settingsOf(`${source}.dlq`);
    expect(settings.get("retention.ms")).toBe(String(14 * 24 * 3_600_000));
    expect(Number(settings.get("max.message.bytes"))).toBeGreaterThan(16 * MIB);
    const [stored] = await admin.read(`${source}.dlq`, 4, 0, 1, 1);
    expect(Buffer.compare(stored?.value as Uint8Array, large)).toBe(0);
  });

  it("makes other topics as the broker says, and those of sources that do not exist", async () => {
    const topic = topicName();
    await sink.produce([record(topic, 0, "x"), record(`${topic}-gone.dlq`, 0, "y")]);
    expect(await admin.offsets(topic)).toHaveLength(3);
    expect(await admin.offsets(`${topic}-gone.dlq`)).toHaveLength(3);
  });

  it("keeps the order of records and of calls", async () => {
    const topic = topicName();
    await admin.createTopic(topic, { partitionCount: 1 });
    const calls = Array.from({ length: 20 }, (_, call) =>
      sink.produce(Array.from({ length: 10 }, (_, index) => record(topic, 0, `${call}.${index}`))),
    );
    await Promise.all(calls);
    const expected = Array.from({ length: 200 }, (_, i) => `${Math.floor(i / 10)}.${i % 10}`);
    expect(await valuesOf(topic)).toEqual(expected);
  });

  it("sends records with the same key to the partition that Kafka's own clients choose", async () => {
    const topic = topicName();
    await admin.createTopic(topic, { partitionCount: 10 });
    const keyed = (key: string): NewRecord => ({
      topic,
      key: Buffer.from(key),
      value: Buffer.from(key),
      headers: [],
    });
    await sink.produce(["21", "foobar", "a-little-bit-long-string", "21"].map(keyed));
    // murmur2 of the key, positive, modulo 10; hashes from the tests of Kafka's own clients.
    const partitionOf = (hash: number): number => (hash & 0x7fffffff) % 10;
    expect(await valuesOf(topic, partitionOf(-973932308))).toEqual(
      expect.arrayContaining(["21", "21"]),
    );
    expect(await valuesOf(topic, partitionOf(-790332482))).toContain("foobar");
    expect(await valuesOf(topic, partitionOf(-985981536))).toContain("a-little-bit-long-string");
  });

  it("says that a record is too large, and stores the others", async () => {
    const topic = topicName();
    await admin.createTopic(topic, { partitionCount: 1, maxRecordBytes: 10_000 });
    const tooLarge = { ...record(topic, 0, ""), value: new Uint8Array(20_000) };
    await expect(sink.produce([tooLarge])).rejects.toMatchObject({
      name: "SinkError",
      code: "TOO_LARGE",
      message: expect.stringContaining(topic),
    });
    const mixed = [record(topic, 0, "a"), record(topic, 0, "b"), tooLarge, record(topic, 0, "c")];
    await expect(sink.produce(mixed)).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect(await valuesOf(topic)).toEqual(["a", "b", "c"]);
  });

  it("produces many records that are together larger than a batch may be", async () => {
    const topic = topicName();
    await admin.createTopic(topic, { partitionCount: 1 });
    const value = "v".repeat(50_000);
    await sink.produce(Array.from({ length: 60 }, () => record(topic, 0, value)));
    expect(await valuesOf(topic)).toHaveLength(60);
  });

  it("refuses when closed", async () => {
    const closed = new KafkaSink(connectionTo(address));
    await closed.close();
    await expect(closed.produce([record("t", 0, "x")])).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });

  it("looks into topics, groups and partitions", async () => {
    const topic = topicName();
    expect(await admin.createTopic(topic, { partitionCount: 2 })).toBe(true);
    expect(await admin.createTopic(topic, { partitionCount: 7 })).toBe(false);
    expect(await admin.topics()).toContainEqual({ name: topic, partitionCount: 2 });
    expect((await admin.topics()).filter(({ name }) => name.startsWith("__"))).toEqual([]);
    expect(await admin.offsets(`${topic}-none`)).toBeUndefined();
    expect(await admin.committed("nobody", topic)).toEqual(new Map());
    await sink.produce(Array.from({ length: 10 }, (_, index) => record(topic, 1, `${index}`)));
    expect(await admin.offsets(topic)).toEqual([
      { partition: 0, startOffset: 0, endOffset: 0 },
      { partition: 1, startOffset: 0, endOffset: 10 },
    ]);
    const read = async (from: number, count: number, bytes: number): Promise<number[]> =>
      (await admin.read(topic, 1, from, count, bytes)).map(({ offset }) => offset);
    expect(await read(0, 3, 1000)).toEqual([0, 1, 2]);
    expect(await read(8, 100, 1000)).toEqual([8, 9]);
    expect(await read(10, 100, 1000)).toEqual([]);
    expect(await read(0, 100, 2)).toEqual([0, 1]);
    expect(await read(0, 100, 0)).toEqual([0]);
  });

  it("tells what a group has committed as the first thing that it is asked", async () => {
    const topic = topicName();
    await admin.createTopic(topic, { partitionCount: 1 });
    const fresh = new KafkaAdmin(connectionTo(address));
    try {
      expect(await fresh.committed("nobody", topic)).toEqual(new Map());
    } finally {
      await fresh.close();
    }
  });

  it("refuses what cannot be, naming it", async () => {
    const topic = topicName();
    await admin.createTopic(topic, { partitionCount: 1 });
    await expect(admin.createTopic("a/b")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(admin.createTopic("..")).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(admin.createTopic(`${topic}-0`, { partitionCount: 0 })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await expect(admin.read(topic, 1, 0, 1, 1)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: `partition 1: topic ${topic} has 1`,
    });
    await expect(admin.read(`${topic}-none`, 0, 0, 1, 1)).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
});
