import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { decodePersistQuery } from "@ofs/proto";
import {
  type PrivateServer,
  serverAddress,
  startEtcd,
  startPrivateKafka,
  waitUntil,
} from "@ofs/testkit";
import { FEATURE, KEY } from "../../../consumer/test/pipeline/messages.ts";
import { TestRegistry } from "../../../consumer/test/pipeline/registry.ts";
import { ApiProcess, ConsumerProcess } from "../../../consumer/test/pipeline/services.ts";
import { TestTopic } from "../../../consumer/test/pipeline/topic.ts";
import {
  createTestDatabase,
  type TestDatabase,
} from "../../../horizon/test/database/mysql-fixtures.ts";
import { TestTable } from "../support/test-table.ts";
import { type CrashEvent, type DueEvent, type EventCounts, planEvents } from "./crash-events.ts";
import { PopulatorProcess } from "./populator-process.ts";

const ENTITY = "populated";
const TABLE = "t";
const POPULATORS = 4;
const PARTITIONS = 3;
const FILES = 4;
/** A batch and a bit: there is something between the first row of a file and its last. */
const ROWS_PER_FILE = 2_500;
const ROWS_PER_VERSION = FILES * ROWS_PER_FILE;
/** Of each process, so that things happen in the middle of the work. */
const ROWS_PER_SECOND = 1_500;
const LEASE_SECONDS = 3;
const READ_KEYS = 1_000;
const READ_BYTES = 32_000_000;
const RECORDS_MAX = 10_000;
/** Without a row sent. */
const STANDSTILL_MS = 120_000;
const DRAIN_TIMEOUT_MS = 240_000;

export interface CrashPlan extends EventCounts {
  readonly seed: number;
}

/** What happened; figures of one run on one machine. */
export interface CrashReport {
  readonly events: readonly string[];
  readonly rowCount: number;
  readonly seconds: number;
  /** As the run's status has it. */
  // biome-ignore lint/suspicious/noExplicitAny: what it holds is what tests look into
  readonly status: any;
  /** Rows in Kafka, each counted once; and how often rows are there once more. */
  readonly arrivedCount: number;
  readonly repeatedCount: number;
  /** Rows whose stored value is not the table's. */
  readonly wrongKeys: readonly string[];
  /** Exit codes of the populators, which were asked to stop at the end. */
  readonly exitCodes: readonly (number | null)[];
}

interface Surroundings {
  readonly etcd: PrivateServer;
  readonly kafka: PrivateServer;
  readonly registry: TestRegistry;
  readonly database: TestDatabase;
  readonly topic: TestTopic;
  readonly table: TestTable;
}

/**
 * Populators that send what comes into a table to a Kafka, while things happen to them, to Kafka and to etcd: a new version for
 * each event, which happens while that version is sent, and one for the time after the last.
 */
export class CrashRun {
  readonly #plan: CrashPlan;
  readonly #given: Surroundings;
  readonly #undo: (() => Promise<unknown>)[];
  readonly #populators: PopulatorProcess[] = [];
  readonly #done: string[] = [];
  #rowCount = 0;

  private constructor(plan: CrashPlan, given: Surroundings, undo: (() => Promise<unknown>)[]) {
    this.#plan = plan;
    this.#given = given;
    this.#undo = undo;
  }

