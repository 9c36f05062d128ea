import type { Slot } from "../../../src/rows/slots/slot.ts";
import type { SlotBoard, SlotBoardEvents } from "../../../src/rows/slots/slot-board.ts";

/** What boards of several processes are made over. */
export class MemorySlots {
  readonly owners = new Map<string, Map<number, string>>();
  readonly capacities = new Map<string, number>();
  readonly boards = new Set<MemorySlotBoard>();

  changed(): void {
    for (const board of this.boards) board.tell();
  }

  ownerOf({ topic, index }: Slot): string | undefined {
    return this.owners.get(topic)?.get(index);
  }

  put({ topic, index }: Slot, owner: string | undefined): void {
    const ofTopic = this.owners.get(topic) ?? new Map<number, string>();
    this.owners.set(topic, ofTopic);
    if (owner === undefined) ofTopic.delete(index);
    else ofTopic.set(index, owner);
    this.changed();
  }

  /** Its lease ends. */
  expire(instance: string): void {
    this.capacities.delete(instance);
    for (const owners of this.owners.values()) {
      for (const [index, owner] of owners) if (owner === instance) owners.delete(index);
    }
    this.changed();
  }
}

/** One process's view of slots in memory; answers and changes come a little later. */
export class MemorySlotBoard implements SlotBoard {
  readonly instance: string;
  readonly #slots: MemorySlots;
  readonly #capacity: number;
  #events: SlotBoardEvents | undefined;
  #isHeld = false;
  /** Answers of claims that get lost. */
  lostAnswers = 0;

  constructor(slots: MemorySlots, instance: string, capacity: number) {
    this.#slots = slots;
    this.instance = instance;
    this.#capacity = capacity;
  }

  get table() {
    return this.#isHeld ? this.#slots : undefined;
  }

  get fault() {
    return this.#isHeld ? undefined : "no lease";
  }

  start(events: SlotBoardEvents): void {
    this.#events = events;
    this.#slots.boards.add(this);
    this.hold();
  }

  hold(): void {
    this.#isHeld = true;
    this.#slots.capacities.set(this.instance, this.#capacity);
    this.#slots.changed();
  }

  /** The process knows that its lease is over before others can have its slots. */
  lose(): void {
    this.#isHeld = false;
    this.#events?.onLost();
  }

  tell(): void {
    queueMicrotask(() => this.#events?.onChange());
  }

  async claim(slot: Slot): Promise<boolean> {
    await Promise.resolve();
    if (!this.#isHeld) return false;
    const owner = this.#slots.ownerOf(slot);
    if (owner === undefined) this.#slots.put(slot, this.instance);
    await Promise.resolve();
    if (this.lostAnswers > 0) {
      this.lostAnswers -= 1;
      return false;
    }
    return owner === undefined || owner === this.instance;
  }

  async release(slot: Slot): Promise<void> {
    await Promise.resolve();
    if (this.#slots.ownerOf(slot) === this.instance) this.#slots.put(slot, undefined);
  }

  async resync(): Promise<void> {
    this.tell();
  }

  async close(): Promise<void> {
    this.#slots.boards.delete(this);
    this.#isHeld = false;
    this.#slots.expire(this.instance);
  }
}
