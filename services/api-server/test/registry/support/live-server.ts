import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EtcdRegistrySource, type Revision } from "@ofs/registry";
import {
  DISTRIBUTED_CONF_ID,
  freePort,
  PROCESS_CONF_ID,
  type RegistryEntries,
  type ServerAddress,
  serverAddress,
  startProcess,
  type TestProcess,
  waitUntil,
} from "@ofs/testkit";
import { ScenarioClient, type writeOf } from "../../scenarios/scenario-client.ts";
import { CALLER_ID, CALLER_TOKEN } from "../../scenarios/scenario-tree.ts";

/** The connection of the Redis store. */
export const REDIS_STORE_CONF_ID = 4;

const READY_TIMEOUT_MS = 60_000;
const WAIT_MS = 50_000;

/** Stores that the servers of these tests know, and the caller that their clients are. */
export const COMMON_TREE: RegistryEntries = {
  [`security/reader/${CALLER_ID}`]: JSON.stringify({ token: CALLER_TOKEN }),
  "storage/stores/1": '{"db-type":"embedded"}',
  "storage/stores/2": JSON.stringify({
    "db-type": "redis_standalone",
    "conf-id": REDIS_STORE_CONF_ID,
  }),
};

/** Key, and the values of each group. */
export type WrittenRow = Parameters<typeof writeOf>[3];

/** Text by path; undefined deletes. */
export type Changes = Readonly<Record<string, string | undefined>>;

/** A registry root of one test in etcd, and who writes it. */
export class RegistryHome {
  readonly name = `live_${randomBytes(6).toString("hex")}`;
  readonly etcd: ServerAddress;
  readonly source: EtcdRegistrySource;

  constructor(etcd: ServerAddress = serverAddress("etcd")) {
    this.etcd = etcd;
    this.source = new EtcdRegistrySource({ endpoints: etcd.text, root: `/config/${this.name}` });
  }

  write(changes: Changes): Promise<Revision> {
    const all = Object.entries(changes).map(([path, text]) => ({
      path,
      value: text === undefined ? undefined : Buffer.from(text),
    }));
    return this.source.write(all, { isChunked: true });
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

export interface LiveServerOptions {
  readonly home: RegistryHome;
  /** Store with the id 2. */
  readonly redis?: ServerAddress;
  /** Cache shared with other servers. */
  readonly cache?: ServerAddress;
  readonly watches?: boolean;
  /** Whether the test sets its clock: `process.clock`. */
  readonly hasClock?: boolean;
}

/** A real api-server process that follows a registry in etcd. */
export class LiveServer {
  readonly address: string;
  readonly process: TestProcess;
  readonly client: ScenarioClient;
  readonly #folder: string;

  private constructor(address: string, process: TestProcess, folder: string) {
    this.address = address;
    this.process = process;
    this.client = new ScenarioClient(address);
    this.#folder = folder;
  }

  static async start(options: LiveServerOptions): Promise<LiveServer> {
    const folder = await mkdtemp(join(tmpdir(), "ofs-live-"));
    const address = `127.0.0.1:${await freePort()}`;
    const started = await startProcess({
      script: join(import.meta.dirname, "../../../src/main.ts"),
      nodeOptions: ["--conditions=@ofs/source", "--import", "tsx"],
      env: environmentOf(options, folder, address),
      clock: options.hasClock === true,
      ready: { http: `http://${address}/ready` },
      readyTimeoutMs: READY_TIMEOUT_MS,
    });
    return new LiveServer(address, started, folder);
  }

  /** Sum of a metric's series that have the label, for example `event="refresh"`. */
  async metric(name: string, label = ""): Promise<number> {
    const response = await fetch(`http://${this.address}/metrics`);
    const lines = (await response.text()).split("\n");
    const series = lines.filter(
      (line) => /^[^ {]*/.exec(line)?.[0] === name && line.includes(label),
    );
    return series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  /** Up to where the registry's history is served. Costs the server next to nothing, unlike metrics. */
  async revision(): Promise<Revision> {
    const { text } = await this.ready();
    return Number(/"revision":(\d+)/.exec(text)?.[1] ?? 0);
  }

  /** Resolves when the server serves from that revision, or a later one. */
  async waitForRevision(revision: Revision): Promise<void> {
    const isThere = async () => (await this.revision()) >= revision;
    await waitUntil(isThere, { what: `revision ${revision}`, timeoutMs: WAIT_MS });
  }

  async ready(): Promise<{ readonly httpStatus: number; readonly text: string }> {
    const response = await fetch(`http://${this.address}/ready`);
    return { httpStatus: response.status, text: await response.text() };
  }

  /** A client of this server that says it is someone else. */
  clientOf(callerId: string, token: string): ScenarioClient {
    const client = new ScenarioClient(this.address);
    client.headers.set("online-feature-store-caller-id", callerId);
    client.headers.set("online-feature-store-auth-token", token);
    return client;
  }

  async close(): Promise<void> {
    this.client.close();
    await this.process.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function environmentOf(
  { home, redis, cache, watches = true }: LiveServerOptions,
  folder: string,
  address: string,
): Record<string, string> {
  const ids = [cache && DISTRIBUTED_CONF_ID, redis && REDIS_STORE_CONF_ID].filter(
    (id) => id !== undefined,
  );
  const prefix = "STORAGE_REDIS_STANDALONE";
  return {
    APP_NAME: home.name,
    APP_HOST: "127.0.0.1",
    APP_PORT: address.split(":")[1] as string,
    APP_LOG_LEVEL: "WARN",
    WORKERS: "1",
    OVERLOAD_QUEUE_MS: "0", // a busy machine is not what is looked at
    ETCD_SERVER: home.etcd.text,
    ETCD_WATCHER_ENABLED: String(watches),
    OFS_DATA_FOLDER: folder,
    [`${prefix}_ACTIVE_CONFIG_IDS`]: ids.join(","),
    ...(redis && { [`${prefix}_${REDIS_STORE_CONF_ID}_ADDR`]: redis.text }),
    ...(cache && { [`${prefix}_${DISTRIBUTED_CONF_ID}_ADDR`]: cache.text }),
    // Another database than the store's: records and cached records have the same names.
    ...(cache && { [`${prefix}_${DISTRIBUTED_CONF_ID}_DB`]: "1" }),
    ...(cache && { DISTRIBUTED_CACHE_CONF_IDS: String(DISTRIBUTED_CONF_ID) }),
    IN_MEM_CACHE_ACTIVE_CONFIG_IDS: String(PROCESS_CONF_ID),
    [`IN_MEM_CACHE_${PROCESS_CONF_ID}_SIZE_IN_BYTES`]: "10000000",
  };
}

/** Closes what a test opened, the last first. */
export class Opened {
  readonly #closers: (() => Promise<unknown> | unknown)[] = [];

  add<T extends { close(): unknown }>(resource: T): T {
    this.#closers.push(() => resource.close());
    return resource;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}
