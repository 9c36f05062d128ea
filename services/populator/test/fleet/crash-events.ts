import { type SeededRandom, seededRandom } from "@ofs/testkit";

/** Something bad that happens to a fleet of populators, or to what it works with. */
export type CrashEvent =
  | { readonly kind: "kill populator"; readonly index: number }
  | {
      readonly kind: "restart etcd" | "restart kafka";
      readonly isKilled: boolean;
      readonly afterMs: number;
    };

export interface EventCounts {
  readonly kills: number;
  readonly etcdRestarts: number;
  readonly kafkaRestarts: number;
}

export interface DueEvent {
  /** Of the rows: when so many are sent. */
  readonly share: number;
  readonly event: CrashEvent;
}

/** Shorter, and longer, than the leases of populators live. */
const DOWN_MS = [100, 6_000] as const;
/** The rest is for what the last event has left. */
const LAST_SHARE = 0.85;

/** Events in random order, spread over the work at random. */
export function planEvents(
  seed: number,
  counts: EventCounts,
  populatorCount: number,
): readonly DueEvent[] {
  const random = seededRandom(seed);
  const restart = (kind: "restart etcd" | "restart kafka") => (): CrashEvent => ({
    kind,
    isKilled: random.next() < 0.5,
    afterMs: random.integer(...DOWN_MS),
  });
  const kill = (): CrashEvent => ({
    kind: "kill populator",
    index: random.integer(0, populatorCount - 1),
  });
  const events = [
    ...Array.from({ length: counts.kills }, kill),
    ...Array.from({ length: counts.etcdRestarts }, restart("restart etcd")),
    ...Array.from({ length: counts.kafkaRestarts }, restart("restart kafka")),
  ];
  const shares = events.map(() => random.next() * LAST_SHARE).sort((a, b) => a - b);
  return shuffled(events, random).map((event, index) => ({ share: shares[index] ?? 0, event }));
}

function shuffled<T>(values: readonly T[], random: SeededRandom): T[] {
  const order: T[] = [];
  for (const value of values) order.splice(random.integer(0, order.length), 0, value);
  return order;
}
