import { MAX_OPEN_SEGMENTS } from "./limits.ts";
import type { LogDisk } from "./log-disk.ts";
import { loadLayout, readSeed, type Segment, type SegmentLayout } from "./segment.ts";

/** A segment that is open for reading. */
export interface OpenSegment {
  readonly file: number;
  readonly seed: number;
  /** Of a full segment; read once. */
  layout(): Promise<SegmentLayout>;
}

interface Entry {
  readonly opening: Promise<OpenSegment>;
  users: number;
  isForgotten: boolean;
}

/** Keeps the segments open that were read last, with what is known of them: so many at a time. */
export class SegmentPool {
  readonly #disk: LogDisk;
  readonly #maxOpen: number;
  /** The one used longest ago first. */
  readonly #entries = new Map<string, Entry>();

  constructor(disk: LogDisk, maxOpen = MAX_OPEN_SEGMENTS) {
    this.#disk = disk;
    this.#maxOpen = maxOpen;
  }

  get openCount(): number {
    return this.#entries.size;
  }

  /** Runs `work` on the open segment; it stays open as long. */
  async use<T>(segment: Segment, work: (open: OpenSegment) => Promise<T>): Promise<T> {
    const { path } = segment;
    const entry = this.#entries.get(path) ?? {
      opening: this.#open(segment),
      users: 0,
      isForgotten: false,
    };
    this.#entries.delete(path);
    this.#entries.set(path, entry);
    entry.users += 1;
    try {
      return await work(await entry.opening);
    } catch (error) {
      // What cannot be opened now may be later: no failure is kept.
      this.#drop(path, entry);
      throw error;
    } finally {
      entry.users -= 1;
      if (entry.isForgotten && entry.users === 0) await this.#close(entry);
      await this.#trim();
    }
  }

  /** Closes the segment once nobody reads it any more. */
  async forget(path: string): Promise<void> {
    const entry = this.#entries.get(path);
    if (entry === undefined) return;
    this.#drop(path, entry);
    if (entry.users === 0) await this.#close(entry);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#entries.keys()].map((path) => this.forget(path)));
  }

  #drop(path: string, entry: Entry): void {
    entry.isForgotten = true;
    if (this.#entries.get(path) === entry) this.#entries.delete(path);
  }

  async #trim(): Promise<void> {
    for (const [path, entry] of this.#entries) {
      if (this.#entries.size <= this.#maxOpen) return;
      if (entry.users === 0) await this.forget(path);
    }
  }

  async #open(segment: Segment): Promise<OpenSegment> {
    const file = await this.#disk.open(segment.path, "r");
    try {
      const seed = await readSeed(this.#disk, file, segment);
      let layout: Promise<SegmentLayout> | undefined;
      return {
        file,
        seed,
        layout: () => {
          layout ??= loadLayout(this.#disk, file, segment, seed);
          return layout;
        },
      };
    } catch (error) {
      await this.#disk.close(file);
      throw error;
    }
  }

  async #close(entry: Entry): Promise<void> {
    const open = await entry.opening.catch(() => undefined);
    if (open !== undefined) await this.#disk.close(open.file);
  }
}
