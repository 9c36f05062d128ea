import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { persistQueryFromJson } from "@ofs/http";
import { freePort, serverAddress, startProcess, type TestProcess } from "@ofs/testkit";
import { TestTopic } from "../../../consumer/test/pipeline/topic.ts";
import { createTestDatabase } from "../../../horizon/test/database/mysql-fixtures.ts";
import { Operator } from "../../../horizon/test/support/operator.ts";
import { ADMIN } from "../live/live-fleet.ts";
import { groundwork } from "../live/registrations.ts";
import {
  dataPlaneEnvironment,
  horizonEnvironment,
  prepareStores,
  SERVER_STORES,
} from "../live/server-fleet.ts";

const SERVICES = join(import.meta.dirname, "../../..");
const READY_TIMEOUT_MS = 120_000;
const PARTITIONS = 2;

/** Of each service. */
const PROCESSES = 2;

/** Processes of one service; each keeps its port. */
export interface Rolled {
  readonly service: string;
  readonly origins: readonly string[];
  /** Ends one by SIGTERM, which must go well, and starts it again. */
  restart(index: number): Promise<void>;
}

/** Several processes of each service over real servers. */
export interface RollingFleet {
  readonly services: Readonly<Record<"horizon" | "api-server" | "consumer" | "populator", Rolled>>;
  readonly topic: string;
  /** @param message as `persist.Query` is in JSON */
  produce(message: object, partition: number): Promise<void>;
  letterCount(): Promise<number>;
  close(): Promise<void>;
}

/** @param callers who may read and write */
export async function startRollingFleet(callers: readonly string[]): Promise<RollingFleet> {
  const name = `ofs_roll_${randomBytes(6).toString("hex")}`;
  const undo: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of undo.splice(0).toReversed()) await one();
  };
  try {
    undo.push(await prepareStores(name));
    const database = await createTestDatabase(serverAddress("mysql"));
    undo.push(() => database.drop());
    const broker = serverAddress("kafka").text;
    const topic = await TestTopic.create(broker, PARTITIONS);
    undo.push(() => topic.close());
    const start = async (service: string, env: Record<string, string>): Promise<Rolled> => {
      const { close: end, ...rolled } = await startRolled(service, env);
      undo.push(end);
      return rolled;
    };
    const horizonEnv = horizonEnvironment(name, database);
    const horizon = await start("horizon", horizonEnv);
    const admin = { email: ADMIN.ADMIN_EMAIL, madePassword: ADMIN.ADMIN_PASSWORD };
    const operator = await Operator.signIn(horizon.origins[0] as string, admin);
    for (const request of groundwork(SERVER_STORES, callers)) {
      await operator.approve(request, await operator.submit(request));
    }
    const environment = dataPlaneEnvironment(name);
    const [api, consumer, populator] = await Promise.all([
      // A busy machine is no failure.
      start("api-server", { ...environment, WORKERS: "1", STORE_TIMEOUT_MS: "60000" }),
      start("consumer", { ...environment, ...topic.environment() }),
      start("populator", {
        ...mysqlPart(horizonEnv),
        APP_NAME: name,
        ETCD_SERVER: serverAddress("etcd").text,
        KAFKA_CONSUMERS_FEATURE_CONSUMER_BOOTSTRAP_SERVERS: broker,
        POPULATOR_POLL_MS: "200",
        POPULATOR_ROWS_PER_SECOND: "50",
      }),
    ]);
    return {
      services: { horizon, "api-server": api, consumer, populator },
      topic: topic.name,
      produce: (message, partition) =>
        topic.produce([persistQueryFromJson(JSON.stringify(message))], { partition }),
      letterCount: async () => (await topic.letters()).length,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function mysqlPart(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith("MYSQL_")));
}

async function startRolled(
  service: string,
  env: Readonly<Record<string, string>>,
): Promise<Rolled & { close(): Promise<void> }> {
  const ports: number[] = [];
  while (ports.length < PROCESSES) ports.push(await freePort());
  const startOne = (port: number): Promise<TestProcess> =>
    startProcess({
      script: join(SERVICES, service, "dist/main.js"),
      env: { ...env, APP_HOST: "127.0.0.1", APP_PORT: String(port), APP_LOG_LEVEL: "WARN" },
      ready: { http: `http://127.0.0.1:${port}/ready` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
  const processes = await Promise.all(ports.map(startOne));
  return {
    service,
    origins: ports.map((port) => `http://127.0.0.1:${port}`),
    async restart(index) {
      const before = processes[index] as TestProcess;
      before.signal("SIGTERM");
      const { code, signal } = await before.exited;
      if (code !== 0) throw new Error(`${service} ${index}: ${code ?? signal}: ${before.output}`);
      processes[index] = await startOne(ports[index] as number);
    },
    async close() {
      await Promise.all(processes.map((process) => process.stop()));
    },
  };
}
