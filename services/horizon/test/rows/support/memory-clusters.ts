import { setImmediate } from "node:timers/promises";
import { FeatureStoreError } from "@ofs/platform";
import type { RowColumn, RowTable, RowTables, StoredRowTable } from "@ofs/store";
import type { TenantClusters } from "../../../src/rows/tenants/entity-tables.ts";

/** Tables of one cluster in memory, with faults at hand. */
export class MemoryTables implements RowTables {
  readonly tables = new Map<string, StoredRowTable>();
  /** What the next changes fail with, one after the other. */
  readonly failures: Error[] = [];
  isAway = false;

  async describe(name: string): Promise<StoredRowTable | undefined> {
    return this.tables.get(name);
  }

  async ensure(table: RowTable, columns: readonly RowColumn[], ttlSeconds: number): Promise<void> {
    await Promise.resolve();
    this.#assertUp();
    const existing = this.tables.get(table.name);
    const known = new Map(existing?.columns.map((column) => [column.name, column]));
    for (const column of columns) {
      const type = known.get(column.name)?.type ?? column.type;
      if (type !== column.type) {
        throw new FeatureStoreError(
          "FAILED_PRECONDITION",
          `column ${column.name} of ${table.name} is ${type}, not ${column.type}`,
        );
      }
      known.set(column.name, column);
    }
    const ttl = existing?.ttlSeconds ?? ttlSeconds;
    this.tables.set(table.name, { ...table, columns: [...known.values()], ttlSeconds: ttl });
  }

  async setTtl(name: string, ttlSeconds: number): Promise<void> {
    await setImmediate(); // others come in between
    this.#assertUp();
    const table = this.tables.get(name);
    if (table === undefined) throw new FeatureStoreError("NOT_FOUND", `no table ${name}`);
    this.tables.set(name, { ...table, ttlSeconds });
  }

  async ping(): Promise<void> {
    if (this.isAway) throw new FeatureStoreError("UNAVAILABLE", "the cluster is away");
  }

  async close(): Promise<void> {}

  columnsOf(table: string): string[] {
    return [...(this.tables.get(table)?.columns ?? [])].map(({ name }) => name).sort();
  }

  #assertUp(): void {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    if (this.isAway) throw new FeatureStoreError("UNAVAILABLE", "the cluster is away");
  }
}

/** Clusters in memory, for the tenants that are named. */
export class MemoryClusters implements TenantClusters {
  readonly byTenant: ReadonlyMap<string, MemoryTables>;
  retained: ReadonlySet<string> = new Set();

  constructor(...tenants: readonly string[]) {
    this.byTenant = new Map(tenants.map((tenant) => [tenant, new MemoryTables()]));
  }

  of(tenant: string): MemoryTables {
    const tables = this.byTenant.get(tenant);
    if (tables !== undefined) return tables;
    const message = `tenant ${tenant} has no connection`;
    throw new FeatureStoreError("FAILED_PRECONDITION", message);
  }

  async tables(tenant: string): Promise<RowTables> {
    return this.of(tenant);
  }

  async retain(tenants: ReadonlySet<string>): Promise<void> {
    this.retained = tenants;
  }

  async close(): Promise<void> {}
}
