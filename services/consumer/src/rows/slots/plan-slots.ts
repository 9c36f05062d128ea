import { type Slot, type SlotTable, slotName } from "./slot.ts";

/** What one process knows when it decides on its slots. */
export interface SlotSituation {
  readonly instance: string;
  readonly capacity: number;
  /** By topic: how many members its group is to have. */
  readonly wanted: ReadonlyMap<string, number>;
  readonly table: SlotTable;
  /** That this process has. */
  readonly held: readonly Slot[];
  /** That this process is giving back: they take up room until they are gone. */
  readonly leavingCount: number;
  /** Whether this process has claimed nothing for a while: only then it sheds. */
  readonly isSettled: boolean;
  /** Whether a slot has been free for so long that those who should take it seem not to. */
  isOverdue(slot: Slot): boolean;
}

/**
 * - `give`: the slot is not wanted any more;
 * - `shed`: another process has two fewer;
 * - `take`: nobody has it.
 */
export interface SlotStep {
  readonly kind: "give" | "shed" | "take";
  readonly slot: Slot;
}

/** @returns the next thing to do; undefined if all is as it should be, or others are to act */
export function planSlots(situation: SlotSituation): SlotStep | undefined {
  const { held, wanted } = situation;
  const surplus = held.find(({ topic, index }) => index >= (wanted.get(topic) ?? 0));
  if (surplus !== undefined) return { kind: "give", slot: surplus };
  const free = freeSlots(situation);
  if (free.size > 0) return planTake(situation, free);
  return planShed(situation);
}

/** Of every wanted topic that has some: indexes that nobody has, the lowest first. */
export function freeSlots({
  wanted,
  table,
  held,
}: Pick<SlotSituation, "wanted" | "table" | "held">): Map<string, number[]> {
  const mine = new Set(held.map(slotName));
  const free = new Map<string, number[]>();
  for (const [topic, count] of wanted) {
    const owners = table.owners.get(topic);
    for (let index = 0; index < count; index++) {
      if (owners?.has(index) === true || mine.has(slotName({ topic, index }))) continue;
      const indexes = free.get(topic);
      if (indexes === undefined) free.set(topic, [index]);
      else indexes.push(index);
    }
  }
  return free;
}

/** The topic of which the largest share is missing comes first, and then one that is not read here. */
function planTake(
  situation: SlotSituation,
  free: ReadonlyMap<string, readonly number[]>,
): SlotStep | undefined {
  const { capacity, held, leavingCount, wanted } = situation;
  if (held.length + leavingCount >= capacity) return undefined;
  const counts = countByTopic(held);
  let best: { slot: Slot; missing: number; own: number } | undefined;
  for (const [topic, [index = 0, ...others]] of free) {
    const missing = (others.length + 1) / (wanted.get(topic) ?? 1);
    const own = counts.get(topic) ?? 0;
    const isBetter =
      best === undefined ||
      missing > best.missing ||
      (missing === best.missing &&
        (own < best.own || (own === best.own && topic < best.slot.topic)));
    if (isBetter) best = { slot: { topic, index }, missing, own };
  }
  if (best === undefined) return undefined;
  const mustYield = others(situation).some(
    ({ load, room }) => room > 0 && load < held.length + leavingCount,
  );
  if (mustYield && !situation.isOverdue(best.slot)) return undefined;
  return { kind: "take", slot: best.slot };
}

/** Of the topic with the most members here, the last. */
function planShed(situation: SlotSituation): SlotStep | undefined {
  const { held, isSettled, leavingCount } = situation;
  if (!isSettled || leavingCount > 0 || !isCurrent(situation)) return undefined;
  const isUneven = others(situation).some(({ load, room }) => room > 0 && load + 2 <= held.length);
  if (!isUneven) return undefined;
  const counts = countByTopic(held);
  const rank = ({ topic }: Slot): number => counts.get(topic) ?? 0;
  const [slot] = held.toSorted(
    (a, b) => rank(b) - rank(a) || compare(a.topic, b.topic) || b.index - a.index,
  );
  return slot && { kind: "shed", slot };
}

/** Whether the table has what this process has, and not also what it has just given back: else it would shed twice. */
function isCurrent({ instance, table, held }: SlotSituation): boolean {
  let count = 0;
  for (const owners of table.owners.values()) {
    for (const owner of owners.values()) if (owner === instance) count += 1;
  }
  return count === held.length;
}

/** What other processes have, and how much more they take. */
function others({ instance, table }: SlotSituation): { load: number; room: number }[] {
  const loads = new Map<string, number>();
  for (const owners of table.owners.values()) {
    for (const owner of owners.values()) loads.set(owner, (loads.get(owner) ?? 0) + 1);
  }
  return [...table.capacities]
    .filter(([name]) => name !== instance)
    .map(([name, capacity]) => {
      const load = loads.get(name) ?? 0;
      return { load, room: capacity - load };
    });
}

function countByTopic(slots: readonly Slot[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { topic } of slots) counts.set(topic, (counts.get(topic) ?? 0) + 1);
  return counts;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
