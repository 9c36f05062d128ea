import { setTimeout as delay } from "node:timers/promises";
import { type CancelSignal, FeatureStoreError } from "@ofs/platform";
import { listenForAbort } from "../request-limits.ts";
import type { ResolvedSettings } from "./options.ts";
import { type CallEnd, endOf, type RedisCall, stopOf, waitWithin } from "./redis-call.ts";
import { type RedisCommand, sizeOfCommand } from "./redis-command.ts";
import { isUnknownScript, mayHelpToRetry, NotConnectedError } from "./redis-errors.ts";
import type { RawReply, RedisLink } from "./redis-link.ts";

/** Commands of one connection that wait for their reply, and the bytes that they hold. */
const PENDING_COMMANDS_MAX = 20_000;
const PENDING_BYTES_MAX = 128 * 1024 * 1024;

/**
 * Sends whose calls have ended before the reply. Past it new ones wait for replies to come: else a server that is too slow
 * for what it is asked works on nothing but what nobody waits for any more.
 */
const ABANDONED_SENDS_MAX = 16;

/** Stands for a reply that has not come. */
const PENDING: unique symbol = Symbol("pending");

/** Sends commands within the limits of their call: timeouts, retries, scripts a server does not know. */
export class Dispatcher {
  readonly #settings: ResolvedSettings;
  readonly #name: string;
  #pendingCount = 0;
  #pendingBytes = 0;
  #abandonedCount = 0;
  /** While sends wait for replies to come. */
  #room: { readonly promise: Promise<void>; readonly open: () => void } | undefined;
  #isClosed = false;
  #onIdle: (() => void) | undefined;

  constructor(name: string, settings: ResolvedSettings) {
    this.#name = name;
    this.#settings = settings;
  }

  /**
   * Commands whose connection is lost are sent again, while there is time: all must be idempotent.
   *
   * @param ownTimeoutMs where the call names none
   * @returns one reply a command; never rejects
   */
  async run(
    link: RedisLink,
    commands: readonly RedisCommand[],
    call: RedisCall,
    ownTimeoutMs: number,
  ): Promise<RawReply[]> {
    const timeoutMs = call.timeoutMs ?? ownTimeoutMs;
    const end = endOf(call, timeoutMs);
    const retryLimit = call.retryLimit ?? this.#settings.retryLimit;
    const replies = await this.#attempt(link, commands, call, end);
    for (let attempt = 1; attempt <= retryLimit; attempt++) {
      const failed = positions(replies, mayHelpToRetry);
      const pauseMs = this.#backoffMs(attempt);
      if (failed.length === 0 || performance.now() + pauseMs >= end.monotonicMs) break;
      await pause(pauseMs, call.signal);
      const retried = await this.#attempt(link, pick(commands, failed), call, end);
      for (const [i, index] of failed.entries()) replies[index] = retried[i];
    }
    return replies;
  }

  /** Refuses all further commands and waits for the replies to come, up to a limit. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true;
    if (this.#pendingCount === 0) return;
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    await Promise.race([idle, delay(timeoutMs, undefined, { ref: false })]);
  }

  /** Sends each command once; a script a second time, as its source, where its digest is not known. */
  async #attempt(
    link: RedisLink,
    commands: readonly RedisCommand[],
    call: RedisCall,
    end: CallEnd,
  ): Promise<RawReply[]> {
    const refusal = stopOf(call) ?? this.#refusal(link, commands);
    if (refusal !== undefined) return commands.map(() => refusal);
    if (this.#abandonedCount >= ABANDONED_SENDS_MAX) {
      const stop = await this.#waitForRoom(call, end);
      if (stop !== undefined) return commands.map(() => stop);
    }
    const replies = await this.#send(link, commands, call, end, false);
    const unknown = positions(replies, isUnknownScript);
    if (unknown.length > 0) {
      const sent = await this.#send(link, pick(commands, unknown), call, end, true);
      for (const [i, index] of unknown.entries()) replies[index] = sent[i];
    }
    return replies;
  }

  async #send(
    link: RedisLink,
    commands: readonly RedisCommand[],
    call: RedisCall,
    end: CallEnd,
    isSourceSent: boolean,
  ): Promise<RawReply[]> {
    const replies = new Array<RawReply>(commands.length).fill(PENDING);
    const sizeBytes = commands.reduce((size, command) => size + sizeOfCommand(command), 0);
    this.#pendingCount += commands.length;
    this.#pendingBytes += sizeBytes;
    let isAbandoned = false;
    const done = link.send(commands, replies, isSourceSent).finally(() => {
      if (isAbandoned) this.#forgetAbandoned();
      this.#pendingCount -= commands.length;
      this.#pendingBytes -= sizeBytes;
      if (this.#pendingCount === 0) this.#onIdle?.();
    });
    const stop = await waitWithin(done, end, call);
    if (stop === undefined) return replies;
    isAbandoned = true;
    this.#abandonedCount += 1;
    // A copy: replies that come late must not change what the caller was given.
    return replies.map((reply) => (reply === PENDING ? stop : reply));
  }

  /** @returns why the call ended before it might send, if so */
  async #waitForRoom(call: RedisCall, end: CallEnd): Promise<FeatureStoreError | undefined> {
    while (this.#abandonedCount >= ABANDONED_SENDS_MAX) {
      this.#room ??= createRoom();
      const stop = await waitWithin(this.#room.promise, end, call);
      if (stop !== undefined) return stop;
    }
    return undefined;
  }

  #forgetAbandoned(): void {
    this.#abandonedCount -= 1;
    if (this.#abandonedCount >= ABANDONED_SENDS_MAX) return;
    this.#room?.open();
    this.#room = undefined;
  }

  /** Why nothing should be sent now, if so. */
  #refusal(link: RedisLink, commands: readonly RedisCommand[]): Error | undefined {
    if (this.#isClosed) return new FeatureStoreError("UNAVAILABLE", `${this.#name}: closed`);
    const status = link.status();
    if (status !== "ready") return new NotConnectedError(`not connected (${status})`);
    if (
      this.#pendingCount + commands.length > PENDING_COMMANDS_MAX ||
      this.#pendingBytes > PENDING_BYTES_MAX
    ) {
      return new FeatureStoreError(
        "RESOURCE_EXHAUSTED",
        `${this.#name}: ${this.#pendingCount} commands of ${this.#pendingBytes} bytes wait for a reply`,
      );
    }
    return undefined;
  }

  /** Doubling from the shortest to the longest, less up to a half so that retries do not march in step. */
  #backoffMs(attempt: number): number {
    const { minRetryBackoffMs, maxRetryBackoffMs } = this.#settings;
    const longest = Math.min(minRetryBackoffMs * 2 ** (attempt - 1), maxRetryBackoffMs);
    return longest * (1 - Math.random() / 2);
  }
}

function createRoom(): { promise: Promise<void>; open: () => void } {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

/** Where there is an error of that kind in place of a reply. */
function positions(replies: readonly RawReply[], isWanted: (error: Error) => boolean): number[] {
  const found: number[] = [];
  for (const [index, reply] of replies.entries()) {
    if (reply instanceof Error && isWanted(reply)) found.push(index);
  }
  return found;
}

/** Until the time has passed, or the signal aborts. */
function pause(timeMs: number, signal: CancelSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, timeMs);
    if (signal !== undefined) listenForAbort(signal, end);
  });
}

function pick<T>(values: readonly T[], indexes: readonly number[]): T[] {
  return indexes.map((index) => values[index] as T);
}
