import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { ClientOptions } from "@ofs/client";
import { EtcdRegistrySource } from "@ofs/registry";
import {
  entityTree,
  freePorts,
  type GroupOptions,
  type RegistryEntries,
  serverAddress,
  startProcess,
  type TestProcess,
} from "@ofs/testkit";
import { DATA_TYPES, groupOf, STRING_LENGTH, VECTOR_LENGTH } from "./spark-samples.ts";

const SERVICES = join(import.meta.dirname, "../../..");
const REDIS_CONF_ID = 4;
const READY_TIMEOUT_MS = 60_000;
const CALLER_ID = "spark-test";
const CALLER_TOKEN = "spark-test-token";

/** A consumer and an api-server, built, over one Redis; no caches, so that reads show what is stored. */
export interface Fleet {
  /** Settings of a client of the api-server. */
  readonly caller: ClientOptions;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly entity: string;
  readonly key: string;
  readonly topic: string;
  readonly brokers: string;
}

/** Starts the fleet on a registry of its own; the entity has a group of each data type. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const name = `spark_${randomUUID().replaceAll("-", "")}`;
  const etcd = serverAddress("etcd").text;
  const registry = new EtcdRegistrySource({ endpoints: etcd, root: `/config/${name}` });
  const entries = Object.entries(treeOf(options, name));
  const changes = entries.map(([path, value]) => ({ path, value: Buffer.from(value) }));
  await registry.write(changes, { isChunked: true });
  const [apiPort, consumerPort] = (await freePorts(2)) as [number, number];
  const shared = {
    APP_NAME: name,
    ETCD_SERVER: etcd,
    ETCD_WATCHER_ENABLED: "true",
    STORAGE_REDIS_STANDALONE_ACTIVE_CONFIG_IDS: String(REDIS_CONF_ID),
    [`STORAGE_REDIS_STANDALONE_${REDIS_CONF_ID}_ADDR`]: serverAddress("redis").text,
    [`STORAGE_REDIS_STANDALONE_${REDIS_CONF_ID}_DB`]: "0",
  };
  const processes: TestProcess[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(processes.map((each) => each.stop()));
    await registry.close();
  };
  try {
    processes.push(await startService("api-server", apiPort, { ...shared, WORKERS: "1" }));
    const reading = kafkaEnvironment(options, name);
    processes.push(await startService("consumer", consumerPort, { ...shared, ...reading }));
  } catch (error) {
    await close();
    throw error;
  }
  const address = `127.0.0.1:${apiPort}`;
  return { caller: { address, callerId: CALLER_ID, callerToken: CALLER_TOKEN }, close };
}

function startService(
  service: string,
  port: number,
  env: Readonly<Record<string, string>>,
): Promise<TestProcess> {
  return startProcess({
    script: join(SERVICES, service, "dist/main.js"),
    env: { ...env, APP_PORT: String(port) },
    ready: { http: `http://127.0.0.1:${port}/ready` },
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
}

function kafkaEnvironment({ topic, brokers }: FleetOptions, name: string): Record<string, string> {
  const prefix = "KAFKA_CONSUMERS_FEATURE_CONSUMER";
  return {
    [`${prefix}_TOPIC`]: topic,
    [`${prefix}_BOOTSTRAP_SERVERS`]: brokers,
    [`${prefix}_GROUP_ID`]: name,
    CONSUMER_INVALIDATE_CACHES: "false",
  };
}

function treeOf({ entity, key }: FleetOptions, name: string): RegistryEntries {
  const groups: Record<string, GroupOptions> = {};
  for (const type of DATA_TYPES) {
    const feature = {
      vectorLength: type.isVector ? VECTOR_LENGTH : 0,
      stringLength: type.kind === "string" ? STRING_LENGTH : 0,
    };
    const shortName = type.name.slice("DataType".length);
    const versions = [{ first: feature, second: feature }];
    groups[groupOf(type)] = { id: type.code, type: shortName, versions };
  }
  const store = { "db-type": "redis_standalone", "conf-id": REDIS_CONF_ID, table: name };
  return {
    [`security/reader/${CALLER_ID}`]: JSON.stringify({ token: CALLER_TOKEN }),
    "storage/stores/1": JSON.stringify(store),
    ...entityTree(entity, [key], groups),
    [`entities/${entity}/in-memory-cache/enabled`]: "false",
    [`entities/${entity}/distributed-cache/enabled`]: "false",
  };
}
