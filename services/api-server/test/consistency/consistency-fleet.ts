import { randomUUID } from "node:crypto";
import { connectRedis } from "@ofs/store";
import {
  DISTRIBUTED_CONF_ID,
  entityTree,
  freePort,
  type RegistryEntries,
  serverAddress,
  startProcess,
  startTcpProxy,
  type TcpProxy,
  type TestProcess,
} from "@ofs/testkit";
import { prepareTables, SCYLLA_CONF_ID } from "../scenarios/cassandra.ts";
import { ScenarioClient, writeOf } from "../scenarios/scenario-client.ts";
import { CALLER_TOKEN } from "../scenarios/scenario-tree.ts";
import {
  cacheEnvironment,
  etcdHome,
  FROM_SOURCE,
  type RegistryHome,
  storeDefinition,
  storeEnvironment,
  toChanges,
} from "../scenarios/server-under-test.ts";

export type StoreKind = "scylla" | "redis_standalone";

/** Entities by which caches stand before their store; `brief` is `process` with a short TTL. */
export const CACHE_USES = {
  none: { process: false, distributed: false },
  process: { process: true, distributed: false },
  distributed: { process: false, distributed: true },
  both: { process: true, distributed: true },
  brief: { process: true, distributed: false },
} as const;
export type Use = keyof typeof CACHE_USES;

/** How long the process caches of `brief` keep an entry; of the others: a minute. */
export const BRIEF_TTL_SECONDS = 3;

/** Invalidations go over a connection of their own, so that they can be cut off alone. */
const CHANNEL_CONF_ID = 9;
const REDIS_STORE_CONF_ID = 4;
/** Of `cacheEnvironment`. */
const CACHE_DB = 1;
const READY_TIMEOUT_MS = 90_000;

/** One api-server process; what it talks to can be slowed down and cut off. */
export class Member {
  readonly store: TcpProxy;
  readonly cache: TcpProxy;
  readonly channel: TcpProxy;
  readonly #process: TestProcess;
  readonly #client: ScenarioClient;
  readonly #port: number;

  constructor(proxies: Proxies, process: TestProcess, port: number) {
    this.store = proxies.store;
    this.cache = proxies.cache;
    this.channel = proxies.channel;
    this.#process = process;
    this.#client = new ScenarioClient(`127.0.0.1:${port}`);
    this.#port = port;
  }

  /** 0 = nothing is there. */
  async read(use: Use, key: string): Promise<number> {
    const [row] = await this.#client.hex(use, ["id"], { version: ["v"] }, [`${use}-${key}`]);
    return Buffer.from(row?.[0] ?? "", "hex").readInt32LE();
  }

  /** Resolves once it is acknowledged. */
  async write(use: Use, key: string, value: number): Promise<void> {
    const keys = [`${use}-${key}`];
    const values = { int32Values: [value] };
    await this.#client.persist(writeOf(use, ["id"], { version: ["v"] }, [keys, values]));
  }

  /** What `/ready` says of the channel. */
  async channelState(): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.#port}/ready`);
    const { checks } = (await response.json()) as { checks: Record<string, unknown> };
    return checks["invalidation"];
  }

  async heal(): Promise<void> {
    await Promise.all([this.store, this.cache, this.channel].map((proxy) => proxy.heal()));
  }

  async close(): Promise<void> {
    await this.heal();
    this.#client.close();
    await this.#process.stop();
    await Promise.all([this.store, this.cache, this.channel].map((proxy) => proxy.close()));
  }
}

interface Proxies {
  readonly store: TcpProxy;
  readonly cache: TcpProxy;
  readonly channel: TcpProxy;
}

/** Processes that share everything: registry, store, distributed cache, channel. */
export class ConsistencyFleet {
  readonly members: readonly Member[];
  readonly #home: RegistryHome;

  private constructor(members: readonly Member[], home: RegistryHome) {
    this.members = members;
    this.#home = home;
  }

