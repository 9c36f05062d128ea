import { setTimeout as delay } from "node:timers/promises";
import {
  type PrivateKafka,
  type PrivateServer,
  seededRandom,
  startCassandra,
  startPrivateKafka,
  waitUntil,
} from "@ofs/testkit";
import { TestRegistry } from "../pipeline/registry.ts";
import { ApiProcess, ConsumerProcess } from "../pipeline/services.ts";
import { TestTopic } from "../pipeline/topic.ts";
import { type CrashEvent, type EventCounts, planEvents, type TimedEvent } from "./events.ts";
import { type PlannedRecords, planRecords } from "./records.ts";

const ENTITY = "crash";
const PARTITIONS = 12;
const CONSUMERS = 3;
/** Records of one produce. */
const CHUNK = 500;
const PRODUCE_RETRY_MS = 500;
const DRAIN_TIMEOUT_MS = 240_000;
const READ_KEYS = 1_000;

export interface CrashPlan extends EventCounts {
  readonly seed: number;
  readonly recordCount: number;
  readonly keyCount: number;
}

/** What happened; figures of one run on one machine. */
export interface CrashReport {
  readonly events: readonly string[];
  readonly recordCount: number;
  readonly keyCount: number;
  readonly seconds: number;
  /** From the last event or record, whichever came later, until everything was committed. */
  readonly drainSeconds: number;
  /** Keys whose stored value is not that of their newest record. */
  readonly wrongKeys: readonly string[];
  /** Partitions that are not committed to their end. */
  readonly openPartitions: readonly number[];
  readonly letterCount: number;
  /** Exit codes of the consumers that were asked to stop. */
  readonly exitCodes: readonly (number | null)[];
}

/** A Kafka, a Cassandra and some consumers that things happen to while records are produced. */
export class CrashRun {
  readonly #plan: CrashPlan;
  readonly #kafka: PrivateKafka;
  readonly #cassandra: PrivateServer;
  readonly #registry: TestRegistry;
  readonly #topic: TestTopic;
  readonly #consumers: ConsumerProcess[] = [];
  readonly #exitCodes: (number | null)[] = [];
  readonly #done: string[] = [];

  private constructor(
    plan: CrashPlan,
    kafka: PrivateKafka,
    cassandra: PrivateServer,
    registry: TestRegistry,
    topic: TestTopic,
  ) {
    this.#plan = plan;
    this.#kafka = kafka;
    this.#cassandra = cassandra;
    this.#registry = registry;
    this.#topic = topic;
  }

  static async start(plan: CrashPlan): Promise<CrashRun> {
    const [kafka, cassandra] = await Promise.all([startPrivateKafka(), startCassandra()]);
    const registry = await TestRegistry.open(`crash_${plan.seed}_${Date.now()}`, cassandra.address);
    await registry.add(ENTITY, { store: "scylla" });
    const topic = await TestTopic.create(kafka.address.text, PARTITIONS);
    const run = new CrashRun(plan, kafka, cassandra, registry, topic);
    for (let i = 0; i < CONSUMERS; i++) run.#consumers.push(await run.#startConsumer());
    return run;
  }

