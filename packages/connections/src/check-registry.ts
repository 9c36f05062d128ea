import type { CheckResult } from "@ofs/platform";
import type {
  FollowedSourceCounters,
  FollowedSourceStatus,
  Registry,
  RowRegistry,
  RowRegistryStatus,
  StoreDefinition,
} from "@ofs/registry";

/** Faults that `/ready` shows; their number is always shown. */
const MAX_SHOWN_FAULTS = 20;

/**
 * The registry's part of readiness: nothing can be served before the first snapshot. Afterwards an unreachable
 * source, faulty nodes and stores without a connection are warnings.
 *
 * @param hasConnection whether this process can reach a store
 */
export function checkRegistry(
  registry: Registry | undefined,
  hasConnection: (store: StoreDefinition) => boolean,
): CheckResult {
  if (registry === undefined) {
    return { status: "failing", detail: { error: "the registry is being opened" } };
  }
  const status = registry.status();
  const snapshot = registry.snapshot();
  const stores = [...(snapshot?.stores.values() ?? [])];
  const unconnectedStores = stores.filter((store) => !hasConnection(store)).map(describeStore);
  const detail = { ...describeStatus(status), unconnectedStores };
  if (snapshot === undefined) return { status: "failing", detail };
  const isFine = isHealthy(status) && unconnectedStores.length === 0;
  return { status: isFine ? "ok" : "warning", detail };
}

/**
 * The same of the row dialect's registry: nothing can be served before the first catalog. Afterwards an unreachable
 * source and faulty objects are warnings.
 */
export function checkRowRegistry(registry: RowRegistry | undefined): CheckResult {
  if (registry === undefined) {
    return { status: "failing", detail: { error: "the row registry is being opened" } };
  }
  const status = registry.status();
  const { backupError } = status;
  const detail = {
    ...describeStatus(status),
    ...(backupError === undefined ? {} : { backupError }),
  };
  if (registry.catalog() === undefined) return { status: "failing", detail };
  return { status: isHealthy(status) ? "ok" : "warning", detail };
}

type AnyStatus = FollowedSourceStatus<unknown, FollowedSourceCounters> | RowRegistryStatus;

function isHealthy({ isLive, faults }: AnyStatus): boolean {
  return isLive && faults.length === 0;
}

function describeStatus(status: AnyStatus) {
  const { isLive, source, revision, loadedFrom, lastError, fileError, faults } = status;
  return {
    revision,
    source,
    isLive,
    loadedFrom,
    ...(lastError === undefined ? {} : { error: lastError }),
    ...(fileError === undefined ? {} : { fileError }),
    faultCount: faults.length,
    faults: faults.slice(0, MAX_SHOWN_FAULTS),
  };
}

function describeStore({ id, dbType, confId }: StoreDefinition): string {
  return `store ${id}: no ${dbType} connection with conf-id ${confId}`;
}
