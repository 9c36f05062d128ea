import { randomBytes } from "node:crypto";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import {
  createScript,
  type RedisCommand,
  type RedisConnection,
  type RedisSubscription,
} from "@ofs/store";
import type { InvalidationChannel, InvalidationListener } from "../ports.ts";
import {
  decodeMessage,
  encodeHeartbeat,
  encodeKeys,
  type HeartbeatMessage,
  type KeysMessage,
  SENDER_SIZE,
} from "./message.ts";
import { SenderLog } from "./sender-log.ts";

const HEARTBEAT_INTERVAL_MS = 1000;

/** Heartbeats that Redis took and this process did not hear, after which its subscription is made anew. */
const MAX_UNHEARD_BEATS = 3;

/** Messages that wait for Redis' reply; beyond, a publish fails at once. */
const MAX_PENDING_MESSAGES = 5000;

/**
 * On a cluster a plain PUBLISH goes to any node, so that messages may overtake each other. A key sends them all
 * through one.
 */
const PUBLISH_SCRIPT = createScript("publish", "return redis.call('PUBLISH', KEYS[1], ARGV[1])");

export interface RedisInvalidationChannelOptions {
  /** Stays the caller's. */
  readonly connection: RedisConnection;
  /** Of Redis; the same for all processes that share stores. */
  readonly channel: string;
  /** Longest wait for Redis to take a message, in milliseconds. */
  readonly publishTimeoutMs: number;
  readonly log: Logger;
}

/** Why a listener was told to drop everything. */
export type GapReason = "subscribed" | "missed" | "unknown";

/** Counts are since start, in messages. */
export interface InvalidationChannelStats {
  /** Whether this process hears itself. */
  readonly isUp: boolean;
  readonly publishedCount: number;
  /** The others notice by the sequence, as soon as they hear of this process again. */
  readonly failedCount: number;
  readonly receivedCount: number;
  readonly malformedCount: number;
  /**
   * - `subscribed`: the subscription stands (again), and something may have been sent before.
   * - `missed`: a message of a known process did not arrive.
   * - `unknown`: the first that is heard of a process that has sent messages before.
   */
  readonly gapCounts: Readonly<Record<GapReason, number>>;
}

/**
 * Invalidations over Redis pub/sub. Redis promises no delivery, so what is lost is noticed: each process numbers its
 * messages and tells the last number every second, and each hears itself. Whoever misses a message drops everything.
 */
export class RedisInvalidationChannel implements InvalidationChannel {
  readonly #connection: RedisConnection;
  readonly #channel: string;
  readonly #publishTimeoutMs: number;
  readonly #log: Logger;
  readonly #sender = randomBytes(SENDER_SIZE);
  readonly #senderId = this.#sender.toString("hex");
  readonly #senders = new SenderLog();
  readonly #gapCounts: Record<GapReason, number> = { subscribed: 0, missed: 0, unknown: 0 };
  #listener: InvalidationListener | undefined;
  #subscription: RedisSubscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isSubscribed = false;
  /** Whether a heartbeat has come back since the subscription stands. */
  #isHeard = false;
  #sequence = 0;
  #beat = 0;
  /** Heartbeats since the last one that was heard: sent, and taken by Redis. */
  #sentBeats = 0;
  #unheardBeats = 0;
  #pendingCount = 0;
  #publishedCount = 0;
  #failedCount = 0;
  #receivedCount = 0;
  #malformedCount = 0;

  constructor({ connection, channel, publishTimeoutMs, log }: RedisInvalidationChannelOptions) {
    this.#connection = connection;
    this.#channel = channel;
    this.#publishTimeoutMs = publishTimeoutMs;
    this.#log = log;
  }

