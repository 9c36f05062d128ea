import { LiveRowRegistry } from "./live-row-registry.ts";
import type { RowRegistry, RowRegistryOptions } from "./row-registry.ts";

/**
 * Loads the row dialect's registry and keeps it up to date. Resolves with the source's tree, or with the file's if the
 * source does not answer in time, or without a catalog if there is neither; it goes on trying in all cases. Never rejects
 * for a source that is down.
 */
export async function openRowRegistry(options: RowRegistryOptions): Promise<RowRegistry> {
  const registry = new LiveRowRegistry(options);
  await registry.start();
  return registry;
}
