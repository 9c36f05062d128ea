import { randomUUID } from "node:crypto";
import { OfsClientError } from "@ofs/client";
import { serverAddress, waitUntil } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { numbers, texts } from "./messages.ts";
import { TestRegistry } from "./registry.ts";
import { ApiProcess, ConsumerProcess } from "./services.ts";
import { headerText, TestTopic } from "./topic.ts";

/** The built consumer between real Kafka, Cassandra and Redis; values are read through a built api-server. */
const POISON = Buffer.from([0xff, 0xff, 0xff]);
const CACHED = "cached";
const PLAIN = "plain";
const REDIS = "in_redis";
const TEXT = "text";

let registry: TestRegistry;
let api: ApiProcess;
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  registry = await TestRegistry.open(`pipeline_${randomUUID().replaceAll("-", "")}`);
  await registry.add(CACHED, { store: "scylla", isCached: true });
  await registry.add(PLAIN, { store: "scylla" });
  await registry.add(REDIS, { store: "redis" });
  await registry.add(TEXT, { store: "scylla", type: "String" });
  api = await ApiProcess.start(registry.environment());
});

afterAll(async () => {
  await api?.close();
  await registry?.close();
});

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
});

async function openTopic(
  partitions = 1,
  settings: Readonly<Record<string, string>> = {},
): Promise<TestTopic> {
  const topic = await TestTopic.create(serverAddress("kafka").text, partitions, settings);
  opened.push(topic);
  return topic;
}

async function startConsumer(
  topic: TestTopic,
  { kafka = {}, env = {} }: { kafka?: Record<string, string>; env?: Record<string, string> } = {},
): Promise<ConsumerProcess> {
  const consumer = await ConsumerProcess.start({
    ...registry.environment(),
    ...topic.environment(kafka),
    ...env,
  });
  opened.push({ close: () => consumer.process.kill() });
  return consumer;
}

/** Repeats a call until the api-server has heard of an entity, too. */
async function whenKnown(call: () => Promise<unknown>): Promise<void> {
  const isKnown = async (): Promise<boolean> => {
    try {
      await call();
      return true;
    } catch (error) {
      if (error instanceof OfsClientError && error.code === "NOT_FOUND") return false;
      throw error;
    }
  };
  await waitUntil(isKnown, { what: "the entity in the api-server" });
}

describe("a message", () => {
  it("is read at once by who has the older value in process and distributed cache", async () => {
    const topic = await openTopic();
    const consumer = await startConsumer(topic);
    for (const value of [1, 2, 3]) {
      const before = value - 1;
      expect(await api.read(CACHED, ["k"])).toEqual({ k: before });
      expect(await api.read(CACHED, ["k"])).toEqual({ k: before });
      await topic.produce([numbers(CACHED, { k: value })]);
      await consumer.whenDone();
      expect(await api.read(CACHED, ["k"])).toEqual({ k: value });
    }
  });

  it("may hold rows of Redis and, with others, of Cassandra", async () => {
    const topic = await openTopic(3);
    const consumer = await startConsumer(topic, { kafka: { LISTENER_CONCURRENCY: "2" } });
    for (const partition of [0, 1, 2]) {
      const values = { [`a${partition}`]: 10 + partition, [`b${partition}`]: 20 + partition };
      await topic.produce([numbers(REDIS, values), numbers(PLAIN, values)], { partition });
    }
    await consumer.whenDone();
    const expected = { a0: 10, b0: 20, a1: 11, b1: 21, a2: 12, b2: 22 };
    expect(await api.read(REDIS, Object.keys(expected))).toEqual(expected);
    expect(await api.read(PLAIN, Object.keys(expected))).toEqual(expected);
    expect(await topic.letters()).toEqual([]);
  });

  it("of 10 MB is stored", async () => {
    const topic = await openTopic(1, { "max.message.bytes": "12000000" });
    const consumer = await startConsumer(topic);
    const text = "x".repeat(50_000);
    const rows = Object.fromEntries(
      Array.from({ length: 205 }, (_, i) => [`big${i}`, `${i}${text}`]),
    );
    const message = texts(TEXT, rows);
    expect(message.length).toBeGreaterThan(10_000_000);
    await topic.produce([message]);
    await consumer.whenDone();
    const { big0, big204 } = rows;
    expect(await api.read(TEXT, ["big0", "big204"])).toEqual({ big0, big204 });
  });
});

describe("poison", () => {
  it("becomes dead letters wherever it stands, and nothing else is held up", async () => {
    const cases = {
      head: [POISON, 1, 2],
      middle: [1, POISON, 2],
      tail: [1, 2, POISON],
      alone: [POISON, undefined, Buffer.alloc(0)],
    } as const;
    const topics = await Promise.all(Object.keys(cases).map(() => openTopic()));
    const [first] = topics as [TestTopic];
    const kafka = { TOPIC: topics.map(({ name }) => name).join(",") };
    const consumer = await startConsumer(first, { kafka });
    const run = randomUUID();
    for (const [index, [name, messages]] of Object.entries(cases).entries()) {
      const key = `${run}-${name}`;
      await topics[index]?.produce(
        messages.map((one) => (typeof one === "number" ? numbers(PLAIN, { [key]: one }) : one)),
      );
    }
    await consumer.whenDone();
    const letters = await Promise.all(topics.map((topic) => topic.letters()));
    const offsets = letters.map((all) => all.map((one) => headerText(one, "dlq-offset")).sort());
    expect(offsets).toEqual([["0"], ["1"], ["2"], ["0", "1", "2"]]);
    for (const letter of letters.flat()) {
      // A message without bytes is a message, of the entity without a name.
      const code = letter.value?.length === 0 ? "NOT_FOUND" : "INVALID_ARGUMENT";
      expect(headerText(letter, "dlq-code")).toBe(code);
    }
    const names = Object.keys(cases).map((name) => `${run}-${name}`);
    expect(Object.values(await api.read(PLAIN, names))).toEqual([2, 2, 2, 0]);
    await consumer.whenReady(200, /"isHealthy":true/);
  });
});

