import { FeatureStoreError } from "@ofs/platform";
import { type ConsumerMetadata, DEFAULT_TENANT, RowError } from "@ofs/rows";
import type { Metastore } from "../metastore/metastore.ts";
import type { Changed, Publisher } from "../publication/publisher.ts";
import type { Served } from "../publication/served.ts";
import type { TopicAdmin } from "./topic-admin.ts";

/** Changes of one row that others were quicker than. */
const CONFLICTS_MAX = 20;
const EXISTS = "consumer metadata already exists";

export interface ConsumersParts {
  readonly metastore: Metastore;
  readonly publisher: Publisher;
  readonly served: Served;
  /** undefined: no log is configured. */
  readonly topics: TopicAdmin | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/** Topics of consuming tenants, their partitions and members. */
export class Consumers {
  readonly #parts: ConsumersParts;

  constructor(parts: ConsumersParts) {
    this.#parts = parts;
  }

  /**
   * The topic that rows for a tenant are sent to: its own, else the default tenant's.
   *
   * @throws {RowError} OFS-V2-CONSUMER-CONFIG-NOT-FOUND-EXCEPTION
   */
  async topicOf(tenantName: string): Promise<string> {
    const { tenants } = this.#parts.metastore;
    const consumer =
      (await tenants.consumer(tenantName)) ?? (await tenants.consumer(DEFAULT_TENANT));
    if (consumer !== undefined) return consumer.topicName;
    const message = `consumer config not found for tenant ${tenantName}`;
    throw RowError.of("OFS-V2-CONSUMER-CONFIG-NOT-FOUND-EXCEPTION", { message });
  }

  /**
   * Gives a tenant that some feature group consumes a topic, which is made if it does not exist.
   *
   * @throws {RowError} OFS-V2-TENANT-NOT-FOUND-EXCEPTION, OFS-V2-KAFKA-ADMIN-EXCEPTION
   */
  async onboard(tenantName: string, topicName: string, numPartitions: number): Promise<void> {
    const groups = await this.#parts.metastore.groups.list();
    if (!groups.some(({ tenant }) => tenant.consume === tenantName)) {
      throw RowError.of("OFS-V2-TENANT-NOT-FOUND-EXCEPTION");
    }
    await this.#onboard(tenantName, topicName, numPartitions);
  }

  /** Onboards the default tenant if it has no topic: for the start. */
  async onboardDefault(topicName: string, numPartitions: number): Promise<void> {
    const { tenants } = this.#parts.metastore;
    if ((await tenants.consumer(DEFAULT_TENANT)) !== undefined) return;
    const existing = await this.#parts.topics?.partitionCount(topicName);
    try {
      await this.#onboard(DEFAULT_TENANT, topicName, existing ?? numPartitions);
    } catch (error) {
      // Another process was quicker.
      if (!(error instanceof RowError) || error.message !== EXISTS) throw error;
    }
  }

  /** Notes a topic that exists. @throws {RowError} OFS-V2-CONSUMER-REGISTRATION-EXCEPTION */
  async register(tenantName: string, topicName: string, numPartitions: number): Promise<void> {
    if (await this.#add(tenantName, topicName, numPartitions)) return;
    const message = EXISTS;
    throw RowError.of("OFS-V2-CONSUMER-REGISTRATION-EXCEPTION", { status: 400, message });
  }

  /**
   * The members stay as many, or become as many as a topic that exists has partitions.
   *
   * @throws {RowError} OFS-V2-TENANT-NOT-FOUND-EXCEPTION
   */
  async setTopic(tenantName: string, topicName: string): Promise<void> {
    const count = await this.#parts.topics?.partitionCount(topicName);
    await this.#change(tenantName, notFound, (seen) => {
      const numPartitions = count ?? seen.numPartitions;
      const numConsumers = Math.min(seen.numConsumers, numPartitions);
      return { ...seen, topicName, numPartitions, numConsumers };
    });
  }