  async run(): Promise<CrashReport> {
    const { seed, recordCount, keyCount } = this.#plan;
    const planned = planRecords({
      seed,
      entity: ENTITY,
      topic: this.#topic.name,
      recordCount,
      keyCount,
      partitionCount: PARTITIONS,
    });
    const events = planEvents(seed + 1, this.#plan, CONSUMERS);
    const startedAt = performance.now();
    // Records come as long as things happen.
    const durationMs = events.reduce((sum, { pauseMs }) => sum + pauseMs, 0);
    await Promise.all([this.#produce(planned, durationMs), this.#carryOut(events)]);
    const drainAt = performance.now();
    await this.#whenCommitted();
    const endedAt = performance.now();
    return {
      events: this.#done,
      recordCount,
      keyCount: planned.newest.size,
      seconds: (endedAt - startedAt) / 1000,
      drainSeconds: (endedAt - drainAt) / 1000,
      wrongKeys: await this.#wrongKeys(planned),
      openPartitions: await this.#openPartitions(),
      letterCount: (await this.#topic.letters()).length,
      exitCodes: await this.#stopConsumers(),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#consumers.map(({ process }) => process.kill()));
    await this.#topic.close();
    await this.#registry.close();
    await Promise.all([this.#kafka.close(), this.#cassandra.close()]);
  }

  #startConsumer(): Promise<ConsumerProcess> {
    const env = { ...this.#registry.environment(), ...this.#topic.environment() };
    const group = {
      KAFKA_CONSUMERS_FEATURE_CONSUMER_AUTO_OFFSET_RESET: "earliest",
      KAFKA_CONSUMERS_FEATURE_CONSUMER_AUTO_COMMIT_INTERVAL_MS: "500",
    };
    return ConsumerProcess.start({ ...env, ...group }, false);
  }

  async #produce({ records }: PlannedRecords, durationMs: number): Promise<void> {
    const startedAt = performance.now();
    for (let from = 0; from < records.length; from += CHUNK) {
      const chunk = records.slice(from, from + CHUNK);
      await this.#produceChunk(chunk);
      const dueMs = (durationMs * (from + chunk.length)) / records.length;
      await delay(Math.max(0, startedAt + dueMs - performance.now()));
    }
  }

  /** Until Kafka has it. What it may have had already comes twice, in the same order. */
  async #produceChunk(chunk: PlannedRecords["records"]): Promise<void> {
    const deadline = performance.now() + DRAIN_TIMEOUT_MS;
    for (;;) {
      try {
        return await this.#topic.produceRecords(chunk);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(PRODUCE_RETRY_MS);
      }
    }
  }

  async #carryOut(events: readonly TimedEvent[]): Promise<void> {
    for (const { pauseMs, event } of events) {
      await delay(pauseMs);
      this.#done.push(JSON.stringify(event));
      await this.#happen(event);
    }
  }

  async #happen(event: CrashEvent): Promise<void> {
    switch (event.kind) {
      case "kill consumer": {
        await this.#consumers[event.index]?.process.kill();
        this.#consumers[event.index] = await this.#startConsumer();
        return;
      }
      case "rebalance": {
        const further = await this.#startConsumer();
        await delay(event.forMs);
        this.#exitCodes.push(await further.stop());
        return;
      }
      case "restart kafka":
        return this.#restart(this.#kafka, event);
      case "restart cassandra":
        return this.#restart(this.#cassandra, event);
    }
  }

  async #restart(
    server: PrivateServer,
    { isKilled, afterMs }: { readonly isKilled: boolean; readonly afterMs: number },
  ): Promise<void> {
    await (isKilled ? server.kill() : server.stop());
    await delay(afterMs);
    await server.restart();
  }

  async #openPartitions(): Promise<number[]> {
    const { name, admin } = this.#topic;
    const committed = await admin.committed(`group-${name}`, name);
    const offsets = (await admin.offsets(name)) ?? [];
    if (offsets.length !== PARTITIONS) throw new Error(`${offsets.length} partitions`);
    return offsets
      .filter(({ endOffset, partition }) => (committed.get(partition)?.offset ?? 0) < endOffset)
      .map(({ partition }) => partition);
  }

  async #whenCommitted(): Promise<void> {
    let open: readonly number[] = [];
    const isCommitted = async (): Promise<boolean> => {
      open = await this.#openPartitions();
      return open.length === 0;
    };
    const options = { what: "all to be committed", timeoutMs: DRAIN_TIMEOUT_MS, intervalMs: 250 };
    try {
      await waitUntil(isCommitted, options);
    } catch (error) {
      const states = await Promise.all(this.#consumers.map((each) => each.describe()));
      throw new Error(`${String(error)}; open: ${open.join()};\n${states.join("\n")}`, {
        cause: error,
      });
    }
  }

  async #wrongKeys({ newest }: PlannedRecords): Promise<string[]> {
    const api = await ApiProcess.start(this.#registry.environment());
    try {
      const keys = [...newest.keys()];
      const wrong: string[] = [];
      for (let from = 0; from < keys.length; from += READ_KEYS) {
        const values = await api.read(ENTITY, keys.slice(from, from + READ_KEYS));
        for (const [key, value] of Object.entries(values)) {
          const expected = newest.get(key);
          if (value !== expected) wrong.push(`${key} is ${String(value)}, not ${expected}`);
        }
      }
      return wrong;
    } finally {
      await api.close();
    }
  }

  async #stopConsumers(): Promise<(number | null)[]> {
    const codes = await Promise.all(this.#consumers.map((consumer) => consumer.stop()));
    return [...this.#exitCodes, ...codes];
  }
}

/** @param text a number, or `random` for another one each time; 1 without it. @throws {Error} for anything else */
export function seedOf(text = "1"): number {
  if (text === "random") return seededRandom(Date.now()).integer(1, 1_000_000);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`OFS_CRASH_SEED must be a number or random, not ${text}`);
}
