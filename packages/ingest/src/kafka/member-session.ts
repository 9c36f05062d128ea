import type { Faults } from "./faults.ts";
import type { Generation, GroupMember } from "./group-member.ts";
import { isFenced, isRebalancing, reasonOf } from "./kafka-errors.ts";
import type { SourceSettings } from "./options.ts";
import { sleep } from "./sleep.ts";

/**
 * How a generation ends: others want to join or leave (`rebalance`), the group has gone on without this member (`fenced`), or it
 * may have (`expired`: it has not heard from us for as long as it waits).
 */
export type SessionEnd = "rebalance" | "fenced" | "expired";

export type SessionSettings = Pick<
  SourceSettings,
  "heartbeatIntervalMs" | "sessionTimeoutMs" | "rebalanceTimeoutMs"
>;

/** A heartbeat that failed is tried again sooner. */
const RETRY_MS = 250;
/** Share of the rebalance timeout that is left for heartbeats to come late and for joining again. */
const REBALANCE_SHARE = 0.8;

/** Keeps a generation alive with heartbeats, whatever else goes on, and notices its end. */
export class MemberSession {
  /** Resolves when partitions have to be given up; never rejects. */
  readonly ended: Promise<SessionEnd>;
  readonly #member: Pick<GroupMember, "heartbeat">;
  readonly #generation: Generation;
  readonly #settings: SessionSettings;
  readonly #faults: Faults;
  readonly #stopping = new AbortController();
  readonly #over = new AbortController();
  /** When the last heartbeat that was answered was sent. */
  #aliveAt = performance.now();

  constructor(
    member: Pick<GroupMember, "heartbeat">,
    generation: Generation,
    settings: SessionSettings,
    faults: Faults,
  ) {
    this.#member = member;
    this.#generation = generation;
    this.#settings = settings;
    this.#faults = faults;
    this.ended = new Promise((resolve) => {
      void this.#beat(resolve);
    });
  }

  /** Aborted when the session is stopped. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** No more heartbeats. Idempotent. */
  stop(): void {
    this.#stopping.abort();
    this.#faults.clear("heartbeat");
  }

  /**
   * Waits for `finished`, but not longer than the group waits for this member, nor once the member is out of it.
   *
   * @param finished its failure counts as its end
   */
  async whileItLasts(finished: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
    if (finished === undefined) return;
    const done = new AbortController();
    const end = (): void => done.abort();
    signal.addEventListener("abort", end);
    this.#over.signal.addEventListener("abort", end);
    if (signal.aborted || this.#over.signal.aborted) end();
    void finished.then(end, end);
    await sleep(this.#settings.rebalanceTimeoutMs * REBALANCE_SHARE, done.signal);
    signal.removeEventListener("abort", end);
  }

  async #beat(ended: (end: SessionEnd) => void): Promise<void> {
    const { heartbeatIntervalMs, sessionTimeoutMs } = this.#settings;
    const { signal } = this.#stopping;
    let pauseMs = heartbeatIntervalMs;
    for (;;) {
      await sleep(pauseMs, signal);
      if (signal.aborted) return;
      const outcome = await this.#beatOnce();
      if (outcome === "rebalance") ended(outcome);
      const isOver = performance.now() - this.#aliveAt >= sessionTimeoutMs;
      const end = isOver ? "expired" : outcome;
      if (end === "fenced" || end === "expired") {
        this.#over.abort();
        ended(end);
        return;
      }
      pauseMs =
        outcome === "failed" ? Math.min(RETRY_MS, heartbeatIntervalMs) : heartbeatIntervalMs;
    }
  }

  async #beatOnce(): Promise<"alive" | "rebalance" | "fenced" | "failed"> {
    const sentAt = performance.now();
    try {
      await this.#withinSession();
    } catch (error) {
      if (isFenced(error)) return "fenced";
      if (!isRebalancing(error)) {
        if (!this.#stopping.signal.aborted) this.#faults.set("heartbeat", reasonOf(error));
        return "failed";
      }
      this.#aliveAt = sentAt;
      return "rebalance";
    }
    this.#aliveAt = sentAt;
    this.#faults.clear("heartbeat");
    return "alive";
  }

  /** A heartbeat that is not answered before the session's end is not waited for any longer. */
  async #withinSession(): Promise<void> {
    const leftMs = this.#aliveAt + this.#settings.sessionTimeoutMs - performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `no heartbeat answered for ${this.#settings.sessionTimeoutMs} ms`;
      timer = setTimeout(() => reject(new Error(message)), Math.max(0, leftMs));
    });
    try {
      await Promise.race([this.#member.heartbeat(this.#generation), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