  /** @throws {RowError} OFS-V2-KAFKA-ADMIN-EXCEPTION for an unknown tenant, or fewer than there are */
  async setPartitions(tenantName: string, numPartitions: number): Promise<void> {
    const unknown = (): RowError => kafkaError(`consumer metadata not found for ${tenantName}`);
    await this.#change(tenantName, unknown, async (seen) => {
      if (numPartitions < seen.numPartitions) {
        throw kafkaError(
          `num partitions cannot be decreased from ${seen.numPartitions} to ${numPartitions}`,
        );
      }
      await withTopics(async () => {
        const topics = this.#topics();
        const current = await topics.partitionCount(seen.topicName);
        if (current === undefined) throw kafkaError(`topic ${seen.topicName} does not exist`);
        if (current < numPartitions) await topics.grow(seen.topicName, numPartitions);
      });
      return { ...seen, numPartitions };
    });
  }

  /** @throws {RowError} OFS-V2-TENANT-NOT-FOUND-EXCEPTION, OFS-V2-KAFKA-ADMIN-EXCEPTION */
  async setCount(tenantName: string, numConsumers: number): Promise<void> {
    await this.#change(tenantName, notFound, (seen) => {
      if (numConsumers > seen.numPartitions) {
        throw kafkaError("consumer count cannot be greater than num partitions");
      }
      return { ...seen, numConsumers };
    });
  }

  async putPopulator(tenantName: string, numWorkers: number): Promise<void> {
    const { metastore, now } = this.#parts;
    await metastore.tenants.putPopulator({ tenantName, numWorkers, updatedAt: now() });
    await this.#publish({ kind: "populators" });
  }

  /** @throws {RowError} OFS-V2-KAFKA-ADMIN-EXCEPTION if it exists, or cannot */
  async createTopic(topicName: string, numPartitions: number): Promise<void> {
    await withTopics(async () => {
      if (await this.#topics().create(topicName, numPartitions)) return;
      throw kafkaError(`topic ${topicName} already exists`);
    });
  }

  async #onboard(tenantName: string, topicName: string, numPartitions: number): Promise<void> {
    const { tenants } = this.#parts.metastore;
    if ((await tenants.consumer(tenantName)) !== undefined) throw kafkaError(EXISTS);
    await withTopics(async () => {
      const topics = this.#topics();
      if (await topics.create(topicName, numPartitions)) return;
      const count = await topics.partitionCount(topicName);
      // It is the same that an interrupted onboarding made, or would make.
      if (count === numPartitions) return;
      throw kafkaError(`topic ${topicName} exists with ${count} partitions, not ${numPartitions}`);
    });
    if (!(await this.#add(tenantName, topicName, numPartitions))) throw kafkaError(EXISTS);
  }

  async #add(tenantName: string, topicName: string, numPartitions: number): Promise<boolean> {
    const { metastore, now } = this.#parts;
    const consumer = { tenantName, topicName, numPartitions, numConsumers: 1, updatedAt: now() };
    if (!(await metastore.tenants.addConsumer(consumer))) return false;
    await this.#publish({ kind: "consumer", tenantName });
    return true;
  }

  async #change(
    tenantName: string,
    unknown: () => RowError,
    plan: (seen: ConsumerMetadata) => ConsumerMetadata | Promise<ConsumerMetadata>,
  ): Promise<void> {
    const { metastore, now } = this.#parts;
    for (let conflicts = 0; conflicts < CONFLICTS_MAX; conflicts += 1) {
      const seen = await metastore.tenants.consumer(tenantName);
      if (seen === undefined) throw unknown();
      const next = { ...(await plan(seen)), updatedAt: now() };
      if (!(await metastore.tenants.changeConsumer(seen, next))) continue;
      await this.#publish({ kind: "consumer", tenantName });
      return;
    }
    const message = `tenant ${tenantName} was changed by others ${CONFLICTS_MAX} times in a row`;
    throw new FeatureStoreError("UNAVAILABLE", message);
  }

  #topics(): TopicAdmin {
    if (this.#parts.topics !== undefined) return this.#parts.topics;
    throw kafkaError("no Kafka servers are configured (ROW_KAFKA_BOOTSTRAP_SERVERS)");
  }

  async #publish(changed: Changed): Promise<void> {
    const { publisher, served } = this.#parts;
    const { revision } = await publisher.publish(changed);
    await served.waitFor(revision);
  }
}

function notFound(): RowError {
  return RowError.of("OFS-V2-TENANT-NOT-FOUND-EXCEPTION");
}

function kafkaError(message: string): RowError {
  return RowError.of("OFS-V2-KAFKA-ADMIN-EXCEPTION", { message });
}

/** What the log says against a topic is for the caller. */
async function withTopics(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof FeatureStoreError) || error.code === "UNAVAILABLE") throw error;
    throw kafkaError(error.message);
  }
}
