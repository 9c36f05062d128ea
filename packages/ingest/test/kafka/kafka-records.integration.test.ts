import { KafkaAdmin, KafkaSink } from "@ofs/ingest";
import { createKafkaTopic, serverAddress } from "@ofs/testkit";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Reader, text } from "../sources/reader.ts";
import { groupName, record, topicName } from "../sources/source-records.ts";
import { connectionTo, memberOf } from "./kafka-fixtures.ts";

describe.each([
  ["4.1.0", "kafka"],
  ["3.9.1", "kafka-3"],
] as const)("records of Kafka %s", (_version, server) => {
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

  /** Everything that a new group is given, once it has been given `count` records. */
  const readAll = async (topic: string, count: number): Promise<Reader> => {
    const reader = new Reader(memberOf(address, { group: groupName(), topics: [topic] }));
    try {
      await reader.start();
      await reader.has(count);
    } finally {
      await reader.source.close();
    }
    expect(reader.violations).toEqual([]);
    return reader;
  };

  it.each(["gzip", "snappy", "lz4", "zstd"])(
    "reads what a broker compressed with %s",
    async (type) => {
      const topic = topicName();
      await createKafkaTopic(address, topic, {
        settings: { "compression.type": type, "max.message.bytes": "8000000" },
      });
      const values = [
        "",
        "short",
        "repeats ".repeat(10_000),
        // Hardly to be compressed, and larger than a block of any of them.
        Array.from(
          { length: 300_000 },
          (_, index) => (index * 2_654_435_761) % 4_294_967_296,
        ).join(),
        "x".repeat(1_000_000),
        ...Array.from({ length: 200 }, (_, index) => `row ${index} of many that are alike`),
      ];
      await sink.produce(values.map((value) => record(topic, 0, value)));
      const { received } = await readAll(topic, values.length);
      expect(received.map(({ value }) => text(value))).toEqual(values);
      expect(received.map(({ offset }) => offset)).toEqual([...values.keys()]);
    },
  );

  it("shows nothing of transactions that were undone, and all of those that were committed", async () => {
    const topic = topicName();
    await createKafkaTopic(address, topic);
    const kafka = new Kafka({ clientId: "t", brokers: [address], logLevel: logLevel.NOTHING });
    const producer = kafka.producer({
      transactionalId: topic,
      maxInFlightRequests: 1,
      idempotent: true,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    try {
      const send = async (value: string, isCommit: boolean): Promise<void> => {
        const transaction = await producer.transaction();
        // A key that looks like the end of an undone transaction.
        const key = Buffer.from([0, 0, 0, 0]);
        await transaction.send({ topic, messages: [{ key, value }, { value: `${value}, again` }] });
        await (isCommit ? transaction.commit() : transaction.abort());
      };
      await send("undone first", false);
      await send("committed", true);
      await send("undone", false);
      await sink.produce([record(topic, 0, "between")]);
      await send("undone again", false);
      await send("committed at last", true);
      await send("undone at the end", false);
    } finally {
      await producer.disconnect();
    }
    const { received, endOffsets } = await readAll(topic, 5);
    expect(received.map(({ value }) => text(value))).toEqual([
      "committed",
      "committed, again",
      "between",
      "committed at last",
      "committed at last, again",
    ]);
    const looked = await admin.read(topic, 0, 0, 100, 100_000);
    expect(looked.map(({ value }) => text(value))).toEqual(
      received.map(({ value }) => text(value)),
    );
    expect(endOffsets.get(`${topic}/0`)).toBeGreaterThanOrEqual((received.at(-1)?.offset ?? 0) + 1);
  });

  it("ends where the last record is that anybody may see, not at a marker behind it", async () => {
    const topic = topicName();
    await createKafkaTopic(address, topic);
    const kafka = new Kafka({ clientId: "t", brokers: [address], logLevel: logLevel.NOTHING });
    const producer = kafka.producer({
      transactionalId: topic,
      maxInFlightRequests: 1,
      idempotent: true,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    try {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: "one" }] });
      await transaction.commit();
    } finally {
      await producer.disconnect();
    }
    const { endOffsets } = await readAll(topic, 1);
    expect(endOffsets.get(`${topic}/0`)).toBe(1);
  });

  it("goes on at the oldest record when what it would read is gone", async () => {
    const topic = topicName();
    const group = groupName();
    await createKafkaTopic(address, topic);
    await sink.produce(["0", "1", "2", "3", "4"].map((value) => record(topic, 0, value)));
    const kafka = new Kafka({ clientId: "t", brokers: [address], logLevel: logLevel.NOTHING });
    const kafkaAdmin = kafka.admin();
    await kafkaAdmin.connect();
    try {
      await kafkaAdmin.setOffsets({
        groupId: group,
        topic,
        partitions: [{ partition: 0, offset: "1" }],
      });
      await kafkaAdmin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "3" }] });
    } finally {
      await kafkaAdmin.disconnect();
    }
    const reader = new Reader(memberOf(address, { group, topics: [topic] }));
    await reader.start();
    await reader.has(2);
    await reader.source.close();
    expect(reader.values).toEqual(["3", "4"]);
    expect(reader.violations).toEqual([]);
  });
});
