import { type SeededRandom, seededRandom } from "@ofs/testkit";

/** Something bad that happens to a fleet of consumers. */
export type CrashEvent =
  | { readonly kind: "kill consumer"; readonly index: number }
  | { readonly kind: "rebalance"; readonly forMs: number }
  | {
      readonly kind: "restart kafka" | "restart cassandra";
      readonly isKilled: boolean;
      readonly afterMs: number;
    };

export interface EventCounts {
  readonly kills: number;
  readonly rebalances: number;
  readonly kafkaRestarts: number;
  readonly cassandraRestarts: number;
}

export interface TimedEvent {
  /** After the one before is over. */
  readonly pauseMs: number;
  readonly event: CrashEvent;
}

const PAUSE_MS = [300, 3_000] as const;
const DOWN_MS = [200, 4_000] as const;
const EXTRA_MEMBER_MS = [500, 3_000] as const;

/** Events in random order, at random intervals. */
export function planEvents(seed: number, counts: EventCounts, consumerCount: number): TimedEvent[] {
  const random = seededRandom(seed);
  const events: CrashEvent[] = [];
  const add = (count: number, make: () => CrashEvent): void => {
    for (let i = 0; i < count; i++) events.splice(random.integer(0, events.length), 0, make());
  };
  const restart = (kind: "restart kafka" | "restart cassandra") => (): CrashEvent => {
    return { kind, isKilled: random.next() < 0.5, afterMs: between(random, DOWN_MS) };
  };
  add(counts.kills, () => {
    return { kind: "kill consumer", index: random.integer(0, consumerCount - 1) };
  });
  add(counts.rebalances, () => {
    return { kind: "rebalance", forMs: between(random, EXTRA_MEMBER_MS) };
  });
  add(counts.kafkaRestarts, restart("restart kafka"));
  add(counts.cassandraRestarts, restart("restart cassandra"));
  return events.map((event) => ({ pauseMs: between(random, PAUSE_MS), event }));
}

function between(random: SeededRandom, [min, max]: readonly [number, number]): number {
  return random.integer(min, max);
}
