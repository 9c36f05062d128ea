import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import {
  type PrivateServer,
  serverAddress,
  startRedis,
  startTcpProxy,
  type TcpProxy,
  waitUntil,
} from "@ofs/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { numbers } from "./pipeline/messages.ts";
import { TestRegistry } from "./pipeline/registry.ts";
import { ConsumerProcess } from "./pipeline/services.ts";
import { TestTopic } from "./pipeline/topic.ts";

/**
 * A consumer whose store takes a tenth of what it could: the backlog stays in the log, and not in memory. With
 * OFS_SLOW_STORE=long the records of 30 minutes at 200 a second wait, and the store is slow for five minutes.
 */
const { OFS_SLOW_STORE } = process.env;
const IS_LONG = OFS_SLOW_STORE === "long";
const MESSAGES = IS_LONG ? 360_000 : 120_000;
const SLOW_MS = IS_LONG ? 300_000 : 25_000;
const DRAIN_TIMEOUT_MS = IS_LONG ? 300_000 : 120_000;
const TEST_TIMEOUT_MS = SLOW_MS + DRAIN_TIMEOUT_MS + 180_000;
const WARM_UP_MESSAGES = 20_000;
const PARTITIONS = 4;
const PRODUCE_BATCH = 2_000;
const SAMPLE_MS = 250;
/** Of its own throughput, in bytes to the store. */
const SLOW_SHARE = 0.1;
/** Less if need be, so that a fast machine does not end the backlog: two fifths of it in rows of 200 bytes. */
const SLOW_BYTES_PER_SECOND_MAX = (MESSAGES * 0.4 * 200) / (SLOW_MS / 1000);

const MIB = 1024 * 1024;
const LIMIT_BYTES = 16 * MIB;
const PARTITION_RECORDS = 6_000;
const FETCH_BYTES = MIB / 4;
/** A message in the log, at least, and in hand when it is prepared, at most. */
const MESSAGE_BYTES = 60;
const PREPARED_BYTES = 700;
const FETCH_RECORDS = FETCH_BYTES / MESSAGE_BYTES;
/** Bounds may be exceeded by a fetch of each partition. */
const BOUND_RECORDS = PARTITIONS * (PARTITION_RECORDS + FETCH_RECORDS);
const BOUND_BYTES = LIMIT_BYTES + PARTITIONS * FETCH_RECORDS * PREPARED_BYTES;
/** A record in Redis, and its write times. */
const KEYS_PER_ROW = 2;
/** More than collections of garbage scatter; a short run sees the heap grow to its working size. */
const RSS_TOLERANCE_MIB = IS_LONG ? 80 : 160;

const ENTITY = "slow";

let registry: TestRegistry;
let redis: PrivateServer;
let proxy: TcpProxy;
let topic: TestTopic;
let consumer: ConsumerProcess;

beforeAll(async () => {
  registry = await TestRegistry.open(`slow_${randomUUID().replaceAll("-", "")}`);
  await registry.add(ENTITY, { store: "redis" });
  redis = await startRedis();
  proxy = await startTcpProxy({ target: redis.address });
  topic = await TestTopic.create(serverAddress("kafka").text, PARTITIONS);
  for (let from = 0; from < MESSAGES; from += PRODUCE_BATCH) {
    const records = Array.from({ length: PRODUCE_BATCH }, (_, i) => ({
      topic: topic.name,
      partition: i % PARTITIONS,
      key: undefined,
      value: numbers(ENTITY, { [`key-${from + i}`]: from + i }),
      headers: [],
    }));
    await topic.produceRecords(records);
  }
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  await consumer?.process.kill();
  await topic?.close();
  await proxy?.close();
  await redis?.close();
  await registry?.close();
});

interface Sample {
  readonly inFlightBytes: number;
  readonly inFlightRecords: number;
  readonly pausedPartitions: number;
  readonly storedRows: number;
  readonly rssMib: number;
}

async function sample(): Promise<Sample> {
  const text = await (await fetch(`${consumer.origin}/metrics`)).text();
  const figure = (name: string): number => {
    const lines = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))];
    return lines.reduce((sum, [, value]) => sum + Number(value), 0);
  };
  const status = readFileSync(`/proc/${consumer.process.pid}/status`, "utf8");
  return {
    inFlightBytes: figure("ofs_ingest_in_flight_bytes"),
    inFlightRecords: figure("ofs_ingest_in_flight_records"),
    pausedPartitions: figure("ofs_ingest_paused_partitions"),
    storedRows: figure("ofs_ingest_rows_total"),
    rssMib: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024,
  };
}

async function sampleFor(durationMs: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  const end = performance.now() + durationMs;
  while (performance.now() < end) {
    samples.push(await sample());
    await delay(SAMPLE_MS);
  }
  return samples;
}

