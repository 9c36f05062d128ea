import type { Flavour, SqlEngine } from "@ofs/database";
import type { Logger } from "@ofs/platform";
import { sql } from "kysely";
import { CardRepository } from "./card-repository.ts";
import { CreationRepository } from "./creation-repository.ts";
import { EntityRepository } from "./entity-repository.ts";
import { GroupRepository } from "./group-repository.ts";
import { RunRepository } from "./run-repository.ts";
import type { MetastoreTables } from "./schema.ts";
import { SearchRepository } from "./search-repository.ts";
import { TenantRepository } from "./tenant-repository.ts";

/** What the repositories stand on. */
export interface MetastoreParts {
  readonly engine: SqlEngine<MetastoreTables>;
  readonly flavour: Flavour;
  readonly log: Logger;
}

/**
 * The row dialect's database: MySQL or MariaDB, or the embedded one. It is the truth; etcd is its projection. All methods
 * throw FeatureStoreError UNAVAILABLE when the database is away.
 */
export class Metastore {
  readonly creations: CreationRepository;
  readonly entities: EntityRepository;
  readonly groups: GroupRepository;
  readonly tenants: TenantRepository;
  readonly runs: RunRepository;
  readonly search: SearchRepository;
  readonly cards: CardRepository;
  readonly #engine: SqlEngine<MetastoreTables>;

  constructor(parts: MetastoreParts) {
    this.#engine = parts.engine;
    this.creations = new CreationRepository(parts.engine);
    this.entities = new EntityRepository(parts);
    this.groups = new GroupRepository(parts);
    this.tenants = new TenantRepository(parts.engine);
    this.runs = new RunRepository(parts.engine);
    this.search = new SearchRepository(parts);
    this.cards = new CardRepository(parts);
  }

  /** Cheap. @throws {FeatureStoreError} UNAVAILABLE */
  ping(): Promise<void> {
    return this.#engine.read(async (db) => void (await sql`select 1`.execute(db)));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }
}
