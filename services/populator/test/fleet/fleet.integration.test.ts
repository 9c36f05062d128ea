import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SourceRecord } from "@ofs/ingest";
import { decodePersistQuery } from "@ofs/proto";
import { seededRandom, serverAddress, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FEATURE, KEY } from "../../../consumer/test/pipeline/messages.ts";
import { TestRegistry } from "../../../consumer/test/pipeline/registry.ts";
import { ApiProcess, ConsumerProcess } from "../../../consumer/test/pipeline/services.ts";
import { TestTopic } from "../../../consumer/test/pipeline/topic.ts";
import {
  createTestDatabase,
  type TestDatabase,
} from "../../../horizon/test/database/mysql-fixtures.ts";
import { TestTable } from "../support/test-table.ts";
import { PopulatorProcess } from "./populator-process.ts";

/** Built populators over MariaDB, etcd and Kafka; the consumer behind them over Cassandra. */
const ENTITY = "populated";
const VERSIONS = 4;
const FILES = 3;
const ROWS_PER_FILE = 2_500;
const ROW_COUNT = VERSIONS * FILES * ROWS_PER_FILE;
/** So that the work lasts for as long as processes are killed. */
const ROWS_PER_SECOND = 3_000;
const KILLS = 2;
const PROCESSES = 2;
const LEASE_SECONDS = 3;
const BATCH_ROWS = 2_048;
const TEST_TIMEOUT_MS = 300_000;

const folder = mkdtempSync(join(tmpdir(), "ofs-populator-fleet-"));
const opened: { close(): Promise<unknown> }[] = [];
let registry: TestRegistry;
let database: TestDatabase;
let topic: TestTopic;
let table: TestTable;

beforeAll(async () => {
  registry = await TestRegistry.open(`populator_${randomUUID().replaceAll("-", "")}`);
  await registry.add(ENTITY, { store: "scylla" });
  database = await createTestDatabase(serverAddress("mysql"));
  topic = await TestTopic.create(serverAddress("kafka").text, 3);
  table = new TestTable(join(folder, "table"), { [KEY]: "string", [FEATURE]: "long" });
  for (let version = 0; version < VERSIONS; version++) {
    const files = Array.from({ length: FILES }, (_, file) => {
      const from = (version * FILES + file) * ROWS_PER_FILE;
      return `select 'k' || i as ${KEY}, i as ${FEATURE} from range(${from}, ${from + ROWS_PER_FILE}) t(i)`;
    });
    await table.commit(...files);
  }
}, TEST_TIMEOUT_MS);

afterAll(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
  await topic.close();
  await registry.close();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
}, TEST_TIMEOUT_MS);

function populatorEnvironment(): Record<string, string> {
  const { host, port } = serverAddress("mysql");
  return {
    ...registry.environment(),
    KAFKA_CONSUMERS_FEATURE_CONSUMER_BOOTSTRAP_SERVERS: serverAddress("kafka").text,
    MYSQL_MASTER_HOST: host,
    MYSQL_MASTER_PORT: String(port),
    MYSQL_MASTER_USERNAME: "root",
    MYSQL_DB_NAME: database.settings.database,
    POPULATOR_LEASE_SECONDS: String(LEASE_SECONDS),
    POPULATOR_POLL_MS: "200",
    POPULATOR_ROWS_PER_SECOND: String(ROWS_PER_SECOND),
  };
}

async function startPopulator(): Promise<PopulatorProcess> {
  const populator = await PopulatorProcess.start(populatorEnvironment());
  opened.push({ close: () => populator.process.kill() });
  return populator;
}

it(
  "loses no row and counts each once while processes are killed, and what is read is the table",
  async () => {
    const random = seededRandom(Date.now());
    const fleet = await Promise.all(Array.from({ length: PROCESSES }, startPopulator));
    const first = fleet[0] as PopulatorProcess;
    await first.call("POST", "/table/read", {
      tableName: "t",
      path: table.path,
      entityLabel: ENTITY,
      topicName: topic.name,
      startVersion: 0,
      endVersion: VERSIONS - 1,
    });
    for (let kill = 0; kill < KILLS; kill++) {
      const before = (await survivor(fleet).call("GET", "/table/status?name=t")).sentCount;
      // Whoever is killed may be in the middle of anything, but something was done in between.
      await waitUntil(
        async () => {
          const { state, sentCount } = await survivor(fleet).call("GET", "/table/status?name=t");
          return sentCount > before || state === "COMPLETED";
        },
        { what: "progress", timeoutMs: TEST_TIMEOUT_MS },
      );
      const index = random.integer(0, fleet.length - 1);
      await fleet[index]?.process.kill();
      fleet[index] = await startPopulator();
    }
    const status = await completed(survivor(fleet));
    expect(status).toMatchObject({ sentCount: ROW_COUNT, rejectedCount: 0, currentVersion: 3 });

    const keys = (await topicRecords()).flatMap(({ value }) =>
      decodePersistQuery(value as Uint8Array).data.map(({ keyValues }) => keyValues[0]),
    );
    expect(new Set(keys).size).toBe(ROW_COUNT);
    // A batch of each worker that was killed, at most.
    expect(keys.length - ROW_COUNT).toBeLessThanOrEqual(KILLS * 2 * BATCH_ROWS);
    await expectStored();
  },
  TEST_TIMEOUT_MS,
);

function survivor(fleet: readonly PopulatorProcess[]): PopulatorProcess {
  const found = fleet.find(({ process }) => process.isRunning);
  if (found === undefined) throw new Error("no populator is running");
  return found;
}

// biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
async function completed(populator: PopulatorProcess): Promise<any> {
  return waitUntil(
    async () => {
      const status = await populator.call("GET", "/table/status?name=t");
      if (status.state === "FAILED") throw new Error(status.error);
      return status.state === "COMPLETED" && status;
    },
    { what: "the run to be complete", timeoutMs: TEST_TIMEOUT_MS },
  );
}

async function topicRecords(): Promise<SourceRecord[]> {
  const records: SourceRecord[] = [];
  for (const { partition, startOffset, endOffset } of (await topic.admin.offsets(topic.name)) ??
    []) {
    let offset = startOffset;
    while (offset < endOffset) {
      const some = await topic.admin.read(topic.name, partition, offset, 10_000, 32_000_000);
      const last = some.at(-1);
      if (last === undefined) break;
      records.push(...some);
      offset = last.offset + 1;
    }
  }
  return records;
}

/** Through the consumer into Cassandra, and out again by the api-server. */
async function expectStored(): Promise<void> {
  const environment = registry.environment();
  const consumer = await ConsumerProcess.start({ ...environment, ...topic.environment() });
  opened.push({ close: () => consumer.process.kill() });
  const api = await ApiProcess.start(environment);
  opened.push(api);
  await waitUntil(async () => (await consumer.lag()) === 0, {
    what: "the consumer to be done",
    timeoutMs: TEST_TIMEOUT_MS,
  });
  const STEP = 97;
  const expected: Record<string, number> = {};
  for (let i = 0; i < ROW_COUNT; i += STEP) expected[`k${i}`] = i;
  expect(await api.read(ENTITY, Object.keys(expected))).toEqual(expected);
}
