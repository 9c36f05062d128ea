import { randomBytes } from "node:crypto";
import { EtcdRegistrySource, encodeConsumer } from "@ofs/registry";
import type { EntityMetadata, GroupMetadata } from "@ofs/rows";
import { connectScylla, ensureKeyspace, ScyllaRowTables } from "@ofs/store";
import { entityTree, freePort, type GroupOptions, serverAddress, waitUntil } from "@ofs/testkit";
import { entriesOf, tablesOf } from "../../../api-server/test/rows/support/row-objects.ts";
import { TestRegistry } from "../../../consumer/test/pipeline/registry.ts";
import { ApiProcess, ConsumerProcess } from "../../../consumer/test/pipeline/services.ts";
import { TestTopic } from "../../../consumer/test/pipeline/topic.ts";
import { createTestDatabase } from "../../../horizon/test/database/mysql-fixtures.ts";
import { PopulatorProcess } from "../fleet/populator-process.ts";

/** Of the row dialect's tables; all runs share it, and tables have names of their own. */
const ROW_KEYSPACE = "ofs_populated";
const TENANT = "default-tenant";
const PARTITIONS = 3;
const RUN_TIMEOUT_MS = 120_000;

export interface FleetObjects {
  readonly block: {
    readonly entity: string;
    readonly keys: readonly string[];
    readonly groups: Readonly<Record<string, GroupOptions>>;
  };
  readonly row: { readonly entity: EntityMetadata; readonly group: GroupMetadata };
}

/** Body of `/table/read`. */
export type RunRequest = { readonly tableName: string } & Readonly<Record<string, unknown>>;

// biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
export type RunStatus = any;

type Close = () => Promise<unknown>;
type Environment = Readonly<Record<string, string>>;

interface Parts {
  readonly populator: PopulatorProcess;
  readonly consumer: ConsumerProcess;
  readonly api: ApiProcess;
  readonly blockTopic: string;
}

/** Built processes of both dialects over the run's servers: a populator, a consumer, an api-server. */
export class EndToEndFleet {
  readonly api: ApiProcess;
  readonly #parts: Parts;
  readonly #undo: Close[];

  private constructor(parts: Parts, undo: Close[]) {
    this.api = parts.api;
    this.#parts = parts;
    this.#undo = undo;
  }

  /**
   * @param populatorEnvironment beside what all of them have
   * @param commonEnvironment more of what all of them have
   */
  static async start(
    objects: FleetObjects,
    populatorEnvironment: Environment,
    commonEnvironment: Environment = {},
  ): Promise<EndToEndFleet> {
    const undo: Close[] = [];
    const environments = { populatorEnvironment, commonEnvironment };
    try {
      return new EndToEndFleet(await openParts(objects, environments, undo), undo);
    } catch (error) {
      await undoAll(undo);
      throw error;
    }
  }

