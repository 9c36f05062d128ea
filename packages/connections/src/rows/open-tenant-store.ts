import type { Logger } from "@ofs/platform";
import { DEFAULT_TENANT, isTenantName } from "@ofs/rows";
import {
  connectScylla,
  type EmbeddedEnvironment,
  EmbeddedRowStore,
  type RowStore,
  refuseRowKey,
  type ScyllaOptions,
  ScyllaRowStore,
} from "@ofs/store";
import type { ScyllaSettings } from "../config/scylla-settings.ts";
import { LateRowStore } from "./late-row-store.ts";
import { type RowStoreSettings, TENANT_PLACEHOLDER } from "./row-settings.ts";

export interface TenantPlaces {
  readonly settings: RowStoreSettings;
  readonly scylla: readonly ScyllaSettings[];
  /** Holds all tenants if none has a connection of its own; stays the caller's. */
  readonly embedded: EmbeddedEnvironment | undefined;
}

/** @returns the store of a tenant, which connects when it is pinged or used; undefined where it has no connection */
export function openTenantStore(
  tenant: string,
  places: TenantPlaces,
  log: Logger,
): RowStore | undefined {
  if (!isTenantName(tenant)) return undefined;
  const { settings, embedded } = places;
  if (settings.confIds.size === 0) {
    return embedded && new EmbeddedRowStore({ environment: embedded, tenant });
  }
  const options = scyllaOptionsOf(tenant, places);
  if (options === undefined) return undefined;
  return new LateRowStore({
    kind: "scylla",
    name: `tenant ${tenant}`,
    refuseKey: refuseRowKey,
    async connect() {
      const connection = await connectScylla({ ...options, log });
      return new ScyllaRowStore({ connection });
    },
  });
}

/** @returns how to reach the tenant's cluster; undefined where nothing says so */
export function scyllaOptionsOf(
  tenant: string,
  { settings, scylla }: Pick<TenantPlaces, "settings" | "scylla">,
): ScyllaOptions | undefined {
  const { confIds, hostPattern, keyspace, consistency } = settings;
  const listed = confIds.get(tenant);
  const confId = listed ?? (hostPattern === undefined ? undefined : confIds.get(DEFAULT_TENANT));
  const connection = scylla.find((each) => each.confId === confId);
  if (connection === undefined) return undefined;
  const options = { ...connection.options, keyspace, consistency };
  if (listed !== undefined || hostPattern === undefined) return options;
  const key = tenant === DEFAULT_TENANT ? "" : `-${tenant}`;
  return { ...options, contactPoints: [hostPattern.replaceAll(TENANT_PLACEHOLDER, key)] };
}
