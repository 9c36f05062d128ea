import type { ScyllaSettings } from "@ofs/connections";
import { FeatureStoreError, type Logger } from "@ofs/platform";
import { connectScylla, type ScyllaConnection, ScyllaTables } from "@ofs/store";
import type { TableNeed } from "../changes/model.ts";
import type { TableMaker } from "./ports.ts";

/** Kinds of stores without tables: rows are where they are written to. */
const WITHOUT_TABLES: ReadonlySet<string> = new Set([
  "embedded",
  "redis_failover",
  "redis_standalone",
  "redis_cluster",
]);

interface Connected {
  readonly connection: ScyllaConnection;
  readonly tables: ScyllaTables;
}

/** Tables of all configured stores. Connections are opened when they are first needed. */
export class StoreTables implements TableMaker {
  readonly #settings: ReadonlyMap<number, ScyllaSettings>;
  readonly #log: Logger;
  /** By conf-id; one that could not be opened is taken out, so that the next need tries again. */
  readonly #connected = new Map<number, Promise<Connected>>();
  #isClosed = false;

  /** @param scylla the connections that tables are made through */
  constructor(scylla: readonly ScyllaSettings[], log: Logger) {
    this.#settings = new Map(scylla.map((settings) => [settings.confId, settings]));
    this.#log = log;
  }

  async make(need: TableNeed): Promise<void> {
    const tables = await this.#tablesFor(need);
    await tables?.make({
      table: need.table,
      primaryKeys: need.primaryKeys,
      columns: need.columns,
      ttlSeconds: need.tableTtlSeconds,
      mayHoldMore: need.mayExist,
    });
  }

  async describe(
    need: Pick<TableNeed, "dbType" | "confId" | "table">,
  ): ReturnType<TableMaker["describe"]> {
    const tables = await this.#tablesFor(need);
    return tables?.describe(need.table);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const opened = await Promise.allSettled(this.#connected.values());
    this.#connected.clear();
    await Promise.all(
      opened.map(async (each) => {
        if (each.status === "fulfilled") await each.value.connection.close();
      }),
    );
  }

  /** @returns undefined for stores without tables */
  async #tablesFor({
    confId,
    dbType,
  }: Pick<TableNeed, "dbType" | "confId">): Promise<ScyllaTables | undefined> {
    if (WITHOUT_TABLES.has(dbType)) return undefined;
    const settings = dbType === "scylla" ? this.#settings.get(confId) : undefined;
    if (settings === undefined) {
      throw new FeatureStoreError(
        "FAILED_PRECONDITION",
        `no ${dbType} connection with conf-id ${confId} is configured`,
      );
    }
    if (this.#isClosed) throw new FeatureStoreError("UNAVAILABLE", "the stores are closed");
    return (await this.#connect(settings)).tables;
  }

  async #connect(settings: ScyllaSettings): Promise<Connected> {
    const { confId } = settings;
    const known = this.#connected.get(confId);
    if (known !== undefined) return known;
    const opening = this.#open(settings);
    this.#connected.set(confId, opening);
    try {
      return await opening;
    } catch (error) {
      if (this.#connected.get(confId) === opening) this.#connected.delete(confId);
      throw error;
    }
  }

  async #open({ options }: ScyllaSettings): Promise<Connected> {
    const connection = await connectScylla({ ...options, log: this.#log });
    return { connection, tables: new ScyllaTables(connection) };
  }
}
