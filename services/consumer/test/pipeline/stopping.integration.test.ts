import { randomUUID } from "node:crypto";
import { serverAddress, startTcpProxy, waitUntil } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { numbers } from "./messages.ts";
import { TestRegistry } from "./registry.ts";
import { ApiProcess, ConsumerProcess } from "./services.ts";
import { TestTopic } from "./topic.ts";

/** A consumer that is stopped or killed while it works. */
const ENTITY = "stopped";
const PARTITIONS = 4;
const MESSAGES = 2_000;
/** That come once the consumer is stopped. */
const MORE_MESSAGES = 40;
const ROWS = 5;
/** A member that was killed is missed for a session; a busy machine is given its time. */
const KILL_TIMEOUT_MS = 120_000;

let registry: TestRegistry;
let api: ApiProcess;
let topic: TestTopic;
const consumers: ConsumerProcess[] = [];

beforeAll(async () => {
  registry = await TestRegistry.open(`stopping_${randomUUID().replaceAll("-", "")}`);
  await registry.add(ENTITY, { store: "scylla" });
  api = await ApiProcess.start(registry.environment());
});

afterAll(async () => {
  await api?.close();
  await registry?.close();
});

afterEach(async () => {
  for (const consumer of consumers.splice(0)) await consumer.process.kill();
  await topic?.close();
});

async function start(env: Record<string, string> = {}): Promise<ConsumerProcess> {
  const consumer = await ConsumerProcess.start({
    ...registry.environment(),
    ...topic.environment(),
    // Small batches: there is something under way whenever it is stopped.
    KAFKA_CONSUMERS_FEATURE_CONSUMER_BATCH_SIZE: "10",
    KAFKA_CONSUMERS_FEATURE_CONSUMER_MAX_WORKERS: "4",
    ...env,
  });
  consumers.push(consumer);
  return consumer;
}

/** Names of the rows of one message. */
function keysOf(partition: number, offset: number): string[] {
  return Array.from({ length: ROWS }, (_, row) => `${partition}-${offset}-${row}`);
}

async function fillTopic(): Promise<void> {
  topic = await TestTopic.create(serverAddress("kafka").text, PARTITIONS);
  await produce(0, MESSAGES);
}

/** As many messages in each partition. @param from messages that are there already */
async function produce(from: number, count: number): Promise<void> {
  const first = from / PARTITIONS;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const messages = Array.from({ length: count / PARTITIONS }, (_, index) => {
      const keys = keysOf(partition, first + index);
      return numbers(ENTITY, Object.fromEntries(keys.map((key) => [key, first + index + 1])));
    });
    await topic.produce(messages, { partition });
  }
}

/** How many messages below the group's commits, or of the whole topic, are not stored. */
async function countMissing(all: boolean, messages = MESSAGES): Promise<number> {
  const committed = await topic.admin.committed(`group-${topic.name}`, topic.name);
  let missing = 0;
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const end = all ? messages / PARTITIONS : (committed.get(partition)?.offset ?? 0);
    const keys = Array.from({ length: end }, (_, offset) => keysOf(partition, offset)).flat();
    for (let from = 0; from < keys.length; from += 1_000) {
      const values = await api.read(ENTITY, keys.slice(from, from + 1_000));
      missing += Object.values(values).filter((value) => value === 0).length;
    }
  }
  return missing;
}

async function committedCount(): Promise<number> {
  const committed = await topic.admin.committed(`group-${topic.name}`, topic.name);
  return [...committed.values()].reduce((sum, { offset }) => sum + offset, 0);
}

async function whenUnderWay(): Promise<void> {
  await waitUntil(async () => (await committedCount()) > 0, { what: "a first commit" });
}

it("ends with 0 on SIGTERM, everything that it began stored and committed, and another goes on", async () => {
  await fillTopic();
  // Far from its store, so that it is at work when it is stopped, however fast the machine.
  const far = await startTcpProxy({ target: serverAddress("cassandra") });
  await far.inject({ kind: "delay", ms: 30 }, "toClient");
  try {
    const first = await start({
      STORAGE_SCYLLA_1_PORT: String(far.port),
      KAFKA_CONSUMERS_FEATURE_CONSUMER_AUTO_COMMIT_INTERVAL_MS: "50",
    });
    await whenUnderWay();
    expect(await committedCount()).toBeLessThan(MESSAGES);
    expect(await first.stop()).toBe(0);
  } finally {
    await far.close();
  }
  const committed = await committedCount();
  expect(committed).toBeGreaterThan(0);
  expect(await countMissing(false)).toBe(0);

  // All may have been in its hands. What comes later was not.
  await produce(MESSAGES, MORE_MESSAGES);
  const second = await start();
  await second.whenDone();
  const total = MESSAGES + MORE_MESSAGES;
  expect(await countMissing(true, total)).toBe(0);
  const metrics = await (await fetchMetrics(second)).text();
  // Nothing was read twice: what the first had in hand it finished and committed.
  expect(metrics).toMatch(new RegExp(`ofs_ingest_records_total\\{.*\\} ${total - committed}\\n`));
});

it(
  "loses nothing when it is killed",
  async () => {
    await fillTopic();
    for (let round = 0; round < 2; round++) {
      const consumer = await start({ KAFKA_CONSUMERS_FEATURE_CONSUMER_SESSION_TIMEOUT_MS: "6000" });
      const before = await committedCount();
      await waitUntil(async () => (await committedCount()) > before, { what: "another commit" });
      await consumer.process.kill();
      expect(await countMissing(false)).toBe(0);
    }
    const last = await start();
    await last.whenDone();
    expect(await countMissing(true)).toBe(0);
  },
  KILL_TIMEOUT_MS,
);

it("is not held up by what is halted, and says that it is left", async () => {
  topic = await TestTopic.create(serverAddress("kafka").text, 1);
  const consumer = await start();
  const entity = `unstorable_${randomUUID().replaceAll("-", "")}`;
  await registry.add(entity, { store: "missing" });
  await topic.produce([numbers(entity, { k: 1 })]);
  await consumer.whenReady(503, /is halted/);
  expect(await consumer.stop()).toBe(0);
  expect(consumer.process.output).toMatch(/"unfinished":1/);
});

it("ends with 1 when the time is up, and says what is left", async () => {
  topic = await TestTopic.create(serverAddress("kafka").text, 1);
  const proxy = await startTcpProxy({ target: serverAddress("cassandra") });
  try {
    const port = String(proxy.port);
    const consumer = await start({ SHUTDOWN_GRACE_MS: "1000", STORAGE_SCYLLA_1_PORT: port });
    await proxy.inject({ kind: "stall" });
    await topic.produce([numbers(ENTITY, { stalled: 1 })]);
    await consumer.whenReady(200, /"inFlightRecords":1/);
    expect(await consumer.stop()).toBe(1);
    expect(consumer.process.output).toMatch(/after 1000 ms 1 records are unfinished/);
    expect(await committedCount()).toBe(0);
  } finally {
    await proxy.close();
  }
});

function fetchMetrics(consumer: ConsumerProcess): Promise<Response> {
  return fetch(`${consumer.origin}/metrics`);
}