  static async start(plan: CrashPlan): Promise<CrashRun> {
    const undo: (() => Promise<unknown>)[] = [];
    try {
      const run = new CrashRun(plan, await surroundings(plan, undo), undo);
      undo.push(() => Promise.all(run.#populators.map(({ process }) => process.kill())));
      const starts = Array.from({ length: POPULATORS }, () => run.#startPopulator());
      run.#populators.push(...(await Promise.all(starts)));
      return run;
    } catch (error) {
      await undoAll(undo);
      throw error;
    }
  }

  async run(): Promise<CrashReport> {
    const { table, topic } = this.#given;
    const startedAt = performance.now();
    await this.#commit();
    await this.#populators[0]?.call("POST", "/table/read", {
      tableName: TABLE,
      path: table.path,
      entityLabel: ENTITY,
      topicName: topic.name,
      startVersion: 0,
      watch: true,
    });
    for (const due of planEvents(this.#plan.seed, this.#plan, POPULATORS)) {
      await this.#carryOut(due);
      await this.#commit();
    }
    // A run that watches has nothing to do for now.
    const status = await this.#whenSent(this.#rowCount, "PENDING");
    const seconds = (performance.now() - startedAt) / 1_000;
    const stops = this.#populators.map(({ process }) => process.stop(STANDSTILL_MS));
    const exits = await Promise.all(stops);
    const { arrivedCount, sentCount } = await this.#arrived();
    return {
      events: this.#done,
      rowCount: this.#rowCount,
      seconds,
      status,
      arrivedCount,
      repeatedCount: sentCount - arrivedCount,
      wrongKeys: await this.#wrongKeys(),
      exitCodes: exits.map(({ code }) => code),
    };
  }

  close(): Promise<void> {
    return undoAll(this.#undo);
  }

  #startPopulator(): Promise<PopulatorProcess> {
    const { registry, topic, database } = this.#given;
    const { host, port, username, database: name } = database.settings;
    return PopulatorProcess.start({
      ...registry.environment(),
      ...topic.environment(),
      MYSQL_MASTER_HOST: host,
      MYSQL_MASTER_PORT: String(port),
      MYSQL_MASTER_USERNAME: username,
      MYSQL_DB_NAME: name,
      POPULATOR_WORKERS: "1",
      POPULATOR_LEASE_SECONDS: String(LEASE_SECONDS),
      POPULATOR_POLL_MS: "200",
      POPULATOR_WATCH_MS: "200",
      POPULATOR_ROWS_PER_SECOND: String(ROWS_PER_SECOND),
    });
  }

  /** One more version of the table. */
  async #commit(): Promise<void> {
    const files = Array.from({ length: FILES }, (_, file) => {
      const from = this.#rowCount + file * ROWS_PER_FILE;
      const range = `range(${from}, ${from + ROWS_PER_FILE})`;
      return `select 'k' || i as ${KEY}, i + 1 as ${FEATURE} from ${range} t(i)`;
    });
    await this.#given.table.commit(...files);
    this.#rowCount += ROWS_PER_VERSION;
  }

  async #carryOut({ share, event }: DueEvent): Promise<void> {
    await this.#whenSent(this.#rowCount - (1 - share) * ROWS_PER_VERSION);
    this.#done.push(JSON.stringify(event));
    await this.#happen(event);
  }

