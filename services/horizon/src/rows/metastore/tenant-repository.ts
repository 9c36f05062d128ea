import { isDuplicate, type SqlEngine } from "@ofs/database";
import type { ConsumerMetadata, PopulatorMetadata } from "@ofs/rows";
import { formatDateTime } from "../../database/fields.ts";
import type { MetastoreTables } from "./schema.ts";
import { toConsumer, toPopulator } from "./stored-values.ts";

const CONSUMERS = "cassandra_store_tenant_consumer_map";
const POPULATORS = "cassandra_store_tenant_populator_map";

/** Topics of consuming tenants, and workers of populating ones. */
export class TenantRepository {
  readonly #engine: SqlEngine<MetastoreTables>;

  constructor(engine: SqlEngine<MetastoreTables>) {
    this.#engine = engine;
  }

  async consumer(tenantName: string): Promise<ConsumerMetadata | undefined> {
    const row = await this.#engine.read((db) =>
      db.selectFrom(CONSUMERS).selectAll().where("tenant_name", "=", tenantName).executeTakeFirst(),
    );
    return row?.tenant_name === tenantName ? toConsumer(row) : undefined;
  }

  async consumers(): Promise<ConsumerMetadata[]> {
    const rows = await this.#engine.read((db) =>
      db.selectFrom(CONSUMERS).selectAll().orderBy("tenant_name").execute(),
    );
    return rows.map(toConsumer);
  }

  /** @returns false if the tenant has a topic already */
  async addConsumer(consumer: ConsumerMetadata): Promise<boolean> {
    const row = {
      tenant_name: consumer.tenantName,
      topic_name: consumer.topicName,
      num_partitions: consumer.numPartitions,
      num_consumers: consumer.numConsumers,
      updated_at: formatDateTime(consumer.updatedAt),
    };
    try {
      await this.#engine.write((tx) => tx.insertInto(CONSUMERS).values(row).execute());
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** @returns false if the tenant is not what the caller has seen any more: nothing is changed then */
  async changeConsumer(seen: ConsumerMetadata, next: ConsumerMetadata): Promise<boolean> {
    const { numUpdatedRows } = await this.#engine.write((tx) =>
      tx
        .updateTable(CONSUMERS)
        .set({
          topic_name: next.topicName,
          num_partitions: next.numPartitions,
          num_consumers: next.numConsumers,
          updated_at: formatDateTime(next.updatedAt),
        })
        .where("tenant_name", "=", seen.tenantName)
        .where("topic_name", "=", seen.topicName)
        .where("num_partitions", "=", seen.numPartitions)
        .where("num_consumers", "=", seen.numConsumers)
        .executeTakeFirstOrThrow(),
    );
    return numUpdatedRows > 0n;
  }

  async populators(): Promise<PopulatorMetadata[]> {
    const rows = await this.#engine.read((db) =>
      db.selectFrom(POPULATORS).selectAll().orderBy("tenant_name").execute(),
    );
    return rows.map(toPopulator);
  }

  /** Adds or replaces. */
  async putPopulator({ tenantName, numWorkers, updatedAt }: PopulatorMetadata): Promise<void> {
    const change = { num_workers: numWorkers, updated_at: formatDateTime(updatedAt) };
    const update = async (): Promise<boolean> => {
      const { numUpdatedRows } = await this.#engine.write((tx) =>
        tx
          .updateTable(POPULATORS)
          .set(change)
          .where("tenant_name", "=", tenantName)
          .executeTakeFirstOrThrow(),
      );
      return numUpdatedRows > 0n;
    };
    if (await update()) return;
    try {
      const row = { tenant_name: tenantName, ...change };
      await this.#engine.write((tx) => tx.insertInto(POPULATORS).values(row).execute());
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      await update();
    }
  }
}
