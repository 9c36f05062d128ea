import type { Logger } from "@ofs/platform";
import { pause } from "../live/backoff.ts";
import { withDeadline } from "../live/deadline.ts";
import type { RowEntry } from "./row-entries.ts";
import type { RowBackup } from "./row-registry.ts";

/** How long one look may take, in milliseconds. */
const LOOK_TIMEOUT_MS = 30_000;

/** Looks into a backup again and again, until it is stopped. */
export class BackupPoll {
  readonly #backup: RowBackup;
  readonly #intervalMs: number;
  readonly #log: Logger;
  readonly #take: (entries: readonly RowEntry[]) => void;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;
  #error: string | undefined;

  constructor(
    backup: RowBackup,
    intervalMs: number,
    log: Logger,
    take: (entries: readonly RowEntry[]) => void,
  ) {
    this.#backup = backup;
    this.#intervalMs = intervalMs;
    this.#log = log;
    this.#take = take;
  }

  /** Why the last look was in vain; undefined if it was not, or was not needed. */
  get error(): string | undefined {
    return this.#stopping.signal.aborted ? undefined : this.#error;
  }

  /** @returns a promise that resolves after the first look, whatever its outcome */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#running ??= this.#run(resolve);
    });
  }

  /** Without waiting for a look that is under way; what it brings is not taken. */
  stop(): void {
    this.#stopping.abort();
  }

  async close(): Promise<void> {
    this.stop();
    await this.#running;
  }

  async #run(afterFirstLook: () => void): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.#look();
      afterFirstLook();
      await pause(this.#intervalMs, signal);
    }
    afterFirstLook();
  }

  async #look(): Promise<void> {
    const { name } = this.#backup;
    const { signal } = this.#stopping;
    try {
      const entries = await withDeadline(signal, LOOK_TIMEOUT_MS, (limited) =>
        this.#backup.load(limited),
      );
      if (signal.aborted) return;
      this.#error = entries === undefined ? `${name} holds no backup` : undefined;
      if (entries === undefined)
        this.#log.warn({ backup: name }, "there is no row registry backup");
      else this.#take(entries);
    } catch (err) {
      if (signal.aborted) return;
      this.#error = err instanceof Error ? err.message : String(err);
      this.#log.warn({ backup: name, err }, "row registry backup cannot be read");
    }
  }
}
