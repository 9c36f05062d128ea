import type { LaneEntry } from "./lane-entry.ts";

const COMPACTION_LENGTH = 1024;

/** Writes in the order in which they came. Bounded by what the partitions may have in flight. */
export class EntryQueue {
  #entries: LaneEntry[] = [];
  #head = 0;
  #sizeBytes = 0;

  get length(): number {
    return this.#entries.length - this.#head;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  push(entry: LaneEntry): void {
    this.#entries.push(entry);
    this.#sizeBytes += entry.write.sizeBytes;
  }

  peek(): LaneEntry | undefined {
    return this.#entries[this.#head];
  }

  shift(): LaneEntry | undefined {
    const entry = this.#entries[this.#head];
    if (entry === undefined) return undefined;
    this.#head += 1;
    this.#sizeBytes -= entry.write.sizeBytes;
    if (this.#head === this.#entries.length) {
      this.#entries = [];
      this.#head = 0;
    } else if (this.#head >= COMPACTION_LENGTH && this.#head * 2 >= this.#entries.length) {
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** Puts them before all others, by their order of arrival. */
  putBack(entries: readonly LaneEntry[]): void {
    if (entries.length === 0) return;
    const inOrder = [...entries].sort((one, other) => one.sequence - other.sequence);
    this.#replace([...inOrder, ...this.#entries.slice(this.#head)]);
  }

  /** Leaves out the writes of dropped partitions, but not those of others that they had overtaken. */
  dropDead(): void {
    const left: LaneEntry[] = [];
    for (let index = this.#head; index < this.#entries.length; index++) {
      keepLive(this.#entries[index] as LaneEntry, left);
    }
    this.#replace(left);
  }

  #replace(entries: LaneEntry[]): void {
    this.#entries = entries;
    this.#head = 0;
    this.#sizeBytes = 0;
    for (const entry of entries) this.#sizeBytes += entry.write.sizeBytes;
  }
}

/** Adds the entry and its train to the list one by one, without those of dropped partitions. */
export function keepLive(entry: LaneEntry, left: LaneEntry[]): void {
  let current: LaneEntry | undefined = entry;
  while (current !== undefined) {
    const next: LaneEntry | undefined = current.overtaken;
    current.overtaken = undefined;
    if (!current.isOver) left.push(current);
    current = next;
  }
}
