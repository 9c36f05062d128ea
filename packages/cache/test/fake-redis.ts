import { FeatureStoreError } from "@ofs/platform";
import type {
  RedisCall,
  RedisCommand,
  RedisConnection,
  RedisReply,
  RedisSubscription,
  RedisSubscriptionListener,
  RedisValue,
} from "@ofs/store";

/**
 * A Redis in memory: `set` with `NX` and `EX`, a script that replaces a value if it is as seen, and channels. Expiry
 * is recorded, not carried out. It can fail, and it can hold its answers back.
 */
export class FakeRedis implements RedisConnection {
  readonly kind = "standalone";
  readonly name = "fake redis";
  lastLossMs = Number.NEGATIVE_INFINITY;
  readonly values = new Map<string, Buffer>();
  /** Seconds; absent = no expiry. */
  readonly ttlSeconds = new Map<string, number>();
  readonly calls: (RedisCall | undefined)[] = [];
  readonly batchSizes: number[] = [];
  /** Keys whose commands fail. */
  readonly failingKeys = new Set<string>();
  /** By channel. */
  readonly subscribers = new Map<string, FakeSubscription[]>();
  isClosed = false;
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();

  async read(keys: readonly string[], call?: RedisCall): Promise<RedisValue[]> {
    this.calls.push(call);
    await this.gate;
    return keys.map((key) => this.#fault(key) ?? this.values.get(key));
  }

  async run(commands: readonly RedisCommand[], call?: RedisCall): Promise<RedisReply[]> {
    this.calls.push(call);
    this.batchSizes.push(commands.length);
    await this.gate;
    return commands.map(
      (command) => this.#fault(command.keys[0] as string) ?? this.#apply(command),
    );
  }

  /** Stands at once. */
  subscribe(channel: string, listener: RedisSubscriptionListener): RedisSubscription {
    const subscription = new FakeSubscription(listener);
    this.subscribers.set(channel, [...(this.subscribers.get(channel) ?? []), subscription]);
    subscription.restore();
    return subscription;
  }

  async ping(): Promise<void> {
    if (this.failingKeys.size > 0)
      throw new FeatureStoreError("UNAVAILABLE", "fake redis: no answer");
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  #apply({ command, keys, args }: RedisCommand): RedisReply {
    const [key] = keys as [string];
    if (command === "publish") {
      const subscribers = this.subscribers.get(key) ?? [];
      for (const subscriber of subscribers) subscriber.deliver(args[0] as Buffer);
      return subscribers.length;
    }
    if (typeof command === "string") return this.#set(key, args);
    const [seen, record, ttl] = args as [Buffer, Buffer, string];
    if (!this.values.get(key)?.equals(seen)) return 0;
    this.#store(key, record, Number(ttl));
    return 1;
  }

  #set(key: string, [value, ...flags]: readonly (string | Buffer)[]): RedisReply {
    if (flags.includes("NX") && this.values.has(key)) return null;
    const ex = flags.indexOf("EX");
    this.#store(key, value as Buffer, ex < 0 ? 0 : Number(flags[ex + 1]));
    return Buffer.from("OK");
  }

  #store(key: string, value: Buffer, ttlSeconds: number): void {
    this.values.set(key, Buffer.from(value));
    if (ttlSeconds > 0) this.ttlSeconds.set(key, ttlSeconds);
    else this.ttlSeconds.delete(key);
  }

  #fault(key: string): FeatureStoreError | undefined {
    if (!this.failingKeys.has(key)) return undefined;
    return new FeatureStoreError("UNAVAILABLE", `fake redis: no answer for ${key}`);
  }
}

/** The test decides what comes through. */
export class FakeSubscription implements RedisSubscription {
  readonly #listener: RedisSubscriptionListener;
  reconnectCount = 0;
  isClosed = false;
  /** Messages are lost without anyone noticing. */
  isDeaf = false;

  constructor(listener: RedisSubscriptionListener) {
    this.#listener = listener;
  }

  restore(): void {
    this.isDeaf = false;
    this.#listener.onSubscribed();
  }

  lose(): void {
    this.isDeaf = true;
    this.#listener.onLost();
  }

  deliver(message: Buffer): void {
    if (!this.isDeaf && !this.isClosed) this.#listener.onMessage(message);
  }

  reconnect(): void {
    this.reconnectCount += 1;
    this.lose();
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
