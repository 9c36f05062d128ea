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
  /** Of a version's rows: when so many are sent. */
  readonly share: number;
  readonly event: CrashEvent;
}

/** Shorter, and longer, than the leases of populators live. */
const DOWN_MS = [100, 6_000] as const;
/** There is something left to do. */
const LAST_SHARE = 0.85;

/** Events in random order. Servers are killed and stopped in turns. */
export function planEvents(
  seed: number,
  counts: EventCounts,
  populatorCount: number,
): readonly DueEvent[] {
  const random = seededRandom(seed);
  const restarts = (kind: "restart etcd" | "restart kafka", count: number): CrashEvent[] =>
    Array.from({ length: count }, (_, index) => {
      return { kind, isKilled: index % 2 === 0, afterMs: random.integer(...DOWN_MS) };
    });
  const kill = (): CrashEvent => ({
    kind: "kill populator",
    index: random.integer(0, populatorCount - 1),
  });
  const events = [
    ...Array.from({ length: counts.kills }, kill),
    ...restarts("restart etcd", counts.etcdRestarts),
    ...restarts("restart kafka", counts.kafkaRestarts),
  ];
  return shuffled(events, random).map((event) => ({ share: random.next() * LAST_SHARE, event }));
}

function shuffled<T>(values: readonly T[], random: SeededRandom): T[] {
  const order: T[] = [];
  for (const value of values) order.splice(random.integer(0, order.length), 0, value);
  return order;
}