describe("an entity that the registry does not have", () => {
  it("is waited for, and what came meanwhile is stored when it is there", async () => {
    const topic = await openTopic();
    const consumer = await startConsumer(topic);
    const late = `late_${randomUUID().replaceAll("-", "")}`;
    await topic.produce([numbers(late, { k: 5 }), numbers(PLAIN, { [late]: 6 })]);
    await consumer.whenReady(200, /"waitingRecords":1/);
    expect(await consumer.lag()).toBe(2);
    await registry.add(late, { store: "scylla" });
    await consumer.whenDone();
    await whenKnown(() => api.read(late, ["k"]));
    expect(await api.read(late, ["k"])).toEqual({ k: 5 });
    expect(await api.read(PLAIN, [late])).toEqual({ [late]: 6 });
    expect(await topic.letters()).toEqual([]);
  });

  it("becomes dead letters in the end, whose replay stores them and beats nothing newer", async () => {
    const topic = await openTopic();
    const consumer = await startConsumer(topic, { env: { CONSUMER_REGISTRY_WAIT_MS: "500" } });
    const late = `never_${randomUUID().replaceAll("-", "")}`;
    await topic.produce([numbers(late, { old: 1, newer: 1 })]);
    await consumer.whenDone();
    expect(await topic.letters()).toHaveLength(1);

    await registry.add(late, { store: "scylla" });
    await whenKnown(() => api.write(late, "newer", 2));
    const path = `/dlq/${topic.name}/replay`;
    const { status, body } = await consumer.post(path, JSON.stringify({ entity: late }));
    expect([status, body.replayedCount]).toEqual([200, 1]);
    await consumer.whenDone();
    expect(await api.read(late, ["old", "newer"])).toEqual({ old: 1, newer: 2 });
    expect(await topic.letters()).toHaveLength(1);
  });
});

describe("a store that refuses", () => {
  it("halts the partition, which /ready says, and nothing is lost when it is mended", async () => {
    const topic = await openTopic(2);
    const consumer = await startConsumer(topic, { env: { CONSUMER_HALT_RETRY_MS: "1000" } });
    const entity = `refused_${randomUUID().replaceAll("-", "")}`;
    await registry.add(entity, { store: "missing" });
    await topic.produce([numbers(entity, { k: 3 })], { partition: 0 });
    await topic.produce([numbers(PLAIN, { [entity]: 4 })], { partition: 1 });
    await consumer.whenReady(503, /is halted at offset 0/);
    const { body } = await consumer.call("/lag");
    expect(body.topics[0].partitions[0]).toMatchObject({ lag: 1, paused: "halted" });
    expect(await api.read(PLAIN, [entity])).toEqual({ [entity]: 4 });

    await registry.prepareTable(entity);
    await consumer.whenDone();
    await consumer.whenReady(200, /./);
    expect(await api.read(entity, ["k"])).toEqual({ k: 3 });
    expect(await topic.letters()).toEqual([]);
  });
});

describe("the write time", () => {
  it("lets a whole topic be read again over newer data", async () => {
    const topic = await openTopic();
    const first = await startConsumer(topic);
    const keys = Array.from({ length: 20 }, (_, index) => `again${index}`);
    await topic.produce(keys.map((key) => numbers(PLAIN, { [key]: 1 })));
    await first.whenDone();
    await Promise.all(keys.slice(0, 10).map((key) => api.write(PLAIN, key, 2)));
    expect(await first.stop()).toBe(0);

    const second = await startConsumer(topic, { kafka: { GROUP_ID: `again-${topic.name}` } });
    await second.whenDone();
    const expected = Object.fromEntries(keys.map((key, index) => [key, index < 10 ? 2 : 1]));
    expect(await api.read(PLAIN, keys)).toEqual(expected);
  });

  it("decides between writes of the API and messages, whatever comes first", async () => {
    const topic = await openTopic();
    const consumer = await startConsumer(topic);
    const key = randomUUID();
    for (let value = 1; value <= 20; value++) {
      if (value % 3 === 0) await api.write(PLAIN, key, value);
      else await topic.produce([numbers(PLAIN, { [key]: value })]);
    }
    await consumer.whenDone();
    expect(await api.read(PLAIN, [key])).toEqual({ [key]: 20 });
  });

  it("of the header counts in place of the record's", async () => {
    const topic = await openTopic();
    const consumer = await startConsumer(topic);
    const key = randomUUID();
    await topic.produce([numbers(PLAIN, { [key]: 1 })]);
    const headers = [["write-time", Buffer.from(String(Date.now() - 60_000))]] as const;
    await topic.produce([numbers(PLAIN, { [key]: 2 })], { headers });
    await consumer.whenDone();
    expect(await api.read(PLAIN, [key])).toEqual({ [key]: 1 });
  });
});