/** Medians of RSS over the fifths of the time. */
function rssOfFifths(samples: readonly Sample[]): number[] {
  const size = samples.length / 5;
  return [0, 1, 2, 3, 4].map((fifth) => {
    const part = samples.slice(Math.floor(fifth * size), Math.floor((fifth + 1) * size));
    const sorted = part.map(({ rssMib }) => rssMib).toSorted((a, b) => a - b);
    return Math.round(sorted[sorted.length >>> 1] ?? Number.NaN);
  });
}

/** Lets the consumer run freely for a while. @returns bytes a second that went to the store */
async function measureNormalPace(): Promise<number> {
  const reach = (rows: number): Promise<boolean> =>
    waitUntil(async () => (await sample()).storedRows >= rows, {
      what: `${rows} rows`,
      timeoutMs: DRAIN_TIMEOUT_MS,
    });
  await reach(1);
  const startMs = performance.now();
  const startBytes = proxy.counters.bytesToTarget;
  await reach(WARM_UP_MESSAGES);
  const seconds = (performance.now() - startMs) / 1000;
  return (proxy.counters.bytesToTarget - startBytes) / seconds;
}

/** How many keys Redis has. */
async function countKeys(): Promise<number> {
  const socket = connect(redis.address.port, redis.address.host);
  try {
    socket.write("DBSIZE\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    return Number(answer.toString().slice(1));
  } finally {
    socket.destroy();
  }
}

function report(samples: readonly Sample[], bytesPerSecond: number): string {
  const most = (of: (one: Sample) => number): number => Math.max(...samples.map(of));
  const stored = (samples.at(-1)?.storedRows ?? 0) - (samples[0]?.storedRows ?? 0);
  return (
    `store at ${Math.round(bytesPerSecond)} bytes/s: ${stored} of ${MESSAGES} rows stored in ${SLOW_MS / 1000} s; in hand at most ` +
    `${most(({ inFlightRecords }) => inFlightRecords)} records, ${most(({ inFlightBytes }) => inFlightBytes)} bytes; ` +
    `RSS, medians of fifths: ${rssOfFifths(samples).join(" ")} MiB`
  );
}

it(
  "keeps its memory while its store is slow, and stores everything when it no longer is",
  async () => {
    consumer = await ConsumerProcess.start({
      ...registry.environment(),
      ...topic.environment({ FETCH_MAX_BYTES: String(FETCH_BYTES) }),
      STORAGE_REDIS_STANDALONE_4_ADDR: proxy.text,
      CONSUMER_MAX_IN_FLIGHT_BYTES: String(LIMIT_BYTES),
      CONSUMER_MAX_PARTITION_BYTES: String(LIMIT_BYTES / PARTITIONS),
      CONSUMER_MAX_PARTITION_RECORDS: String(PARTITION_RECORDS),
    });
    const tenth = (await measureNormalPace()) * SLOW_SHARE;
    const slowBytesPerSecond = Math.ceil(Math.min(tenth, SLOW_BYTES_PER_SECOND_MAX));
    await proxy.inject({ kind: "bandwidth", bytesPerSecond: slowBytesPerSecond }, "toTarget");
    const samples = await sampleFor(SLOW_MS);
    const figures = report(samples, slowBytesPerSecond);
    if (IS_LONG) process.stdout.write(`${figures}\n`);

    const { body } = await consumer.call("/lag");
    expect(JSON.stringify(body.topics)).toMatch(/"paused":"bounds"/);
    const paused = samples.filter(({ pausedPartitions }) => pausedPartitions > 0);
    expect(paused.length, figures).toBeGreaterThan(samples.length / 2);
    expect(samples.at(-1)?.storedRows, figures).toBeGreaterThan(samples[0]?.storedRows ?? 0);
    expect(await consumer.lag(), figures).toBeGreaterThan(MESSAGES / 4);
    for (const { inFlightBytes, inFlightRecords } of samples) {
      expect(inFlightBytes, figures).toBeLessThan(BOUND_BYTES);
      expect(inFlightRecords, figures).toBeLessThan(BOUND_RECORDS);
    }
    const [first = 0, second = 0, ...later] = rssOfFifths(samples);
    const early = Math.max(first, second);
    expect(Math.max(...later), figures).toBeLessThan(early + RSS_TOLERANCE_MIB);

    await proxy.heal();
    await waitUntil(async () => (await consumer.lag()) === 0, {
      what: "the backlog to be stored and committed",
      timeoutMs: DRAIN_TIMEOUT_MS,
    });
    expect(await countKeys()).toBe(MESSAGES * KEYS_PER_ROW);
    expect(await topic.letters()).toEqual([]);
    await consumer.whenReady(200, /"isHealthy":true/);
  },
  TEST_TIMEOUT_MS,
);
