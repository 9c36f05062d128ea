import type { Logger } from "@ofs/platform";
import type { RegistryTree } from "../source.ts";
import { pause } from "./backoff.ts";
import { writeTreeSnapshot } from "./snapshot-file.ts";

/** Shortest time between two writes of the file, in milliseconds. */
export const FILE_INTERVAL_MS = 5_000;

export interface FileCounts {
  written: number;
  failed: number;
}

/** Keeps the snapshot file up to date: at most one write at a time and one an interval. */
export class FileKeeper {
  readonly counts: FileCounts = { written: 0, failed: 0 };
  readonly #file: string;
  readonly #sourceName: string;
  readonly #log: Logger;
  readonly #readTree: () => RegistryTree;
  readonly #closing = new AbortController();
  #isBehind = false;
  #isFailing = false;
  #writing: Promise<void> | undefined;

  constructor(file: string, sourceName: string, log: Logger, readTree: () => RegistryTree) {
    this.#file = file;
    this.#sourceName = sourceName;
    this.#log = log;
    this.#readTree = readTree;
  }

  /** The tree changed: writes it now, or after the interval. */
  update(): void {
    this.#isBehind = true;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Writes what is waiting, without the interval. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#isBehind) {
      this.#isBehind = false;
      await this.#write();
      await pause(FILE_INTERVAL_MS, this.#closing.signal);
    }
  }

  async #write(): Promise<void> {
    try {
      await writeTreeSnapshot(this.#file, this.#sourceName, this.#readTree());
      this.counts.written += 1;
      this.#isFailing = false;
    } catch (err) {
      this.counts.failed += 1;
      if (!this.#isFailing) {
        this.#log.error({ err, file: this.#file }, "registry snapshot file cannot be written");
      }
      this.#isFailing = true;
      this.#isBehind = !this.#closing.signal.aborted;
    }
  }
}
