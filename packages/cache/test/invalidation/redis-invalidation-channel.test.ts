import { createLogger } from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { encodeKeys } from "../../src/invalidation/message.ts";
import { RedisInvalidationChannel } from "../../src/invalidation/redis-invalidation-channel.ts";
import type { InvalidationListener } from "../../src/ports.ts";
import { FakeRedis, type FakeSubscription } from "../fake-redis.ts";

const CHANNEL = "ofs:invalidate:test";
const log = createLogger({ service: "test", level: "DISABLED" });

class Process implements InvalidationListener {
  readonly channel: RedisInvalidationChannel;
  readonly heard: (string | "everything")[] = [];
  readonly #redis: FakeRedis;
  readonly #index: number;

  constructor(redis: FakeRedis) {
    this.#redis = redis;
    const publishTimeoutMs = 100;
    this.channel = new RedisInvalidationChannel({
      connection: redis,
      channel: CHANNEL,
      publishTimeoutMs,
      log,
    });
    this.#index = redis.subscribers.get(CHANNEL)?.length ?? 0;
    this.channel.subscribe(this);
  }

  get subscription(): FakeSubscription {
    return this.#redis.subscribers.get(CHANNEL)?.[this.#index] as FakeSubscription;
  }

  invalidate(keys: readonly string[]): void {
    this.heard.push(...keys);
  }

  invalidateAll(): void {
    this.heard.push("everything");
  }

  /** What it has heard since the last call. */
  take(): string[] {
    return this.heard.splice(0);
  }
}

let redis: FakeRedis;
let writer: Process;
let reader: Process;

const beats = (count: number) => vi.advanceTimersByTimeAsync(1000 * count);

beforeEach(() => {
  vi.useFakeTimers();
  redis = new FakeRedis();
  writer = new Process(redis);
  reader = new Process(redis);
  for (const { heard } of [writer, reader]) expect(heard.splice(0)).toEqual(["everything"]);
});

afterEach(async () => {
  await writer.channel.close();
  await reader.channel.close();
  vi.useRealTimers();
});

describe("RedisInvalidationChannel", () => {
  test("others hear the keys, the writer does not", async () => {
    await writer.channel.publish(["user:1", "user:2"]);
    expect(reader.take()).toEqual(["user:1", "user:2"]);
    expect(writer.take()).toEqual([]);
    expect(reader.channel.stats()).toMatchObject({ malformedCount: 0 });
    expect(writer.channel.stats()).toMatchObject({ failedCount: 0 });
  });

  test("calm: heartbeats drop nothing, and the channel is up", async () => {
    await writer.channel.publish(["user:1"]);
    reader.take();
    await beats(100);
    expect([...reader.take(), ...writer.take()]).toEqual([]);
    expect([writer.channel.stats().isUp, reader.channel.stats().isUp]).toEqual([true, true]);
    expect(writer.subscription.reconnectCount).toBe(0);
  });

  test("a lost subscription is down until it stands again, and then everything is dropped", async () => {
    reader.subscription.lose();
    expect(reader.channel.stats().isUp).toBe(false);
    await writer.channel.publish(["user:1"]);
    expect(reader.take()).toEqual([]);
    reader.subscription.restore();
    expect(reader.channel.stats().isUp).toBe(false);
    await beats(0);
    expect(reader.channel.stats().isUp).toBe(true);
    expect(reader.take()).toEqual(["everything"]);
    expect(reader.channel.stats().gapCounts).toEqual({ subscribed: 2, missed: 0, unknown: 0 });
  });

  test("a message that gets lost is noticed by the next heartbeat", async () => {
    await beats(1);
    reader.subscription.isDeaf = true;
    await writer.channel.publish(["user:1"]);
    reader.subscription.isDeaf = false;
    expect(reader.take()).toEqual([]);
    await beats(1);
    expect(reader.take()).toEqual(["everything"]);
    await beats(5);
    expect(reader.take()).toEqual([]);
  });

  test("a publish that fails tells the writer, and the others as soon as they hear of it", async () => {
    await beats(1);
    redis.failingKeys.add(CHANNEL);
    await expect(writer.channel.publish(["user:1"])).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(writer.channel.stats()).toMatchObject({ failedCount: 1 });
    redis.failingKeys.delete(CHANNEL);
    expect(reader.take()).toEqual([]);
    await beats(1);
    expect(reader.take()).toEqual(["everything"]);
    await writer.channel.publish(["user:2"]);
    expect(reader.take()).toEqual(["user:2"]);
  });

  test("a connection that is open and silent is made anew", async () => {
    await beats(3);
    reader.subscription.isDeaf = true;
    await beats(3);
    expect(reader.subscription.reconnectCount).toBe(0);
    await beats(2);
    expect(reader.subscription.reconnectCount).toBe(1);
    expect(reader.channel.stats().isUp).toBe(false);
    expect(writer.subscription.reconnectCount).toBe(0);
  });

  test("while Redis takes no heartbeat the subscription is left alone, but the channel is down", async () => {
    redis.failingKeys.add(CHANNEL);
    await beats(20);
    expect(reader.subscription.reconnectCount).toBe(0);
    expect(reader.channel.stats().isUp).toBe(false);
    redis.failingKeys.delete(CHANNEL);
    await beats(1);
    expect(reader.channel.stats().isUp).toBe(true);
    expect(reader.take()).toEqual([]);
  });

  test("a process that starts later drops nothing at the others", async () => {
    await beats(2);
    const late = new Process(redis);
    await beats(2);
    await late.channel.publish(["user:9"]);
    expect(reader.take()).toEqual(["user:9"]);
    await late.channel.close();
  });

  test("a process that comes back after being cut off by a failing Redis is not trusted", async () => {
    await writer.channel.publish(["user:1"]);
    const late = new Process(redis);
    late.take();
    await beats(1);
    // It cannot know whether the writer's first message came before or after its subscription.
    expect(late.take()).toEqual(["everything"]);
    expect(late.channel.stats().gapCounts).toEqual({ subscribed: 1, missed: 0, unknown: 1 });
    await late.channel.close();
  });

  test("malformed messages are counted and change nothing", async () => {
    await beats(0);
    const { receivedCount } = reader.channel.stats();
    for (const bytes of [Buffer.alloc(0), Buffer.from("hello"), Buffer.alloc(100, 1)]) {
      reader.subscription.deliver(bytes);
    }
    expect(reader.channel.stats()).toMatchObject({
      receivedCount: receivedCount + 3,
      malformedCount: 3,
    });
    expect(reader.take()).toEqual([]);
    expect(reader.channel.stats().isUp).toBe(true);
  });

  test("too many messages in flight fail at once, and are noticed like any other loss", async () => {
    await beats(1);
    let open = () => {};
    redis.gate = new Promise((resolve) => {
      open = resolve;
    });
    const waiting = Array.from({ length: 5000 }, (_, i) => writer.channel.publish([`k${i}`]));
    await expect(writer.channel.publish(["lost"])).rejects.toThrow("5000 messages wait");
    open();
    await Promise.all(waiting);
    expect(reader.take()).toHaveLength(5000);
    await beats(1);
    expect(reader.take()).toEqual(["everything"]);
  });

  test("a stranger's keys are taken, whatever its number: it may be a process before its first heartbeat", () => {
    const [message] = encodeKeys(Buffer.alloc(8, 7), ["user:5"], () => 1);
    reader.subscription.deliver(message as Buffer);
    expect(reader.take()).toEqual(["user:5"]);
  });
});
