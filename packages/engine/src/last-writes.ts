import { Gauge, type Registry } from "prom-client";

/**
 * When each feature group was last written by this process. A write costs two lookups a group, whatever its rows; series
 * are as many as groups that were written.
 */
export class LastWrites {
  /** Unix milliseconds, by entity and feature group. */
  readonly #atMs = new Map<string, Map<string, number>>();

  /** @throws {Error} if the registry has such a metric already */
  constructor(registry: Registry) {
    const all = this.#atMs;
    new Gauge({
      name: "ofs_feature_group_last_write_timestamp_seconds",
      help: "When a store last took rows of the feature group from here, in Unix seconds; of several processes, the latest.",
      labelNames: ["entity", "feature_group"],
      aggregator: "max",
      registers: [registry],
      collect() {
        for (const [entity, groups] of all) {
          for (const [group, atMs] of groups) {
            this.set({ entity, feature_group: group }, atMs / 1000);
          }
        }
      },
    });
  }

  /** @param atMs Unix milliseconds */
  note(entity: string, group: string, atMs: number): void {
    const groups = this.#atMs.get(entity);
    if (groups === undefined) this.#atMs.set(entity, new Map([[group, atMs]]));
    else groups.set(group, atMs);
  }
}