  static async start(store: StoreKind, processCount: number): Promise<ConsistencyFleet> {
    const name = `consistency_${randomUUID().replaceAll("-", "")}`;
    const home = etcdHome(name);
    const tree = createTree(storeDefinition(store, name));
    await home.write(toChanges(tree));
    if (store === "scylla") await prepareTables(tree);
    const starting = Array.from({ length: processCount }, () => startMember(store, name, home));
    return new ConsistencyFleet(await Promise.all(starting), home);
  }

  /** Removes what the distributed cache holds of a key. */
  static async forget(use: Use, key: string): Promise<void> {
    const address = serverAddress("redis").text;
    const connection = connectRedis({ kind: "standalone", address, db: CACHE_DB });
    try {
      await connection.ping();
      const keys = [`${use}:${use}-${key}`];
      const replies = await connection.run([{ command: "del", keys, args: [] }]);
      if (replies[0] !== 1) throw new Error(`there is no record of ${key}`);
    } finally {
      await connection.close();
    }
  }

  async heal(): Promise<void> {
    await Promise.all(this.members.map((member) => member.heal()));
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map((member) => member.close()));
    await this.#home.close();
  }
}

function createTree(store: Readonly<Record<string, unknown>>): RegistryEntries {
  const tree: RegistryEntries = {
    "security/reader/scenario": JSON.stringify({ token: CALLER_TOKEN }),
    "storage/stores/1": JSON.stringify(store),
  };
  for (const [use, caches] of Object.entries(CACHE_USES)) {
    const version = { id: 0, type: "Int32", versions: [{ v: {} }], ...caches };
    Object.assign(tree, entityTree(use, ["id"], { version }));
  }
  tree["entities/brief/in-memory-cache/ttl-in-seconds"] = String(BRIEF_TTL_SECONDS);
  return tree;
}

async function startMember(store: StoreKind, name: string, home: RegistryHome): Promise<Member> {
  const redis = serverAddress("redis");
  const proxies: Proxies = {
    store: await startTcpProxy({ target: store === "scylla" ? serverAddress("cassandra") : redis }),
    cache: await startTcpProxy({ target: redis }),
    channel: await startTcpProxy({ target: redis }),
  };
  const port = await freePort();
  const process = await startProcess({
    ...FROM_SOURCE,
    env: {
      APP_NAME: name,
      APP_PORT: String(port),
      APP_LOG_LEVEL: "ERROR",
      WORKERS: "1",
      // A tombstone that is late breaks the promise: not because the machine is busy.
      INVALIDATION_TIMEOUT_MS: "3000",
      OVERLOAD_QUEUE_MS: "60000",
      ...home.env,
      ...cacheEnvironment(),
      ...storeEnvironment(store),
      ...proxyEnvironment(store, proxies),
    },
    ready: { http: `http://127.0.0.1:${port}/ready` },
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  return new Member(proxies, process, port);
}

function proxyEnvironment(store: StoreKind, proxies: Proxies): Record<string, string> {
  const redis = "STORAGE_REDIS_STANDALONE";
  const ids = [DISTRIBUTED_CONF_ID, CHANNEL_CONF_ID];
  const env: Record<string, string> = {
    [`${redis}_${DISTRIBUTED_CONF_ID}_ADDR`]: proxies.cache.text,
    [`${redis}_${CHANNEL_CONF_ID}_ADDR`]: proxies.channel.text,
    [`${redis}_${CHANNEL_CONF_ID}_READ_TIMEOUT_IN_MS`]: "500",
    INVALIDATION_REDIS_CONF_ID: String(CHANNEL_CONF_ID),
  };
  if (store === "scylla") {
    env[`STORAGE_SCYLLA_${SCYLLA_CONF_ID}_PORT`] = String(proxies.store.port);
  } else {
    ids.push(REDIS_STORE_CONF_ID);
    env[`${redis}_${REDIS_STORE_CONF_ID}_ADDR`] = proxies.store.text;
  }
  return { ...env, [`${redis}_ACTIVE_CONFIG_IDS`]: ids.join(",") };
}