  async #happen(event: CrashEvent): Promise<void> {
    if (event.kind === "kill populator") {
      await this.#populators[event.index]?.process.kill();
      this.#populators[event.index] = await this.#startPopulator();
      return;
    }
    const server = event.kind === "restart etcd" ? this.#given.etcd : this.#given.kafka;
    await (event.isKilled ? server.kill() : server.stop());
    await delay(event.afterMs);
    await server.restart();
  }

  /** @throws {Error} if nothing gets on for a long time, or the run fails */
  async #whenSent(rowCount: number, state?: string): Promise<CrashReport["status"]> {
    let last = -1;
    let lastAt = performance.now();
    return waitUntil(
      async () => {
        const status = await this.#populators[0]?.call("GET", `/table/status?name=${TABLE}`);
        if (status.state === "FAILED") throw new Error(status.error);
        if (status.sentCount !== last) [last, lastAt] = [status.sentCount, performance.now()];
        if (performance.now() - lastAt > STANDSTILL_MS) throw new Error(await this.#describe());
        return status.sentCount >= rowCount && (state ?? status.state) === status.state && status;
      },
      { what: `${rowCount} rows to be sent`, timeoutMs: 10 * STANDSTILL_MS },
    );
  }

  async #describe(): Promise<string> {
    const outputs = this.#populators.map(({ process }) => process.output.slice(-2_000));
    return `nothing is sent any more after ${this.#done.join()}:\n${outputs.join("\n---\n")}`;
  }

  /** What Kafka has: rows, and different ones of them. */
  async #arrived(): Promise<{ readonly arrivedCount: number; readonly sentCount: number }> {
    const { name, admin } = this.#given.topic;
    const keys = new Set<string | undefined>();
    let sentCount = 0;
    for (const { partition, startOffset, endOffset } of (await admin.offsets(name)) ?? []) {
      for (let offset = startOffset; offset < endOffset; ) {
        const some = await admin.read(name, partition, offset, RECORDS_MAX, READ_BYTES);
        for (const { value } of some) {
          for (const { keyValues } of decodePersistQuery(value as Uint8Array).data) {
            keys.add(keyValues[0]);
            sentCount += 1;
          }
        }
        offset = (some.at(-1)?.offset ?? endOffset) + 1;
      }
    }
    return { arrivedCount: keys.size, sentCount };
  }

  /** Through the consumer into Cassandra, and out again by the api-server. */
  async #wrongKeys(): Promise<string[]> {
    const { registry, topic } = this.#given;
    const environment = registry.environment();
    const consumer = await ConsumerProcess.start({ ...environment, ...topic.environment() });
    this.#undo.push(() => consumer.stop());
    const api = await ApiProcess.start(environment);
    this.#undo.push(() => api.close());
    await waitUntil(async () => (await consumer.lag()) === 0, {
      what: "the consumer to be done",
      timeoutMs: DRAIN_TIMEOUT_MS,
    });
    const wrong: string[] = [];
    for (let from = 0; from < this.#rowCount; from += READ_KEYS) {
      const count = Math.min(READ_KEYS, this.#rowCount - from);
      const keys = Array.from({ length: count }, (_, index) => `k${from + index}`);
      for (const [key, value] of Object.entries(await api.read(ENTITY, keys))) {
        if (value !== valueAt(key)) wrong.push(`${key} is ${String(value)}`);
      }
    }
    return wrong;
  }
}

/** Never 0, which is read where there is nothing. */
function valueAt(key: string): number {
  return Number(key.slice(1)) + 1;
}

async function surroundings(
  { seed }: CrashPlan,
  undo: (() => Promise<unknown>)[],
): Promise<Surroundings> {
  const [etcd, kafka] = await Promise.all([startEtcd(), startPrivateKafka()]);
  undo.push(() => Promise.all([etcd.close(), kafka.close()]));
  const name = `populate_${seed}_${Date.now()}`;
  const registry = await TestRegistry.open(name, serverAddress("cassandra"), etcd.address);
  undo.push(() => registry.close());
  await registry.add(ENTITY, { store: "scylla" });
  const database = await createTestDatabase(serverAddress("mysql"));
  undo.push(() => database.drop());
  const topic = await TestTopic.create(kafka.address.text, PARTITIONS);
  undo.push(() => topic.close());
  const folder = mkdtempSync(join(tmpdir(), "ofs-populator-crash-"));
  undo.push(async () => rmSync(folder, { recursive: true, force: true }));
  const table = new TestTable(folder, { [KEY]: "string", [FEATURE]: "long" });
  return { etcd, kafka, registry, database, topic, table };
}

async function undoAll(undo: (() => Promise<unknown>)[]): Promise<void> {
  for (const one of undo.splice(0).toReversed()) await one();
}

/** Rows of a batch, of which nobody knows whether they were sent. */
const BATCH_ROWS = 2_048;

/** Rows that may be sent once more because of such events. @param events as the report has them */
export function repeatsMax(events: readonly string[]): number {
  const workers = events.map((text) => {
    const { kind } = JSON.parse(text) as CrashEvent;
    return kind === "kill populator" ? 1 : POPULATORS;
  });
  return BATCH_ROWS * workers.reduce((sum, count) => sum + count, 0);
}
