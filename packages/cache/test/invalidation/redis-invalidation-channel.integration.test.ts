import { randomUUID } from "node:crypto";
import { type InvalidationListener, RedisInvalidationChannel } from "@ofs/cache";
import { createLogger } from "@ofs/platform";
import { connectRedis, type RedisConnection, type RedisOptions } from "@ofs/store";
import {
  SENTINEL_MASTER_NAME,
  serverAddress,
  serverAddresses,
  startRedisSentinels,
  startTcpProxy,
  type TcpProxy,
  waitUntil,
} from "@ofs/testkit";
import { afterEach, describe, expect, test } from "vitest";

const log = createLogger({ service: "test", level: "DISABLED" });

const texts = (name: "redis-cluster" | "redis-sentinels") =>
  serverAddresses(name).map(({ text }) => text);

const SERVERS: Readonly<Record<RedisOptions["kind"], () => RedisOptions>> = {
  standalone: () => ({ kind: "standalone", address: serverAddress("redis").text }),
  failover: () => ({
    kind: "failover",
    sentinelAddresses: texts("redis-sentinels"),
    masterName: SENTINEL_MASTER_NAME,
  }),
  cluster: () => ({ kind: "cluster", addresses: texts("redis-cluster") }),
};

/** A process that follows the channel. */
class Process implements InvalidationListener {
  readonly channel: RedisInvalidationChannel;
  readonly keys = new Set<string>();
  readonly #connection: RedisConnection;
  allCount = 0;

  constructor(options: RedisOptions, channel: string) {
    this.#connection = connectRedis({ readTimeoutMs: 500, ...options });
    this.channel = new RedisInvalidationChannel({
      connection: this.#connection,
      channel,
      publishTimeoutMs: 1000,
      log,
    });
    this.channel.subscribe(this);
  }

  async up(): Promise<this> {
    await this.#connection.ping();
    await waitUntil(() => this.channel.stats().isUp, { what: "the channel", timeoutMs: 20_000 });
    return this;
  }

  invalidate(keys: readonly string[]): void {
    for (const key of keys) this.keys.add(key);
  }

  invalidateAll(): void {
    this.allCount += 1;
  }

  async close(): Promise<void> {
    await this.channel.close();
    await this.#connection.close();
  }
}

const processes: Process[] = [];
const proxies: TcpProxy[] = [];

async function start(options: RedisOptions, channel: string): Promise<Process> {
  const process = new Process(options, channel);
  processes.push(process);
  return process.up();
}

/** As a key, or as all keys where it is the first that is heard of the writer. */
async function expectHeard(reader: Process, writer: Process, key: string): Promise<void> {
  const before = reader.allCount;
  await writer.channel.publish([key]);
  await waitUntil(() => reader.keys.has(key) || reader.allCount > before, { what: `${key}` });
}

afterEach(async () => {
  await Promise.all(processes.splice(0).map((process) => process.close()));
  await Promise.all(proxies.splice(0).map((proxy) => proxy.close()));
});

describe.each(Object.entries(SERVERS))("%s", (_kind, options) => {
  test("every key arrives at every other process, in order and without a gap", async () => {
    const name = `ofs:invalidate:${randomUUID()}`;
    const [a, b, c] = [
      await start(options(), name),
      await start(options(), name),
      await start(options(), name),
    ];
    const before = b.allCount + c.allCount;
    const keys = Array.from({ length: 3000 }, (_, i) => `user:${i}`);
    for (let from = 0; from < keys.length; from += 50) {
      await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          a.channel.publish(keys.slice(from + 5 * i, from + 5 * i + 5)),
        ),
      );
    }
    await a.channel.publish(keys.map((key) => `again-${key}`));
    for (const other of [b, c]) {
      await waitUntil(() => other.keys.has(`again-${keys.at(-1)}`), { what: "the last key" });
      expect(other.channel.stats()).toMatchObject({ gapCounts: { missed: 0 }, malformedCount: 0 });
    }
    // A connection may be lost at any time; then everything was dropped in place of some keys.
    if (b.allCount + c.allCount === before) {
      expect([b.keys.size, c.keys.size]).toEqual([2 * keys.length, 2 * keys.length]);
    }
    expect(a.keys.size).toBe(0);
  });
});

test("a cut connection: down, then up with everything dropped", async () => {
  const proxy = await startTcpProxy({ target: serverAddress("redis") });
  proxies.push(proxy);
  const name = `ofs:invalidate:${randomUUID()}`;
  const writer = await start({ kind: "standalone", address: serverAddress("redis").text }, name);
  const reader = await start({ kind: "standalone", address: proxy.text }, name);
  for (const fault of [{ kind: "refuse" }, { kind: "halfOpen" }] as const) {
    const before = reader.allCount;
    await proxy.inject(fault);
    await waitUntil(() => !reader.channel.stats().isUp, { what: "the channel to be down" });
    await writer.channel.publish([`lost-${fault.kind}`]);
    expect(reader.allCount).toBe(before);
    await proxy.heal();
    await waitUntil(() => reader.allCount > before && reader.channel.stats().isUp, {
      what: `the channel to be back after ${fault.kind}`,
      timeoutMs: 20_000,
    });
    expect(reader.keys.has(`lost-${fault.kind}`)).toBe(false);
    await expectHeard(reader, writer, `heard-${fault.kind}`);
  }
}, 60_000);

test("a silent server: publishing ends in time", async () => {
  const proxy = await startTcpProxy({ target: serverAddress("redis") });
  proxies.push(proxy);
  const writer = await start(
    { kind: "standalone", address: proxy.text },
    `ofs:invalidate:${randomUUID()}`,
  );
  await proxy.inject({ kind: "stall" });
  const startedMs = performance.now();
  await expect(writer.channel.publish(["k"])).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(performance.now() - startedMs).toBeLessThan(3000);
}, 30_000);

test("sentinels: the channel moves to the new master with everyone", async () => {
  const set = await startRedisSentinels();
  try {
    const options: RedisOptions = {
      kind: "failover",
      sentinelAddresses: set.addresses.map(({ text }) => text),
      masterName: SENTINEL_MASTER_NAME,
    };
    const name = `ofs:invalidate:${randomUUID()}`;
    const [a, b] = [await start(options, name), await start(options, name)];
    await set.master.kill();
    await waitUntil(() => !a.channel.stats().isUp && !b.channel.stats().isUp, {
      what: "the loss of the master",
    });
    const before = b.allCount;
    await waitUntil(() => b.allCount > before && a.channel.stats().isUp && b.channel.stats().isUp, {
      what: "the channel on the new master",
      timeoutMs: 40_000,
    });
    await expectHeard(b, a, "after");
  } finally {
    await set.close();
  }
}, 90_000);
