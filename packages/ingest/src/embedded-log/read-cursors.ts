import type { IndexEntry } from "./segment-index.ts";

/** Readers that go on where their last read ended, without the index. */
const MAX_CURSORS = 32;

interface Cursor extends IndexEntry {
  readonly path: string;
}

/** Where the last reads of a partition ended: most reads go on there. */
export class ReadCursors {
  /** By offset; the one set longest ago first. */
  readonly #cursors = new Map<number, Cursor>();

  /** @returns where the record begins, if a read ended just before it */
  take(path: string, offset: number): IndexEntry | undefined {
    const cursor = this.#cursors.get(offset);
    return cursor?.path === path ? cursor : undefined;
  }

  put(path: string, { offset, position }: IndexEntry): void {
    this.#cursors.delete(offset);
    this.#cursors.set(offset, { path, offset, position });
    if (this.#cursors.size <= MAX_CURSORS) return;
    for (const oldest of this.#cursors.keys()) {
      this.#cursors.delete(oldest);
      return;
    }
  }
}
