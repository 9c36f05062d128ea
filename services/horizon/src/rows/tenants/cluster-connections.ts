import { type RowStoreSettings, type ScyllaSettings, scyllaOptionsOf } from "@ofs/connections";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import { isTenantName } from "@ofs/rows";
import {
  connectScylla,
  type EmbeddedEnvironment,
  EmbeddedRowTables,
  ensureLocalKeyspace,
  type RowTables,
  type ScyllaOptions,
  ScyllaRowTables,
} from "@ofs/store";
import type { TenantClusters } from "./entity-tables.ts";

/** Copies of a new keyspace, where the data centre has as many nodes. */
const COPIES = 3;
/** Tenants that may be connected at once. */
const TENANTS_MAX = 1_000;

export interface ClusterPlaces {
  readonly settings: RowStoreSettings;
  readonly scylla: readonly ScyllaSettings[];
  /** Holds all tenants if none has a connection of its own; stays the caller's. */
  readonly embedded: EmbeddedEnvironment | undefined;
}

/** The tenants' clusters: one connection each, opened when it is first needed. */
export class ClusterConnections implements TenantClusters {
  readonly #places: ClusterPlaces;
  readonly #log: Logger;
  /** One that could not be opened is taken out, so that the next need tries again. */
  readonly #opened = new Map<string, Promise<RowTables>>();
  #isClosed = false;

  constructor(places: ClusterPlaces, log: Logger) {
    this.#places = places;
    this.#log = log;
  }

  async tables(tenant: string): Promise<RowTables> {
    if (this.#isClosed) throw new FeatureStoreError("UNAVAILABLE", "the clusters are closed");
    const known = this.#opened.get(tenant);
    if (known !== undefined) return known;
    if (this.#opened.size >= TENANTS_MAX) {
      const message = `tenant ${tenant}: ${TENANTS_MAX} tenants are connected already`;
      throw new FeatureStoreError("RESOURCE_EXHAUSTED", message);
    }
    const opening = this.#open(tenant);
    this.#opened.set(tenant, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#opened.get(tenant) === opening) this.#opened.delete(tenant);
      throw error;
    }
  }

  async retain(tenants: ReadonlySet<string>): Promise<void> {
    const unused = [...this.#opened].filter(([tenant]) => !tenants.has(tenant));
    for (const [tenant] of unused) this.#opened.delete(tenant);
    await closeAll(unused.map(([, opening]) => opening));
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#opened.values()];
    this.#opened.clear();
    await closeAll(all);
  }

  async #open(tenant: string): Promise<RowTables> {
    const { settings, embedded } = this.#places;
    if (!isTenantName(tenant)) throw unknownTenant(tenant, "its name is not allowed");
    if (settings.confIds.size === 0 && embedded !== undefined) {
      return new EmbeddedRowTables({ environment: embedded, tenant });
    }
    const options = scyllaOptionsOf(tenant, this.#places);
    if (options === undefined) throw unknownTenant(tenant, "no connection is configured");
    await this.#ensureKeyspace(tenant, options);
    return new ScyllaRowTables(await connectScylla({ ...options, log: this.#log }));
  }

  async #ensureKeyspace(tenant: string, options: ScyllaOptions): Promise<void> {
    const copies = await ensureLocalKeyspace(options, COPIES);
    if (copies === undefined) return;
    const fields = { tenant, keyspace: options.keyspace, copies };
    if (copies < COPIES) this.#log.warn(fields, "the new keyspace has few copies");
    else this.#log.info(fields, "the keyspace was created");
  }
}

async function closeAll(opened: readonly Promise<RowTables>[]): Promise<void> {
  const outcomes = await Promise.allSettled(opened);
  await Promise.all(
    outcomes.map(async (each) => {
      if (each.status === "fulfilled") await each.value.close();
    }),
  );
}

function unknownTenant(tenant: string, reason: string): FeatureStoreError {
  return new FeatureStoreError("FAILED_PRECONDITION", `tenant ${tenant}: ${reason}`);
}
