import type { Logger } from "@ofs/platform";
import type { Revision } from "../model.ts";
import type { RegistryChanges, RegistrySource, RegistryTree } from "../source.ts";
import { Backoff, pause } from "./backoff.ts";
import { ChangeBuffer } from "./change-buffer.ts";
import { aborted, withDeadline } from "./deadline.ts";

/** How long one read of the whole tree may take. */
const LIST_TIMEOUT_MS = 30_000;

/** Pauses between reads of the whole tree. */
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 10_000;

/** A watch that lived shorter does not reset the pauses. */
const STABLE_WATCH_MS = 10_000;

export interface FollowerEvents {
  /** Resolves when the tree is applied: only then are changes after it reported. Never rejects. */
  readonly onTree: (tree: RegistryTree) => Promise<void>;
  /** Changes after that tree, in order; a burst comes as one call. */
  readonly onChanges: (batches: readonly RegistryChanges[]) => void;
}

/** Counts since the start. */
export interface FollowerCounts {
  /** Whole trees read from the source. */
  listCount: number;
  /** Reads of the whole tree that failed. */
  listFailureCount: number;
  /** Breaks in the watch after which the whole tree is read again. */
  gapCount: number;
  /** Times the source went out of reach. */
  disconnectCount: number;
  /** Changed paths that the watch reported. */
  changeCount: number;
}

/** Reads the whole tree, watches from there on, and begins again at each gap, until it is closed. */
export class SourceFollower {
  readonly counts: FollowerCounts = {
    listCount: 0,
    listFailureCount: 0,
    gapCount: 0,
    disconnectCount: 0,
    changeCount: 0,
  };
  readonly #source: RegistrySource;
  readonly #log: Logger;
  readonly #events: FollowerEvents;
  readonly #closing = new AbortController();
  readonly #buffer: ChangeBuffer;
  #running: Promise<void> | undefined;
  #isLive = false;
  #lastError: string | undefined;

  constructor(source: RegistrySource, log: Logger, events: FollowerEvents) {
    this.#source = source;
    this.#log = log;
    this.#events = events;
    this.#buffer = new ChangeBuffer((batches) => this.#events.onChanges(batches));
  }

  get isLive(): boolean {
    return this.#isLive;
  }

  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** @returns a promise that resolves after the first attempt to read the tree, whatever its outcome */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#running = this.#run(resolve);
    });
  }

  /** Reads the whole tree. Never rejects. */
  async list(): Promise<RegistryTree | Error> {
    const { signal } = this.#closing;
    try {
      const tree = await withDeadline(signal, LIST_TIMEOUT_MS, (limited) =>
        this.#source.load(limited),
      );
      this.counts.listCount += 1;
      return tree;
    } catch (error) {
      this.counts.listFailureCount += 1;
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#buffer.clear();
    await this.#running;
  }

  async #run(afterFirstTry: () => void): Promise<void> {
    const backoff = new Backoff(RETRY_MS_MIN, RETRY_MS_MAX);
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const tree = await this.list();
      if (signal.aborted) break;
      if (tree instanceof Error) {
        this.#setDown(tree.message, tree);
        afterFirstTry();
      } else {
        await this.#take(tree);
        if (signal.aborted) break;
        afterFirstTry();
        const startedAtMs = performance.now();
        await this.#watch(tree.revision);
        if (performance.now() - startedAtMs > STABLE_WATCH_MS) backoff.reset();
      }
      await pause(backoff.next(), signal);
    }
    afterFirstTry();
  }

  #take(tree: RegistryTree): Promise<void> {
    // What a broken watch brought is part of the tree by now.
    this.#buffer.clear();
    this.#setUp();
    return this.#events.onTree(tree);
  }

  /** Resolves at a gap, or when the follower is closed. */
  async #watch(fromRevision: Revision): Promise<void> {
    const over = new AbortController();
    const endOnClose = (): void => over.abort();
    this.#closing.signal.addEventListener("abort", endOnClose);
    const stop = this.#openWatch(fromRevision, over);
    await aborted(over.signal);
    this.#closing.signal.removeEventListener("abort", endOnClose);
    try {
      await stop?.();
    } catch (err) {
      this.#log.warn({ err }, "registry watch did not stop cleanly");
    }
  }

  #openWatch(fromRevision: Revision, over: AbortController): (() => Promise<void>) | undefined {
    const whileOpen = (act: () => void): void => {
      if (!over.signal.aborted) act();
    };
    const onGap = (reason: string): void => {
      this.counts.gapCount += 1;
      this.#log.warn({ reason }, "registry watch has a gap: reading the whole tree");
      over.abort();
    };
    try {
      return this.#source.watch(fromRevision, {
        onChanges: (changes) => whileOpen(() => this.#add(changes)),
        onGap: (reason) => whileOpen(() => onGap(reason)),
        onConnection: (isUp, reason) =>
          whileOpen(() => (isUp ? this.#setUp() : this.#setDown(reason, undefined))),
      });
    } catch (err) {
      onGap(err instanceof Error ? err.message : String(err));
      return undefined;
    }
  }

  #add(changes: RegistryChanges): void {
    this.counts.changeCount += changes.changes.length;
    this.#buffer.add(changes);
  }

  /** A fault of our own must not stop the watch: the last snapshot serves on. */
  reportFault(err: unknown): void {
    this.#lastError = "a change of the registry could not be applied";
    this.#log.error({ err }, this.#lastError);
  }

  #setUp(): void {
    if (!this.#isLive) this.#log.info({ source: this.#source.name }, "registry source is live");
    this.#isLive = true;
    this.#lastError = undefined;
  }

  #setDown(reason: string, err: unknown): void {
    if (this.#isLive) this.counts.disconnectCount += 1;
    if (this.#isLive || this.#lastError !== reason) {
      this.#log.warn({ source: this.#source.name, reason, err }, "registry source is down");
    }
    this.#isLive = false;
    this.#lastError = reason;
  }
}
