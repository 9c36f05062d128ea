import { LiveRegistry } from "./live-registry.ts";
import type { Registry, RegistryOptions } from "./registry.ts";

/**
 * Loads the registry and keeps it up to date. Resolves with the source's tree, or with the file's if
 * the source does not answer in time, or without a snapshot if there is neither; it goes on trying
 * in all cases. Never rejects for a source that is down.
 */
export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const registry = new LiveRegistry(options);
  await registry.start();
  return registry;
}
