import type { Slot, SlotTable } from "./slot.ts";

export interface SlotBoardEvents {
  /** The table is another one, or slots can be claimed (again). */
  readonly onChange: () => void;
  /** All slots of this process are others' to take: it stops acting on them at once. */
  readonly onLost: () => void;
}

/** Where processes agree on who has which slots. */
export interface SlotBoard {
  /** As this process is called on it. */
  readonly instance: string;
  /** undefined while it is not known, or nothing can be claimed. */
  readonly table: SlotTable | undefined;
  /** Why nothing can be claimed, for people; undefined if it can. */
  readonly fault: string | undefined;
  start(events: SlotBoardEvents): void;
  /** @returns whether this process has the slot now. Never rejects */
  claim(slot: Slot): Promise<boolean>;
  /** Gives a slot back. Never rejects: what fails is left until the process ends, or is lost. */
  release(slot: Slot): Promise<void>;
  /** Reads the whole table anew. Never rejects. */
  resync(): Promise<void>;
  /** Gives all slots back. */
  close(): Promise<void>;
}
