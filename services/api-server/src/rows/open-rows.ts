import {
  AppliedRevision,
  checkRowRegistry,
  createRowSweep,
  openTenantStore,
  type RegistrySettings,
  type ScyllaSettings,
  TenantStores,
} from "@ofs/connections";
import { RowEngine } from "@ofs/engine";
import type { Logger, ServiceBase } from "@ofs/platform";
import { openRowRegistry, type RegistrySource, type RowRegistry } from "@ofs/registry";
import { DEFAULT_TENANT, type RowCatalog } from "@ofs/rows";
import type { EmbeddedEnvironment } from "@ofs/store";
import type { RowSettings } from "../config/row-settings.ts";
import type { HttpRoute } from "../http/http-server.ts";
import { HttpRowAdmin, type RowAdmin } from "./row-admin.ts";
import type { RowGuardDeps } from "./row-handler.ts";
import { registerRowRegistryMetrics } from "./row-registry-metrics.ts";
import { rowRoutes } from "./row-routes.ts";

export interface RowsOptions {
  readonly settings: RowSettings;
  readonly scylla: readonly ScyllaSettings[];
  readonly embedded: EmbeddedEnvironment | undefined;
  /** Of the row dialect's registry; stays the caller's. */
  readonly source: RegistrySource;
  /** Where to tell what is served of the registry; undefined: nowhere. */
  readonly etcd: RegistrySettings["etcd"];
  readonly appName: string;
  /** Where the last registry is kept. */
  readonly snapshotFile: string | undefined;
  /** In place of `ROW_ADMIN_URL`. */
  readonly admin: RowAdmin | undefined;
  readonly storeTimeoutMs: number;
  /** Calls that wait for one tenant's store at once. */
  readonly maxStoreInFlight: number;
}

/** The row dialect in this process. */
export interface Rows {
  readonly engine: RowEngine;
  /** undefined while it is being opened. */
  readonly registry: () => RowRegistry | undefined;
  routes(guard: Omit<RowGuardDeps, "limits">): Map<string, HttpRoute>;
  /** Loads the registry and follows it. Never rejects for a source that is down. */
  start(): Promise<void>;
}

/** Opens what serves the row dialect, except its port, and registers how it is closed. */
export function openRows(options: RowsOptions, base: ServiceBase): Rows {
  const { settings, source, snapshotFile, storeTimeoutMs } = options;
  const { log, metrics, health, lifecycle } = base;
  const places = { settings: settings.stores, scylla: options.scylla, embedded: options.embedded };
  const stores = new TenantStores({
    open: (tenant) => openTenantStore(tenant, places, log),
    maxInFlight: options.maxStoreInFlight,
    log,
    metrics,
  });
  lifecycle.register("row stores", () => stores.close());
  if (options.embedded !== undefined) startSweep(options.embedded, base);
  let registry: RowRegistry | undefined;
  lifecycle.register("row registry", () => registry?.close());
  let applied: AppliedRevision | undefined;
  lifecycle.register("applied row revision", () => applied?.close());
  const engine = new RowEngine({
    registry: {
      catalog: () => registry?.catalog(),
      waitForCurrent: async (maxMs) => registry?.waitForCurrent(maxMs),
    },
    stores,
    storeTimeoutMs,
    scanTimeoutMs: settings.ROW_PARTITION_TIMEOUT_MS,
    now: Date.now,
    metrics,
    log,
  });
  registerRowRegistryMetrics(metrics, () => registry);
  health.register("row registry", () => checkRowRegistry(registry));
  health.register("row stores", () => stores.check());
  const admin =
    options.admin ??
    (settings.ROW_ADMIN_URL === undefined ? undefined : new HttpRowAdmin(settings.ROW_ADMIN_URL));
  return {
    engine,
    registry: () => registry,
    routes: (guard) =>
      rowRoutes({
        engine,
        guard: { ...guard, limits: limitsOf(settings) },
        admin,
        metrics,
        checks: () => ({
          registry: registry?.catalog() !== undefined,
          store: stores.states().get(DEFAULT_TENANT) ?? true,
        }),
      }),
    async start() {
      // Others open theirs when they are first used; this one tells how the process is.
      stores.storeOf(DEFAULT_TENANT);
      registry = await openRowRegistry({
        source,
        snapshotFile,
        log,
        onChange: (catalog) => stores.retain(tenantsOf(catalog)),
      });
      health.refresh();
      registry.onCatalog(() => applied?.changed());
      applied = await openApplied(options, registry, log);
    },
  };
}

function startSweep(embedded: EmbeddedEnvironment, { log, lifecycle }: ServiceBase): void {
  if (embedded.isReadOnly) return;
  const sweep = createRowSweep(embedded, log);
  sweep.start();
  lifecycle.register("row sweep", () => sweep.close());
}

async function openApplied(
  { etcd, appName }: RowsOptions,
  registry: RowRegistry,
  log: Logger,
): Promise<AppliedRevision | undefined> {
  if (etcd === undefined) return undefined;
  const revision = (): number => registry.revision;
  return AppliedRevision.open({ appName, service: "api-server", etcd, revision, log });
}

function limitsOf(settings: RowSettings): RowGuardDeps["limits"] {
  return {
    maxBodyBytes: settings.ROW_MAX_BODY_BYTES,
    maxRows: settings.ROW_MAX_ROWS,
    maxMultiReadRows: settings.ROW_MULTI_READ_MAX_ROWS,
    maxPartitionRows: settings.ROW_MAX_PARTITION_ROWS,
  };
}

/** Tenants that rows are read from or written to, and the default one. */
function tenantsOf(catalog: RowCatalog): ReadonlySet<string> {
  const tenants = new Set([DEFAULT_TENANT]);
  for (const { metadata } of catalog.groups()) {
    tenants.add(metadata.tenant.read);
    tenants.add(metadata.tenant.write);
  }
  return tenants;
}
