import { type InvalidationChannel, RedisInvalidationChannel } from "@ofs/cache";
import type { CheckResult, Logger } from "@ofs/platform";
import type { RedisConnection } from "@ofs/store";
import { Counter, Gauge, type Registry } from "prom-client";

export interface InvalidationOptions {
  readonly appName: string;
  /** Carries the channel between processes; undefined = there is none. */
  readonly connection: RedisConnection | undefined;
  readonly publishTimeoutMs: number;
  /** Others, which stay the caller's. */
  readonly channels: readonly InvalidationChannel[];
  readonly metrics: Registry;
  readonly log: Logger;
}

/** The ways to and from other processes that cache what this one writes. */
export class Invalidation {
  readonly channels: readonly InvalidationChannel[];
  readonly #redis: RedisInvalidationChannel | undefined;
  readonly #log: Logger;

  constructor(options: InvalidationOptions) {
    const { appName, connection, publishTimeoutMs, channels, metrics, log } = options;
    this.#log = log;
    if (connection !== undefined) {
      const channel = `ofs:invalidate:${appName}`;
      this.#redis = new RedisInvalidationChannel({ connection, channel, publishTimeoutMs, log });
      registerMetrics(metrics, this.#redis);
    }
    this.channels = this.#redis === undefined ? channels : [this.#redis, ...channels];
  }

  /** Tells all others, in the background. */
  announce(keys: readonly string[]): void {
    for (const channel of this.channels) {
      channel.publish(keys).catch((error: unknown) => {
        this.#log.warn({ err: error, keyCount: keys.length }, "invalidation failed");
      });
    }
  }

  /** A channel that is down is a warning: caches in memory may then be old for their TTL. */
  check(): CheckResult {
    if (this.#redis === undefined) return { status: "ok", detail: { channel: "none" } };
    const { isUp } = this.#redis.stats();
    return { status: isUp ? "ok" : "warning", detail: { channel: isUp ? "up" : "down" } };
  }

  async close(): Promise<void> {
    await this.#redis?.close();
  }
}

function registerMetrics(metrics: Registry, channel: RedisInvalidationChannel): void {
  const registers = [metrics];
  new Gauge({
    name: "ofs_invalidation_channel_up",
    help: "1 while this process hears itself on the invalidation channel.",
    aggregator: "min",
    registers,
    collect() {
      this.set(channel.stats().isUp ? 1 : 0);
    },
  });
  new Counter({
    name: "ofs_invalidation_messages_total",
    help: "Messages on the invalidation channel: published, failed, received, malformed.",
    labelNames: ["result"],
    registers,
    collect() {
      this.reset();
      const stats = channel.stats();
      this.inc({ result: "published" }, stats.publishedCount);
      this.inc({ result: "failed" }, stats.failedCount);
      this.inc({ result: "received" }, stats.receivedCount);
      this.inc({ result: "malformed" }, stats.malformedCount);
    },
  });
  new Counter({
    name: "ofs_invalidation_gaps_total",
    help: "How often messages may have been missed, so that the caches in memory were emptied.",
    labelNames: ["reason"],
    registers,
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(channel.stats().gapCounts)) {
        this.inc({ reason }, count);
      }
    },
  });
}
