import { randomUUID } from "node:crypto";
import type { Slot } from "./slot.ts";
import type { SlotBoard, SlotBoardEvents } from "./slot-board.ts";

/** The slots of a log that only this process can read: all are its own. */
export class LocalSlotBoard implements SlotBoard {
  readonly instance = randomUUID();
  readonly fault = undefined;
  readonly #owners = new Map<string, Map<number, string>>();
  readonly table: NonNullable<SlotBoard["table"]>;

  /** @param capacity most slots */
  constructor(capacity: number) {
    this.table = { owners: this.#owners, capacities: new Map([[this.instance, capacity]]) };
  }

  start({ onChange }: SlotBoardEvents): void {
    onChange();
  }

  claim({ topic, index }: Slot): Promise<boolean> {
    const owners = this.#owners.get(topic) ?? new Map<number, string>();
    this.#owners.set(topic, owners);
    owners.set(index, this.instance);
    return Promise.resolve(true);
  }

  release({ topic, index }: Slot): Promise<void> {
    const owners = this.#owners.get(topic);
    owners?.delete(index);
    if (owners?.size === 0) this.#owners.delete(topic);
    return Promise.resolve();
  }

  resync(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#owners.clear();
    return Promise.resolve();
  }
}
