import { FeatureStoreError } from "@ofs/platform";
import { Dispatcher } from "./dispatcher.ts";
import {
  type RedisKind,
  type RedisOptions,
  type ResolvedSettings,
  resolveSettings,
} from "./options.ts";
import type { RedisCall } from "./redis-call.ts";
import { closeClient, createClients, type RedisClient, waitForAnswer } from "./redis-clients.ts";
import type { RedisCommand } from "./redis-command.ts";
import { NotConnectedError, toStoreError } from "./redis-errors.ts";
import type { RawReply, RedisLink } from "./redis-link.ts";
import {
  openSubscription,
  type RedisSubscription,
  type RedisSubscriptionListener,
} from "./subscription.ts";
import { onLoss, watchClient } from "./watch-client.ts";

/** How long `close` waits for replies that are under way. */
const DRAIN_TIMEOUT_MS = 1000;

/** Value of a key, `undefined` where there is none, or why it could not be read. */
export type RedisValue = Buffer | undefined | FeatureStoreError;

/** Reply to a command (strings as `Buffer`), or why it failed. */
export type RedisReply =
  | Buffer
  | number
  | null
  | readonly (Buffer | number | null)[]
  | FeatureStoreError;

/** One configured Redis (`conf-id`), whatever its kind. Stores and caches may share one. */
export interface RedisConnection {
  readonly kind: RedisKind;
  /** Kind and addresses, for logs and messages. */
  readonly name: string;
  /**
   * When a server that takes writes was last lost, by `performance.now()`; `-Infinity` = never. What it was told before
   * then may be gone.
   */
  readonly lastLossMs: number;
  /** Reads keys of any slots. Never rejects. @returns one value a key, in order */
  read(keys: readonly string[], call?: RedisCall): Promise<RedisValue[]>;
  /**
   * Runs idempotent commands, pipelined; those of different keys in no particular order. Never rejects.
   *
   * @returns one reply a command, in order
   */
  run(commands: readonly RedisCommand[], call?: RedisCall): Promise<RedisReply[]>;
  /** Follows a channel, over a connection of its own, until it is closed: by itself or with this connection. */
  subscribe(channel: string, listener: RedisSubscriptionListener): RedisSubscription;
  /** Waits for a connection that is being made. @throws {FeatureStoreError} UNAVAILABLE */
  ping(): Promise<void>;
  /** Idempotent. Waits a second at most for replies that are under way. */
  close(): Promise<void>;
}

/**
 * Opens a connection in the background; `ping` tells whether it has come about.
 *
 * @throws {FeatureStoreError} INVALID_ARGUMENT for options that make no sense
 */
export function connectRedis(options: RedisOptions): RedisConnection {
  return new DriverConnection(options);
}

class DriverConnection implements RedisConnection {
  readonly kind: RedisKind;
  readonly name: string;
  lastLossMs = Number.NEGATIVE_INFINITY;
  readonly #options: RedisOptions;
  readonly #settings: ResolvedSettings;
  readonly #subscriptions: RedisSubscription[] = [];
  readonly #dispatcher: Dispatcher;
  /** The one that takes writes. */
  readonly #master: RedisClient;
  readonly #clients: readonly RedisClient[];
  readonly #endWatch: (() => void) | undefined;
  #lastFault: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: RedisOptions) {
    this.kind = options.kind;
    this.name = nameOf(options);
    this.#options = options;
    this.#settings = resolveSettings(options);
    this.#dispatcher = new Dispatcher(this.name, this.#settings);
    const { master, replica, endWatch } = createClients(options, this.#settings);
    this.#endWatch = endWatch;
    this.#master = master;
    this.#clients = replica === undefined ? [master] : [master, replica];
    for (const { driver } of this.#clients) {
      watchClient(driver, this.name, options.log, (fault) => {
        this.#lastFault = fault;
      });
    }
    onLoss(master.driver, () => {
      this.lastLossMs = performance.now();
    });
  }

  async read(keys: readonly string[], call: RedisCall = {}): Promise<RedisValue[]> {
    const link = call.isMasterOnly ? this.#master.link : this.#linkForReads();
    const { readTimeoutMs } = this.#settings;
    const groups = link.groupKeys(keys);
    if (groups === undefined) {
      const [reply] = await this.#dispatcher.run(link, [mget(keys)], call, readTimeoutMs);
      return this.#valuesOf(reply, keys.length);
    }
    const commands = groups.map((group) => mget(group.map((index) => keys[index] as string)));
    const replies = await this.#dispatcher.run(link, commands, call, readTimeoutMs);
    const values = new Array<RedisValue>(keys.length);
    for (const [g, group] of groups.entries()) {
      const own = this.#valuesOf(replies[g], group.length);
      for (const [i, index] of group.entries()) values[index] = own[i];
    }
    return values;
  }

  async run(commands: readonly RedisCommand[], call: RedisCall = {}): Promise<RedisReply[]> {
    const { link } = this.#master;
    const { writeTimeoutMs } = this.#settings;
    const replies = await this.#dispatcher.run(link, commands, call, writeTimeoutMs);
    return replies.map((reply: RawReply) =>
      reply instanceof Error ? this.#toStoreError(reply) : (reply as RedisReply),
    );
  }

  subscribe(channel: string, listener: RedisSubscriptionListener): RedisSubscription {
    const subscription = openSubscription({
      name: this.name,
      options: this.#options,
      settings: this.#settings,
      channel,
      listener,
    });
    this.#subscriptions.push(subscription);
    return subscription;
  }

  async ping(): Promise<void> {
    const timeoutMs = this.#settings.dialTimeoutMs;
    await waitForAnswer(this.#master, timeoutMs);
    const commands = [{ command: "ping", keys: [], args: [] }];
    const [reply] = await this.run(commands, { timeoutMs, retryLimit: 0 });
    if (reply instanceof FeatureStoreError) throw reply;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#endWatch?.();
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
    await this.#dispatcher.close(DRAIN_TIMEOUT_MS);
    await Promise.all(this.#clients.map(closeClient));
  }

  /** @param reply to an MGET */
  #valuesOf(reply: RawReply, keyCount: number): RedisValue[] {
    if (reply instanceof Error) {
      return new Array<RedisValue>(keyCount).fill(this.#toStoreError(reply));
    }
    return (reply as (Buffer | null)[]).map((value) => value ?? undefined);
  }

  /** A ready one, at random where there are several; else the master's. */
  #linkForReads(): RedisLink {
    if (this.#clients.length === 1) return this.#master.link;
    const ready = this.#clients.filter(({ link }) => link.status() === "ready");
    const chosen = ready[Math.floor(Math.random() * ready.length)] ?? this.#master;
    return chosen.link;
  }

  /** A missing connection is told with what the driver last said about it. */
  #toStoreError(error: Error): FeatureStoreError {
    if (error instanceof NotConnectedError && this.#lastFault !== undefined) {
      const message = `${error.message}: ${this.#lastFault}`;
      return toStoreError(new NotConnectedError(message, { cause: error }), this.name);
    }
    return toStoreError(error, this.name);
  }
}

function mget(keys: readonly string[]): RedisCommand {
  return { command: "mget", keys, args: [] };
}

function nameOf(options: RedisOptions): string {
  switch (options.kind) {
    case "standalone":
      return `redis ${options.address}`;
    case "cluster":
      return `redis cluster ${options.addresses.join(",")}`;
    case "failover":
      return `redis ${options.masterName} of ${options.sentinelAddresses.join(",")}`;
  }
}
