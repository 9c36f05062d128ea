import type { Logger } from "@ofs/platform";
import { freeSlots, planSlots, type SlotSituation, type SlotStep } from "./plan-slots.ts";
import { type Slot, slotName } from "./slot.ts";
import type { SlotBoard } from "./slot-board.ts";

/** Between looks at what has become due. */
const TICK_MS = 500;
/** Between readings of the whole table, beside what is watched. */
const RESYNC_MS = 30_000;
/** After a claim of this process, before it sheds a slot. */
const SETTLE_MS = 5_000;
/** How long those that have fewer slots are given to take one. */
const YIELD_MS = 3_000;
/** For a member to finish when its slot is given up. */
const HANDOVER_MS = 10_000;
/** For a member to finish when its slot is lost: well before anybody else can have it. */
const LOSS_MS = 1_500;

/** What is done with slots: a member of the topic's group each. */
export interface SlotUse {
  begin(slot: Slot): void;
  /** Finishes within the time. Never rejects. */
  end(slot: Slot, timeMs: number): Promise<void>;
}

export interface SlotKeeperOptions {
  readonly board: SlotBoard;
  readonly use: SlotUse;
  /** Most slots of this process. */
  readonly capacity: number;
  /** Milliseconds of a clock that never steps. */
  readonly monotonicNow: () => number;
  readonly log: Logger;
}

/** Takes, keeps and gives back slots so that every wanted one is somebody's, and processes have about as many. */
export class SlotKeeper {
  readonly #options: SlotKeeperOptions;
  readonly #held = new Map<string, Slot>();
  readonly #leaving = new Map<string, Promise<void>>();
  /** When free slots were first seen so, by name. */
  readonly #freeSinceMs = new Map<string, number>();
  #wanted: ReadonlyMap<string, number> = new Map();
  #claimedAtMs = Number.NEGATIVE_INFINITY;
  #resyncedAtMs: number;
  #tick: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #isStale = false;
  #isClosed = false;

  constructor(options: SlotKeeperOptions) {
    this.#options = options;
    this.#resyncedAtMs = options.monotonicNow();
  }

  /** By topic: how many members its group is to have. */
  get wanted(): ReadonlyMap<string, number> {
    return this.#wanted;
  }

  /** That this process has. */
  get held(): readonly Slot[] {
    return [...this.#held.values()];
  }

  /** Topics of which some slots are nobody's, as far as this process knows, and how many. */
  get missing(): ReadonlyMap<string, number> {
    const { table } = this.#options.board;
    if (table === undefined) return new Map(this.#wanted);
    const free = freeSlots({ wanted: this.#wanted, table, held: this.held });
    return new Map([...free].map(([topic, indexes]) => [topic, indexes.length]));
  }

  start(): void {
    this.#options.board.start({ onChange: () => this.#wake(), onLost: () => this.#lost() });
    this.#tick = setInterval(() => this.#onTick(), TICK_MS);
  }

  /** Another number of members, or other topics. */
  want(wanted: ReadonlyMap<string, number>): void {
    this.#wanted = wanted;
    this.#wake();
  }

  /** Ends the use of all slots within the time, and gives them back. */
  async close(timeMs: number): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#tick);
    await this.#working;
    for (const slot of this.held) this.#leave(slot, timeMs);
    await Promise.all(this.#leaving.values());
    await this.#options.board.close();
  }

  #onTick(): void {
    const { board, monotonicNow } = this.#options;
    const nowMs = monotonicNow();
    if (nowMs - this.#resyncedAtMs >= RESYNC_MS) {
      this.#resyncedAtMs = nowMs;
      void board.resync(); // never rejects
    }
    if (this.#working === undefined) this.#dropLeftOvers();
    this.#wake();
  }

  /** Slots that the table says are this process's and are not: a claim or a release whose answer got lost. */
  #dropLeftOvers(): void {
    const { board } = this.#options;
    for (const [topic, owners] of board.table?.owners ?? []) {
      for (const [index, owner] of owners) {
        const name = slotName({ topic, index });
        if (owner !== board.instance || this.#held.has(name) || this.#leaving.has(name)) continue;
        void board.release({ topic, index }); // never rejects
      }
    }
  }

  /** Looks at everything, once what is under way is done. */
  #wake(): void {
    this.#isStale = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #work(): Promise<void> {
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false;
      let step = this.#plan();
      while (step !== undefined && !this.#isClosed) {
        if (step.kind === "take") {
          // Whoever was quicker will show in the table.
          if (!(await this.#take(step.slot))) break;
        } else {
          const { kind, slot } = step;
          this.#options.log.info({ ...slot, kind }, "a slot is given up");
          this.#leave(slot, HANDOVER_MS);
        }
        step = this.#plan();
      }
    }
  }

  #plan(): SlotStep | undefined {
    const { board, capacity, monotonicNow } = this.#options;
    const { table } = board;
    if (table === undefined) return undefined;
    const nowMs = monotonicNow();
    const held = this.held;
    this.#noteFree(freeSlots({ wanted: this.#wanted, table, held }), nowMs);
    const situation: SlotSituation = {
      instance: board.instance,
      capacity,
      wanted: this.#wanted,
      table,
      held,
      leavingCount: this.#leaving.size,
      isSettled: nowMs - this.#claimedAtMs >= SETTLE_MS,
      isOverdue: (slot) => nowMs - (this.#freeSinceMs.get(slotName(slot)) ?? nowMs) >= YIELD_MS,
    };
    return planSlots(situation);
  }

  #noteFree(free: ReadonlyMap<string, readonly number[]>, nowMs: number): void {
    const names = new Set<string>();
    for (const [topic, indexes] of free) {
      for (const index of indexes) names.add(slotName({ topic, index }));
    }
    for (const name of this.#freeSinceMs.keys()) {
      if (!names.has(name)) this.#freeSinceMs.delete(name);
    }
    for (const name of names) {
      if (!this.#freeSinceMs.has(name)) this.#freeSinceMs.set(name, nowMs);
    }
  }

  /** @returns whether the table, as it is known, can be trusted to plan on */
  async #take(slot: Slot): Promise<boolean> {
    const { board, log, monotonicNow, use } = this.#options;
    if (this.#leaving.has(slotName(slot))) return false;
    if (!(await board.claim(slot))) return false;
    // Closed, or the lease was lost, while the answer was on its way.
    if (this.#isClosed || board.table === undefined) return false;
    this.#claimedAtMs = monotonicNow();
    this.#held.set(slotName(slot), slot);
    log.info({ ...slot }, "a slot is taken");
    use.begin(slot);
    return true;
  }

  #leave(slot: Slot, timeMs: number): void {
    const { board, use } = this.#options;
    const name = slotName(slot);
    this.#held.delete(name);
    const leave = async (): Promise<void> => {
      await use.end(slot, timeMs);
      await board.release(slot);
    };
    const leaving = leave().finally(() => {
      this.#leaving.delete(name);
      if (!this.#isClosed) this.#wake();
    });
    this.#leaving.set(name, leaving);
  }

  #lost(): void {
    const slots = this.held;
    if (slots.length > 0) this.#options.log.error({ slots }, "slots are lost: their use ends");
    for (const slot of slots) this.#leave(slot, LOSS_MS);
  }
}
