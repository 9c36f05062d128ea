import { randomBytes } from "node:crypto";
import { KafkaAdmin } from "@ofs/ingest";
import { serverAddress, waitUntil } from "@ofs/testkit";
import { afterAll, expect, test } from "vitest";
import { KafkaTopics } from "../../src/rows/topics/kafka-topics.ts";
import { silentLog } from "../database/new-requests.ts";

const TIMEOUT_MS = 120_000;

const admin = new KafkaAdmin({ brokers: [serverAddress("kafka").text], clientId: "ofs-test" });
const settings = { replicationFactor: 3, retentionMs: 3_600_000 };
const topics = new KafkaTopics(admin, settings, silentLog);
const name = (): string => `rows-${randomBytes(6).toString("hex")}`;

afterAll(() => topics.close());

test(
  "a topic is made with as many copies as there are brokers, once, and grows",
  async () => {
    const topic = name();
    expect(await topics.partitionCount(topic)).toBeUndefined();
    expect(await topics.create(topic, 2)).toBe(true);
    expect(await topics.create(topic, 5)).toBe(false);
    expect(await topics.partitionCount(topic)).toBe(2);
    await topics.grow(topic, 4);
    await waitUntil(async () => (await topics.partitionCount(topic)) === 4, {
      what: "the new partitions to be known",
      timeoutMs: TIMEOUT_MS,
    });
    await expect(topics.grow(topic, 3)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  },
  TIMEOUT_MS,
);

test(
  "what cannot be is refused",
  async () => {
    await expect(topics.create("a b", 1)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(topics.grow(name(), 3)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  },
  TIMEOUT_MS,
);