  /** @throws {FeatureStoreError} UNAVAILABLE if Redis does not take all messages in time */
  async publish(keys: readonly string[]): Promise<void> {
    const messages = encodeKeys(this.#sender, keys, () => ++this.#sequence);
    const fault = await this.#send(messages);
    if (fault === undefined) return;
    this.#failedCount += messages.length;
    throw new FeatureStoreError(
      "UNAVAILABLE",
      `${keys.length} invalidations were not published on ${this.#channel}: ${fault.message}`,
      { cause: fault },
    );
  }

  subscribe(listener: InvalidationListener): void {
    this.#listener = listener;
    this.#subscription = this.#connection.subscribe(this.#channel, {
      onSubscribed: () => this.#subscribed(),
      onMessage: (message) => this.#received(message),
      onLost: () => {
        this.#isSubscribed = false;
      },
    });
    this.#timer = setInterval(() => this.#tick(), HEARTBEAT_INTERVAL_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#isSubscribed = false;
    await this.#subscription?.close();
  }

  stats(): InvalidationChannelStats {
    return {
      isUp: this.#isSubscribed && this.#isHeard && this.#sentBeats <= MAX_UNHEARD_BEATS,
      publishedCount: this.#publishedCount,
      failedCount: this.#failedCount,
      receivedCount: this.#receivedCount,
      malformedCount: this.#malformedCount,
      gapCounts: { ...this.#gapCounts },
    };
  }

  /** @returns the first fault; all messages are tried */
  async #send(messages: readonly Buffer[]): Promise<FeatureStoreError | undefined> {
    if (this.#pendingCount + messages.length > MAX_PENDING_MESSAGES) {
      const message = `${this.#pendingCount} messages wait for a reply`;
      return new FeatureStoreError("RESOURCE_EXHAUSTED", message);
    }
    this.#pendingCount += messages.length;
    const replies = await this.#connection.run(
      messages.map((message) => this.#command(message)),
      { timeoutMs: this.#publishTimeoutMs, retryLimit: 0 },
    );
    this.#pendingCount -= messages.length;
    const faults = replies.filter((reply) => reply instanceof FeatureStoreError);
    this.#publishedCount += messages.length - faults.length;
    return faults[0];
  }

  #command(message: Buffer): RedisCommand {
    const command = this.#connection.kind === "cluster" ? PUBLISH_SCRIPT : "publish";
    return { command, keys: [this.#channel], args: [message] };
  }

  #subscribed(): void {
    this.#isSubscribed = true;
    this.#isHeard = false;
    this.#sentBeats = 0;
    this.#unheardBeats = 0;
    this.#senders.clear();
    this.#dropAll("subscribed");
    this.#sendBeat();
  }

  #received(bytes: Buffer): void {
    this.#receivedCount += 1;
    const message = decodeMessage(bytes);
    if (message === undefined) this.#malformedCount += 1;
    else if (message.sender !== this.#senderId) this.#heardOther(message);
    else if (message.kind === "heartbeat") this.#heardItself(message);
  }

  #heardOther(message: KeysMessage | HeartbeatMessage): void {
    const completeness = this.#senders.note(message);
    if (completeness !== "complete") this.#dropAll(completeness);
    else if (message.kind === "keys") this.#listener?.invalidate(message.keys);
  }

  #heardItself({ beat }: HeartbeatMessage): void {
    this.#isHeard = true;
    this.#sentBeats = this.#beat - beat;
    this.#unheardBeats = Math.min(this.#unheardBeats, this.#sentBeats);
  }

  #dropAll(reason: GapReason): void {
    this.#gapCounts[reason] += 1;
    this.#log.debug({ channel: this.#channel, reason }, "caches dropped");
    this.#listener?.invalidateAll();
  }

  #tick(): void {
    this.#senders.tick();
    if (this.#isSubscribed && this.#unheardBeats >= MAX_UNHEARD_BEATS) {
      this.#log.warn({ channel: this.#channel }, "channel is silent; subscribing anew");
      this.#unheardBeats = 0;
      this.#subscription?.reconnect();
    }
    this.#sendBeat();
  }

  #sendBeat(): void {
    this.#beat += 1;
    this.#sentBeats += 1;
    void this.#publishBeat(this.#beat);
  }

  /** Never rejects: a fault shows as a beat that is not heard. */
  async #publishBeat(beat: number): Promise<void> {
    const fault = await this.#send([encodeHeartbeat(this.#sender, this.#sequence, beat)]);
    if (fault === undefined && this.#beat - this.#sentBeats < beat) this.#unheardBeats += 1;
  }
}
