import { KafkaAdmin, KafkaSink } from "@ofs/ingest";
import { serverAddress, waitUntil } from "@ofs/testkit";
import { Kafka, logLevel } from "kafkajs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Reader } from "../sources/reader.ts";
import { groupName, record, topicName } from "../sources/source-records.ts";
import { connectionTo, memberOf } from "./kafka-fixtures.ts";

describe("a group of Kafka whose topics change", () => {
  let address: string;
  let sink: KafkaSink;
  let admin: KafkaAdmin;
  let readers: Reader[] = [];

  beforeAll(() => {
    address = serverAddress("kafka").text;
    sink = new KafkaSink(connectionTo(address));
    admin = new KafkaAdmin(connectionTo(address));
  });

  afterEach(async () => {
    const ended = readers;
    readers = [];
    await Promise.all(ended.map((reader) => reader.source.close()));
    expect(ended.flatMap((reader) => reader.violations)).toEqual([]);
  });

  afterAll(async () => {
    await Promise.all([sink.close(), admin.close()]);
  });

  const join = async (topics: readonly string[], group = groupName()): Promise<Reader> => {
    const reader = new Reader(memberOf(address, { group, topics }));
    readers.push(reader);
    await reader.start();
    return reader;
  };

  it("reads partitions that are added, shared between its members", async () => {
    const topic = topicName();
    await admin.createTopic(topic, { partitionCount: 1 });
    const group = groupName();
    const first = await join([topic], group);
    await first.owns(1);
    const second = await join([topic], group);
    await second.is("reading");
    const kafka = new Kafka({ clientId: "t", brokers: [address], logLevel: logLevel.NOTHING });
    const kafkaAdmin = kafka.admin();
    await kafkaAdmin.connect();
    try {
      await kafkaAdmin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
    } finally {
      await kafkaAdmin.disconnect();
    }
    await first.owns(2);
    await second.owns(2);
    await sink.produce([0, 1, 2, 3].map((partition) => record(topic, partition, "x")));
    await first.has(2);
    await second.has(2);
  });

  it("says which topic does not exist, reads the others, and that one once it does", async () => {
    const there = topicName();
    const missing = topicName();
    await admin.createTopic(there, { partitionCount: 1 });
    await sink.produce([record(there, 0, "there")]);
    const reader = await join([there, missing]);
    await reader.has(1);
    expect(reader.source.status()).toEqual({
      state: "failed",
      reason: `topics: ${missing} does not exist`,
    });
    await admin.createTopic(missing, { partitionCount: 1 });
    await sink.produce([record(missing, 0, "there now")]);
    await waitUntil(() => reader.values.includes("there now"), {
      what: "the new topic",
      timeoutMs: 20_000,
    });
    await reader.is("reading");
  });

  it("keeps quiet members in the group: heartbeats need no records and no listener", async () => {
    const topic = topicName();
    await admin.createTopic(topic, { partitionCount: 1 });
    const member = memberOf(
      address,
      { group: groupName(), topics: [topic] },
      { sessionTimeoutMs: 1000, heartbeatIntervalMs: 200 },
    );
    const reader = new Reader(member);
    readers.push(reader);
    await reader.start();
    await reader.owns(1);
    reader.source.pause([{ topic, partition: 0 }]);
    const since = performance.now();
    await waitUntil(() => performance.now() - since > 2500, { what: "some sessions to pass" });
    expect(reader.calls).toEqual([`assigned ${topic}/0`]);
    expect(reader.source.status()).toEqual({ state: "reading" });
  });
});
