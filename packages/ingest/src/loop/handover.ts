import type { Committer } from "./committer.ts";
import type { PartitionState } from "./partition-state.ts";
import type { IngestSettings } from "./settings.ts";
import type { Timers } from "./timers.ts";

/** Of the time for ending, so much is kept for the commit: a quarter, but not more than this. */
const COMMIT_SHARE = 0.25;
const COMMIT_RESERVE_MS = 2_000;

export interface HandoverContext {
  readonly settings: IngestSettings;
  readonly committer: Committer;
  readonly timers: Timers;
  readonly monotonicNow: () => number;
}

/** Ends partitions in time: first what is under way, then the commit. */
export class Handover {
  readonly #context: HandoverContext;
  readonly #waiting = new Set<() => void>();

  constructor(context: HandoverContext) {
    this.#context = context;
  }

  /** Something has come to an end. */
  changed(): void {
    for (const look of this.#waiting) look();
  }

  /**
   * Waits for the end of what is under way, commits, and repeats a commit that fails, all within the time.
   *
   * @param isEnded asked after each change
   * @returns whether all that is finished is committed
   */
  async finish(
    partitions: readonly PartitionState[],
    isEnded: () => boolean,
    timeMs: number,
  ): Promise<boolean> {
    const endMs = this.#context.monotonicNow() + timeMs;
    await this.#until(isEnded, timeMs - Math.min(timeMs * COMMIT_SHARE, COMMIT_RESERVE_MS));
    return this.commitUntil(partitions, endMs);
  }

  /** @param endMs monotonic @returns whether all that is finished is committed */
  async commitUntil(partitions: readonly PartitionState[], endMs: number): Promise<boolean> {
    const { committer, monotonicNow, settings } = this.#context;
    for (;;) {
      const isCommitted = await this.within(committer.commit(partitions), endMs);
      if (isCommitted === true) return true;
      const leftMs = endMs - monotonicNow();
      if (leftMs <= 0) return false;
      await this.#until(() => false, Math.min(settings.minCommitIntervalMs, leftMs));
    }
  }

  /** @returns what it resolves to, `undefined` if the time is up before */
  async within<T>(promise: Promise<T>, endMs: number): Promise<T | undefined> {
    const { monotonicNow, timers } = this.#context;
    let cancel: () => void = () => undefined;
    const timeout = new Promise<undefined>((resolve) => {
      cancel = timers.after(Math.max(1, endMs - monotonicNow()), () => resolve(undefined));
    });
    try {
      return await Promise.race([promise, timeout]);
    } finally {
      cancel();
    }
  }

  #until(isEnded: () => boolean, timeMs: number): Promise<void> {
    if (isEnded() || timeMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        this.#waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (isEnded()) end();
      };
      const cancel = this.#context.timers.after(timeMs, end);
      this.#waiting.add(look);
    });
  }
}
