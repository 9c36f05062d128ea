import { randomBytes } from "node:crypto";
import { EtcdRegistrySource, encodeConsumer } from "@ofs/registry";
import type { ColumnType } from "@ofs/rows";
import { entityTree, serverAddress, waitUntil } from "@ofs/testkit";
import { entityOf, groupOf } from "../../../packages/rows/test/support/row-objects.ts";
import { entriesOf } from "../../../services/api-server/test/rows/support/row-objects.ts";
import { createTestDatabase } from "../../../services/horizon/test/database/mysql-fixtures.ts";
import { PopulatorProcess } from "../../../services/populator/test/fleet/populator-process.ts";
import { type Figures, measure } from "./figures.ts";
import {
  assertRows,
  ENTITY,
  FEATURES,
  GROUP,
  KEY,
  type SourceTable,
  withTopic,
} from "./workload.ts";

const RUN = "bench";
const RUN_TIMEOUT_MS = 1_800_000;
/** Between looks at the run, which cost the populator something, too. */
const LOOK_MS = 100;

export type Dialect = "block" | "row";

/** Lets a new populator process send the whole table, with MariaDB and etcd behind it. */
export async function runPopulator(dialect: Dialect, table: SourceTable): Promise<Figures> {
  const broker = serverAddress("kafka").text;
  const name = `populate_bench_${randomBytes(6).toString("hex")}`;
  const database = await createTestDatabase(serverAddress("mysql"));
  try {
    return await withTopic(broker, async (topic) => {
      await register(name, topic.name);
      const { host, port, username, database: schema } = database.settings;
      const populator = await PopulatorProcess.start({
        APP_NAME: name,
        ETCD_SERVER: serverAddress("etcd").text,
        ETCD_WATCHER_ENABLED: "true",
        ROW_ENABLED: "true",
        KAFKA_CONSUMERS_FEATURE_CONSUMER_BOOTSTRAP_SERVERS: broker,
        MYSQL_MASTER_HOST: host,
        MYSQL_MASTER_PORT: String(port),
        MYSQL_MASTER_USERNAME: username,
        MYSQL_DB_NAME: schema,
      });
      try {
        const { pid } = populator.process;
        const figures = await measure(pid, table.rowCount, () =>
          sendAll(populator, dialect, table, topic.name),
        );
        await assertRows(topic, table.rowCount, dialect === "row" ? 1 : undefined);
        return figures;
      } finally {
        await populator.process.stop();
      }
    });
  } finally {
    await database.drop();
  }
}

async function sendAll(
  populator: PopulatorProcess,
  dialect: Dialect,
  { path, rowCount }: SourceTable,
  topicName: string,
): Promise<void> {
  const target = dialect === "row" ? { featureGroupName: GROUP } : { entityLabel: ENTITY };
  await populator.call("POST", "/table/read", {
    ...{ tableName: RUN, path, mode: "snapshot", topicName },
    ...target,
  });
  await waitUntil(
    async () => {
      const { state, sentCount, error } = await populator.call("GET", `/table/status?name=${RUN}`);
      if (state === "FAILED") throw new Error(error);
      return state === "COMPLETED" && sentCount === rowCount;
    },
    { what: "the run to be complete", timeoutMs: RUN_TIMEOUT_MS, intervalMs: LOOK_MS },
  );
}

/** The entity in both dialects. */
async function register(name: string, topicName: string): Promise<void> {
  const store = { "db-type": "embedded", "conf-id": 0, table: "t" };
  const versions = [Object.fromEntries(FEATURES.map((feature) => [feature, {}]))];
  const block = {
    "storage/stores/1": JSON.stringify(store),
    ...entityTree(ENTITY, [KEY], { [GROUP]: { id: 0, type: "FP32", versions } }),
  };
  const entries = Object.entries(block).map(([path, text]) => ({ path, value: Buffer.from(text) }));
  await write(`/config/${name}`, entries);
  const types = Object.fromEntries(
    FEATURES.map((feature): [string, ColumnType] => [feature, "FLOAT"]),
  );
  const consumer = { tenantName: "default-tenant", topicName, numPartitions: 1, numConsumers: 1 };
  await write(`/row/${name}/registry`, [
    ...entriesOf([entityOf(ENTITY, { [KEY]: "TEXT" }, [KEY])], [groupOf(GROUP, ENTITY, types)]),
    encodeConsumer({ ...consumer, updatedAt: Date.now() }),
  ]);
}

async function write(
  root: string,
  entries: Parameters<EtcdRegistrySource["write"]>[0],
): Promise<void> {
  const source = new EtcdRegistrySource({ endpoints: serverAddress("etcd").text, root });
  try {
    await source.write(entries, { isChunked: true });
  } finally {
    await source.close();
  }
}
