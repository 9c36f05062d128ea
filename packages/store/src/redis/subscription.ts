import type { Logger } from "@ofs/platform";
import type { Redis } from "ioredis";
import type { RedisOptions, ResolvedSettings } from "./options.ts";
import { closeClient, createSubscriber, reconnectDelayMs } from "./redis-clients.ts";

/** What a subscription tells. Nothing is told after it has been closed. */
export interface RedisSubscriptionListener {
  /** From now on every message is told, until `onLost`. What was sent before may have been missed. */
  onSubscribed(): void;
  /** @param message belongs to the listener */
  onMessage(message: Buffer): void;
  onLost(): void;
}

/** A channel that is followed: the connection is made again, with a growing pause, whenever it is lost. */
export interface RedisSubscription {
  /** Leaves a connection that seems to be there but tells nothing, and makes another one. */
  reconnect(): void;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface SubscriptionOptions {
  /** Of the connection, for the log. */
  readonly name: string;
  readonly options: RedisOptions;
  readonly settings: ResolvedSettings;
  readonly channel: string;
  readonly listener: RedisSubscriptionListener;
}

export function openSubscription(options: SubscriptionOptions): RedisSubscription {
  return new DriverSubscription(options);
}

/** Every attempt is a client of its own, so that on a cluster the next one is another node. */
class DriverSubscription implements RedisSubscription {
  readonly #options: SubscriptionOptions;
  readonly #log: Logger | undefined;
  #client: Redis;
  #attempt = 0;
  #failureCount = 0;
  #isSubscribed = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.#log = options.options.log;
    this.#client = this.#connect();
  }

  reconnect(): void {
    this.#client.disconnect();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await closeClient({ driver: this.#client });
  }

  #connect(): Redis {
    const { options, settings, channel, listener } = this.#options;
    const client = createSubscriber(options, settings, this.#attempt);
    this.#attempt += 1;
    let fault: Error | undefined;
    client.on("error", (error: Error) => {
      fault = error;
    });
    client.on("ready", () => {
      client.subscribe(channel).then(
        () => this.#subscribed(),
        (error: Error) => {
          fault = error;
          client.disconnect();
        },
      );
    });
    client.on("messageBuffer", (_channel: Buffer, message: Buffer) => {
      if (!this.#isClosed) listener.onMessage(message);
    });
    client.once("end", () => this.#ended(fault));
    return client;
  }

  #subscribed(): void {
    if (this.#isClosed || this.#isSubscribed) return;
    this.#isSubscribed = true;
    this.#failureCount = 0;
    const { name, channel, listener } = this.#options;
    this.#log?.info({ redis: name, channel }, "redis channel followed");
    listener.onSubscribed();
  }

  #ended(fault: Error | undefined): void {
    if (this.#isClosed) return;
    const { name, channel, listener } = this.#options;
    const wasSubscribed = this.#isSubscribed;
    this.#isSubscribed = false;
    this.#failureCount += 1;
    if (this.#failureCount === 1) {
      this.#log?.warn({ redis: name, channel, err: fault }, "redis channel lost");
    }
    this.#timer = setTimeout(() => {
      this.#client = this.#connect();
    }, reconnectDelayMs(this.#failureCount));
    if (wasSubscribed) listener.onLost();
  }
}
