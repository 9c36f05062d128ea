import { FeatureStoreError } from "@ofs/platform";
import { RowError, type RowState, type TtlRequest } from "@ofs/rows";
import type { Metastore } from "../metastore/metastore.ts";
import type { Changed, Publisher } from "../publication/publisher.ts";
import type { Served } from "../publication/served.ts";
import { clustersOf, type EntityTables } from "../tenants/entity-tables.ts";

export interface ChangesParts {
  readonly metastore: Metastore;
  readonly tables: EntityTables;
  readonly publisher: Publisher;
  readonly served: Served;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Changes of what is there: states and TTLs. */
export class Changes {
  readonly #parts: ChangesParts;

  constructor(parts: ChangesParts) {
    this.#parts = parts;
  }

  /** @throws {RowError} ENTITY-NOT-FOUND-EXCEPTION, UPDATE-ENTITY-REQUEST-EXCEPTION */
  async setEntityState(name: string, state: RowState): Promise<void> {
    const { metastore, now } = this.#parts;
    const outcome = await metastore.entities.setState(name, state, now());
    if (outcome === "missing") throw RowError.of("ENTITY-NOT-FOUND-EXCEPTION");
    if (outcome === "in-use") throw RowError.of("UPDATE-ENTITY-REQUEST-EXCEPTION");
    await this.#publish({ kind: "entity", name });
  }

  /**
   * @param version default: the latest
   * @throws {RowError} FEATURE-GROUP-NOT-FOUND-EXCEPTION
   */
  async setGroupState(name: string, version: string | undefined, state: RowState): Promise<void> {
    const { metastore, now } = this.#parts;
    const known = version ?? (await metastore.groups.version(name))?.latestVersion;
    const key = known === undefined ? undefined : { name, version: known };
    if (key === undefined || !(await metastore.groups.setState(key, state, now()))) {
      throw RowError.of("FEATURE-GROUP-NOT-FOUND-EXCEPTION");
    }
    await this.#publish({ kind: "group", name });
  }

  /**
   * Changes the TTL of the entity's table in the clusters of the feature group, and of the entity: of all its feature groups.
   *
   * @throws {RowError} FEATURE-GROUP-NOT-FOUND-EXCEPTION, OFS-V2-TTL-UPDATE-EXCEPTION
   */
  async setTtl({ name, version, ttl }: TtlRequest): Promise<void> {
    const { metastore, now, tables } = this.#parts;
    const group = await metastore.groups.find(name, version);
    if (group === undefined) throw RowError.of("FEATURE-GROUP-NOT-FOUND-EXCEPTION");
    const { entityName } = group.featureGroup;
    const entity = await metastore.entities.find(entityName);
    if (entity === undefined) throw RowError.of("ENTITY-NOT-FOUND-EXCEPTION");
    try {
      await tables.setTtl(clustersOf(group.tenant), entity.entity, ttl, async () => {
        await metastore.entities.setTtl(entityName, ttl, now());
      });
    } catch (error) {
      if (!(error instanceof FeatureStoreError)) throw error;
      throw RowError.of("OFS-V2-TTL-UPDATE-EXCEPTION", { cause: error.message });
    }
    await this.#publish({ kind: "entity", name: entityName });
  }

  async #publish(changed: Changed): Promise<void> {
    const { publisher, served } = this.#parts;
    const { revision } = await publisher.publish(changed);
    await served.waitFor(revision);
  }
}
