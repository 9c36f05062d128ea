import { FeatureStoreError } from "@ofs/platform";
import { type GroupMetadata, RowError, type TenantConfig } from "@ofs/rows";
import type { Metastore } from "../metastore/metastore.ts";
import type { Changed, Publisher } from "../publication/publisher.ts";
import type { Served } from "../publication/served.ts";
import { clustersOf, type EntityTables } from "./entity-tables.ts";

/** Tries to make the columns of all versions while others add versions. */
const TRIES_MAX = 10;

export interface TenantMoverParts {
  readonly metastore: Metastore;
  readonly tables: EntityTables;
  readonly publisher: Publisher;
  readonly served: Served;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Maps feature groups to other tenants. Tables and columns are made where they are missing; no data is copied. */
export class TenantMover {
  readonly #parts: TenantMoverParts;

  constructor(parts: TenantMoverParts) {
    this.#parts = parts;
  }

  /**
   * Maps all versions of one feature group.
   *
   * @throws {RowError} FEATURE-GROUP-NOT-FOUND-EXCEPTION; OFS-V2-TENANT-ONBOARDING-EXCEPTION, and nothing is changed
   */
  async move(name: string, tenant: TenantConfig): Promise<void> {
    const { publisher, served } = this.#parts;
    await this.#parts.tables.assertReachable(clustersOf(tenant));
    await this.#moveOne(name, tenant);
    const { revision } = await publisher.publish({ kind: "group", name });
    await served.waitFor(revision);
    await this.#closeUnused();
  }

  /**
   * Maps every feature group whose latest version is on a tenant in this role.
   *
   * @throws {RowError} OFS-V2-TENANT-ONBOARDING-EXCEPTION
   */
  async moveAll(role: keyof TenantConfig, current: string, next: string): Promise<void> {
    const { metastore, publisher, served, tables } = this.#parts;
    if (role !== "consume") await tables.assertReachable([next]);
    const groups = await metastore.groups.list();
    const names = new Set(
      groups.filter((each) => each.tenant[role] === current).map((g) => g.name),
    );
    const moved: Changed[] = [];
    try {
      for (const name of names) {
        const tenant = groups.findLast((each) => each.name === name)?.tenant;
        if (tenant !== undefined) await this.#moveOne(name, { ...tenant, [role]: next });
        moved.push({ kind: "group", name });
      }
    } finally {
      // Those before a failure have moved.
      if (moved.length > 0) await served.waitFor((await publisher.publish(...moved)).revision);
    }
    await this.#closeUnused();
  }

  async #moveOne(name: string, tenant: TenantConfig): Promise<void> {
    const { metastore, now } = this.#parts;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const versions = await metastore.groups.versionsOf(name);
      if (versions.length === 0) throw RowError.of("FEATURE-GROUP-NOT-FOUND-EXCEPTION");
      await this.#makeColumns(versions, tenant);
      const made = new Set(versions.map(({ version }) => version));
      if (await metastore.groups.setTenants(name, tenant, made, now())) return;
    }
    const message = `${name} got new versions ${TRIES_MAX} times in a row`;
    throw new FeatureStoreError("UNAVAILABLE", message);
  }

  async #makeColumns(versions: readonly GroupMetadata[], tenant: TenantConfig): Promise<void> {
    const { metastore, tables } = this.#parts;
    const entityNames = new Set(versions.map(({ featureGroup }) => featureGroup.entityName));
    try {
      for (const entityName of entityNames) {
        const entity = await metastore.entities.find(entityName);
        if (entity === undefined) throw RowError.of("ENTITY-NOT-FOUND-EXCEPTION");
        const own = versions.filter(({ featureGroup }) => featureGroup.entityName === entityName);
        await tables.ensure(clustersOf(tenant), entity.entity, own);
      }
    } catch (error) {
      if (!(error instanceof FeatureStoreError)) throw error;
      throw RowError.of("OFS-V2-TENANT-ONBOARDING-EXCEPTION", { message: error.message });
    }
  }

  async #closeUnused(): Promise<void> {
    const groups = await this.#parts.metastore.groups.list();
    await this.#parts.tables.retain(new Set(groups.flatMap(({ tenant }) => clustersOf(tenant))));
  }
}
