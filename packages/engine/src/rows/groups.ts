import { type ResolvedGroup, type RowCatalog, RowError } from "@ofs/rows";
import { LRUCache } from "lru-cache";
import type { GroupAddress } from "./requests.ts";

/** How long a request for an unknown name waits for what the registry's source may know already. */
export const UNKNOWN_NAME_WAIT_MS = 200;

/** How long a name that was not found then stays unknown, unless the registry changes. */
export const UNKNOWN_NAME_TTL_MS = 1_000;

const MAX_UNKNOWN_NAMES = 10_000;

/** The registry, as requests see it. */
export interface RowRegistryView {
  /** One assignment swaps it: a request takes it once and uses it to its end. Undefined before the first one. */
  catalog(): RowCatalog | undefined;
  /** Resolves when all is known that the source knows now, or after the time. Never rejects. */
  waitForCurrent(maxMs: number): Promise<void>;
}

export interface Located {
  readonly catalog: RowCatalog;
  readonly group: ResolvedGroup;
}

/** Finds the feature groups that requests name. */
export class Groups {
  readonly #registry: RowRegistryView;
  readonly #unknown: LRUCache<string, true>;
  #catalog: RowCatalog | undefined;

  constructor(registry: RowRegistryView) {
    this.#registry = registry;
    this.#unknown = new LRUCache({ max: MAX_UNKNOWN_NAMES, ttl: UNKNOWN_NAME_TTL_MS });
  }

  /**
   * @returns at once where the group is known
   * @throws {RowError} OFS-V2-ADMIN-SERVICE-EXCEPTION for an unknown name or version,
   *   FEATURE-GROUP-STATE-EXCEPTION for an archived one, and where the registry is not there or cannot be read
   */
  locate(address: GroupAddress): Located | Promise<Located> {
    const catalog = this.#current();
    const group = find(catalog, address);
    if (group !== undefined) return { catalog, group: requireLive(group) };
    return this.#locateLater(address);
  }

  async #locateLater(address: GroupAddress): Promise<Located> {
    const name = JSON.stringify([address.featureGroupName, address.featureGroupVersion]);
    if (!this.#unknown.has(name)) {
      await this.#registry.waitForCurrent(UNKNOWN_NAME_WAIT_MS);
      const catalog = this.#current();
      const group = find(catalog, address);
      if (group !== undefined) return { catalog, group: requireLive(group) };
      this.#unknown.set(name, true);
    }
    throw RowError.of("OFS-V2-ADMIN-SERVICE-EXCEPTION");
  }

  #current(): RowCatalog {
    const catalog = this.#registry.catalog();
    if (catalog === undefined) {
      throw RowError.of("OFS-V2-METASTORE-UNAVAILABLE-EXCEPTION", {
        cause: "the registry has not been loaded yet",
      });
    }
    if (catalog !== this.#catalog) {
      this.#unknown.clear();
      this.#catalog = catalog;
    }
    return catalog;
  }
}

function requireLive(group: ResolvedGroup): ResolvedGroup {
  if (group.metadata.state === "LIVE") return group;
  throw RowError.of("FEATURE-GROUP-STATE-EXCEPTION");
}

/**
 * @returns undefined where there is no such group or version
 * @throws {RowError} where there is one that cannot be served
 */
function find(catalog: RowCatalog, address: GroupAddress): ResolvedGroup | undefined {
  const { featureGroupName: name, featureGroupVersion: version, isFolded = false } = address;
  const group = isFolded ? catalog.groupFolded(name) : catalog.group(name, version);
  if (group === undefined) assertNoFault(catalog, name, version);
  return group;
}

function assertNoFault(catalog: RowCatalog, name: string, version: string | undefined): void {
  const folder = `feature-groups/${encodeURIComponent(name)}/`;
  const latest = version ?? catalog.latestVersion(name);
  const fault = catalog.faults.find(({ path }) =>
    latest === undefined ? path.startsWith(folder) : path === folder + latest,
  );
  if (fault !== undefined) {
    throw RowError.of("DarwinOfsV2-UNKNOWN-EXCEPTION", { cause: `${fault.path}: ${fault.reason}` });
  }
  if (latest === undefined && catalog.versionsOf(name).length > 0) {
    throw RowError.of("FEATURE-GROUP-VERSION-NOT-FOUND-EXCEPTION");
  }
}