  /**
   * Carries out runs, at the same time, until what they sent is stored.
   *
   * @param requests bodies of `/table/read`; those of the block dialect go to the topic that the consumer reads
   * @returns their statuses
   * @throws {Error} if one fails
   */
  async run(...requests: readonly RunRequest[]): Promise<RunStatus[]> {
    for (const request of requests) {
      const topic = "entityLabel" in request ? { topicName: this.#parts.blockTopic } : {};
      await this.#parts.populator.call("POST", "/table/read", { ...request, ...topic });
    }
    const statuses = await Promise.all(requests.map(({ tableName }) => this.#completed(tableName)));
    await waitUntil(async () => (await this.#parts.consumer.lag()) === 0, {
      what: "the consumer to be done",
      timeoutMs: RUN_TIMEOUT_MS,
    });
    return statuses;
  }

  /** @returns what the populator tells of itself, as Prometheus reads it */
  populatorMetrics(): Promise<string> {
    return this.#parts.populator.metrics();
  }

  close(): Promise<void> {
    return undoAll(this.#undo);
  }

  async #completed(name: string): Promise<RunStatus> {
    return waitUntil(
      async () => {
        const status = await this.#parts.populator.call("GET", `/table/status?name=${name}`);
        if (status.state === "FAILED") throw new Error(status.error);
        return status.state === "COMPLETED" && status;
      },
      { what: `run ${name} to be complete`, timeoutMs: RUN_TIMEOUT_MS },
    );
  }
}

/** What is registered in `undo` is closed in the opposite order. */
async function openParts(
  { block, row }: FleetObjects,
  environments: Readonly<Record<"populatorEnvironment" | "commonEnvironment", Environment>>,
  undo: Close[],
): Promise<Parts> {
  const registry = await TestRegistry.open(`end_to_end_${randomBytes(6).toString("hex")}`);
  undo.push(() => registry.close());
  const kafka = serverAddress("kafka").text;
  const blockTopic = await TestTopic.create(kafka, PARTITIONS);
  undo.push(() => blockTopic.close());
  const rowTopic = await TestTopic.create(kafka, PARTITIONS);
  undo.push(() => rowTopic.close());
  await registry.addTree(block.entity, blockTree(block), "scylla");
  await registerRows(registry.name, row, rowTopic.name);
  const database = await createTestDatabase(serverAddress("mysql"));
  undo.push(() => database.drop());
  const rows = { ROW_ENABLED: "true", ROW_KEYSPACE };
  const { commonEnvironment, populatorEnvironment } = environments;
  const own = { ...registry.environment(), ...blockTopic.environment() };
  const shared = { ...own, ...rows, ...commonEnvironment };
  const { host, port, username } = database.settings;
  const populator = await PopulatorProcess.start({
    ...shared,
    MYSQL_MASTER_HOST: host,
    MYSQL_MASTER_PORT: String(port),
    MYSQL_MASTER_USERNAME: username,
    MYSQL_DB_NAME: database.settings.database,
    POPULATOR_POLL_MS: "200",
    ...populatorEnvironment,
  });
  undo.push(() => populator.process.stop());
  const consumer = await ConsumerProcess.start(shared);
  undo.push(() => consumer.stop());
  const http = { ENABLE_HTTP_API: "true", ROW_PORT: String(await freePort()) };
  const api = await ApiProcess.start({ ...shared, ...http });
  undo.push(() => api.close());
  return { populator, consumer, api, blockTopic: blockTopic.name };
}

function blockTree({ entity, keys, groups }: FleetObjects["block"]) {
  return {
    ...entityTree(entity, keys, groups),
    [`entities/${entity}/in-memory-cache/enabled`]: "false",
    [`entities/${entity}/distributed-cache/enabled`]: "false",
  };
}

/** Makes the table, and registers its group and the tenant's topic. */
async function registerRows(
  appName: string,
  { entity, group }: FleetObjects["row"],
  topicName: string,
): Promise<void> {
  const { host, port } = serverAddress("cassandra");
  const options = { contactPoints: [host], port, keyspace: ROW_KEYSPACE, timeoutMs: 60_000 };
  await ensureKeyspace(options, { factor: 1 });
  const tables = new ScyllaRowTables(await connectScylla(options));
  try {
    for (const { table, columns } of tablesOf([entity], [group])) {
      await tables.ensure(table, columns, 0);
    }
  } finally {
    await tables.close();
  }
  const endpoints = serverAddress("etcd").text;
  const registry = new EtcdRegistrySource({ endpoints, root: `/row/${appName}/registry` });
  try {
    const about = { numPartitions: PARTITIONS, numConsumers: 1, updatedAt: Date.now() };
    const consumer = encodeConsumer({ tenantName: TENANT, topicName, ...about });
    await registry.write([...entriesOf([entity], [group]), consumer]);
  } finally {
    await registry.close();
  }
}

async function undoAll(undo: Close[]): Promise<void> {
  for (const one of undo.splice(0).toReversed()) await one();
}
