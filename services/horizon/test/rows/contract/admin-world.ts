import type { DatabaseSettings } from "@ofs/database";
import type { RegistryAuthor } from "@ofs/registry";
import type { RowColumn, RowTable } from "@ofs/store";
import type { ClusterConnections } from "../../../src/rows/tenants/cluster-connections.ts";
import type { TopicAdmin } from "../../../src/rows/topics/topic-admin.ts";
import { MemoryBackups } from "../support/memory-backups.ts";
import { runInMetastore } from "../support/raw-metastore.ts";
import { RowApp } from "../support/row-app.ts";
import { SwitchedRegistry } from "../support/switched-registry.ts";

/** What the endpoints stand on. */
export interface WorldParts {
  readonly database: DatabaseSettings;
  readonly registry: RegistryAuthor;
  readonly clusters: ClusterConnections;
  readonly topics: TopicAdmin;
}

/** A control plane with all that is behind it, and ways to disturb that. */
export class AdminWorld {
  readonly app: RowApp<ClusterConnections>;
  readonly registry: SwitchedRegistry;
  readonly backups: MemoryBackups;
  readonly topics: TopicAdmin;
  readonly #database: DatabaseSettings;

  private constructor(
    parts: WorldParts,
    app: RowApp<ClusterConnections>,
    registry: SwitchedRegistry,
    backups: MemoryBackups,
  ) {
    this.#database = parts.database;
    this.topics = parts.topics;
    this.app = app;
    this.registry = registry;
    this.backups = backups;
  }

  static async open(parts: WorldParts): Promise<AdminWorld> {
    const registry = new SwitchedRegistry(parts.registry);
    const backups = new MemoryBackups();
    const { clusters, database: settings, topics } = parts;
    const app = await RowApp.open({ settings, clusters, topics, registry, backups });
    return new AdminWorld(parts, app, registry, backups);
  }

  /** Makes a table, or adds columns to one, as somebody else would. */
  async makeTable(table: RowTable, ...columns: readonly RowColumn[]): Promise<void> {
    const tables = await this.app.clusters.tables("default-tenant");
    await tables.ensure(table, columns, 0);
  }

  /** Names of the columns that a table has beside its keys, in order; undefined without such a table. */
  async columnsOf(table: string): Promise<string[] | undefined> {
    const tables = await this.app.clusters.tables("default-tenant");
    return (await tables.describe(table))?.columns.map(({ name }) => name).sort();
  }

  /** Changes the metastore as another program would. */
  async run(statement: string): Promise<void> {
    await runInMetastore(this.#database, [statement]);
  }
}
