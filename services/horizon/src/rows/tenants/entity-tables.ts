import { FeatureStoreError } from "@ofs/platform";
import {
  type EntityDefinition,
  foldName,
  type GroupMetadata,
  RowError,
  storageColumn,
  type TenantConfig,
} from "@ofs/rows";
import type { RowColumn, RowTable, RowTables } from "@ofs/store";
import type { DdlLock } from "./ddl-lock.ts";

/** The clusters that hold rows, by the tenants that are mapped to them. */
export interface TenantClusters {
  /**
   * Connects where that has not been done yet.
   *
   * @throws {FeatureStoreError} FAILED_PRECONDITION for a tenant without a connection; UNAVAILABLE
   */
  tables(tenant: string): Promise<RowTables>;
  /** Closes the connections of tenants that no feature group uses any more. */
  retain(tenants: ReadonlySet<string>): Promise<void>;
  close(): Promise<void>;
}

/** Makes tables of entities, and columns of feature groups, in the clusters. All of it may be repeated. */
export class EntityTables {
  readonly #clusters: TenantClusters;
  readonly #lock: DdlLock;

  constructor(clusters: TenantClusters, lock: DdlLock) {
    this.#clusters = clusters;
    this.#lock = lock;
  }

  /**
   * @param groups versions whose columns the tables are to have
   * @throws {FeatureStoreError} FAILED_PRECONDITION naming a column that exists with another type; UNAVAILABLE
   */
  async ensure(
    tenants: readonly string[],
    entity: EntityDefinition,
    groups: readonly GroupMetadata[],
  ): Promise<void> {
    const columns = [...sharedColumns(entity), ...groups.flatMap(groupColumns)];
    for (const tenant of inOrder(tenants)) {
      const tables = await this.#clusters.tables(tenant);
      await this.#lock.hold(tenant, () => tables.ensure(tableOf(entity), columns, entity.ttl ?? 0));
    }
  }

  /**
   * Changes that are made at once come one after the other, so that all clusters and what is noted have the same in the end.
   *
   * @param note what is to be done when all clusters have it
   * @throws {FeatureStoreError} NOT_FOUND without such a table; UNAVAILABLE
   */
  async setTtl(
    tenants: readonly string[],
    entity: EntityDefinition,
    ttlSeconds: number,
    note: () => Promise<void>,
  ): Promise<void> {
    const [tenant, ...others] = inOrder(tenants);
    if (tenant === undefined) return note();
    const tables = await this.#clusters.tables(tenant);
    await this.#lock.hold(tenant, async () => {
      await tables.setTtl(foldName(entity.tableName), ttlSeconds);
      await this.setTtl(others, entity, ttlSeconds, note);
    });
  }

  /** @throws {RowError} OFS-V2-TENANT-ONBOARDING-EXCEPTION, 400, for one without a cluster that answers */
  async assertReachable(tenants: readonly string[]): Promise<void> {
    for (const tenant of inOrder(tenants)) {
      try {
        await (await this.#clusters.tables(tenant)).ping();
      } catch (error) {
        if (!(error instanceof FeatureStoreError)) throw error;
        const isNamed = error.code === "FAILED_PRECONDITION"; // there is no such connection
        const message = isNamed ? error.message : `tenant ${tenant}: ${error.message}`;
        throw RowError.of("OFS-V2-TENANT-ONBOARDING-EXCEPTION", { status: 400, message });
      }
    }
  }

  retain(tenants: ReadonlySet<string>): Promise<void> {
    return this.#clusters.retain(tenants);
  }
}

export function clustersOf({ read, write }: TenantConfig): readonly string[] {
  return [read, write];
}

function inOrder(tenants: readonly string[]): string[] {
  return [...new Set(tenants)].sort();
}

function tableOf({ tableName, features, primaryKeys }: EntityDefinition): RowTable {
  const keys = primaryKeys.map((key): RowColumn => {
    const column = features.find(({ name }) => name === key);
    if (column === undefined) {
      throw new FeatureStoreError("FAILED_PRECONDITION", `${tableName} has no column ${key}`);
    }
    return { name: foldName(key), type: column.type };
  });
  const [first, ...others] = keys;
  if (first === undefined) {
    throw new FeatureStoreError("FAILED_PRECONDITION", `${tableName} has no primary key`);
  }
  return { name: foldName(tableName), keys: [first, ...others] };
}

function sharedColumns({ features, primaryKeys }: EntityDefinition): RowColumn[] {
  return features
    .filter(({ name }) => !primaryKeys.includes(name))
    .map(({ name, type }) => ({ name: foldName(name), type }));
}

function groupColumns({ featureGroup, version }: GroupMetadata): RowColumn[] {
  return featureGroup.features.map(({ name, type }) => ({
    name: storageColumn(featureGroup, version, name),
    type,
  }));
}
