import type { FleetObservation } from "./fleet-monitor.ts";
import type { FleetService } from "./targets.ts";

/** Groups that a report of the whole fleet names. */
const OLDEST_COUNT = 5;

/** When a feature group was last written, as far as the processes that run now know: they begin anew when they start. */
export interface GroupFreshness {
  readonly entity: string;
  readonly group: string;
  /** Unix milliseconds, by the service that wrote: `consumer` is ingestion, `api-server` calls. */
  readonly lastWrites: Readonly<Partial<Record<FleetService, number>>>;
}

/**
 * @param isWanted which feature groups
 * @returns those that were written, in no order; of several instances of a service, the latest counts
 */
export function freshnessOf(
  { instances }: FleetObservation,
  isWanted: (entity: string, group: string) => boolean,
): readonly GroupFreshness[] {
  const all = new Map<string, GroupFreshness>();
  for (const { target, probe } of instances) {
    for (const { entity, group, atMs } of probe.metrics?.lastWrites ?? []) {
      if (!isWanted(entity, group)) continue;
      const key = JSON.stringify([entity, group]);
      const known = all.get(key)?.lastWrites ?? {};
      const latest = Math.max(known[target.service] ?? 0, atMs);
      all.set(key, { entity, group, lastWrites: { ...known, [target.service]: latest } });
    }
  }
  return [...all.values()];
}

/** @returns whether all instances of a service have told what they have written, and there are some */
export function haveTold({ instances }: FleetObservation, service: FleetService): boolean {
  const own = instances.filter(({ target }) => target.service === service);
  return own.length > 0 && own.every(({ probe }) => probe.metrics !== undefined);
}

/** @returns the groups that nobody has written for longest, longest first */
export function oldestWrites(
  observation: FleetObservation,
  isKnown: (entity: string, group: string) => boolean,
): readonly GroupFreshness[] {
  const latest = ({ lastWrites }: GroupFreshness): number => Math.max(...Object.values(lastWrites));
  return freshnessOf(observation, isKnown)
    .toSorted((a, b) => latest(a) - latest(b))
    .slice(0, OLDEST_COUNT);
}
