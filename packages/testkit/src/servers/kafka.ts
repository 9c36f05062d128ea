import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePorts, localAddress } from "../free-ports.ts";
import { exists, withFileLock } from "../install/file-lock.ts";
import type { Log } from "../install/log.ts";
import {
  assertUsers,
  formatProperties,
  type KafkaConfig,
  type KafkaListener,
  kafkaProperties,
  keyStorePath,
} from "./kafka-config.ts";
import {
  findKafka,
  type KafkaPrograms,
  type KafkaVersion,
  kafkaClass,
  kafkaServerName,
} from "./kafka-programs.ts";
import { isKafkaReady } from "./kafka-readiness.ts";
import { formatStorage } from "./kafka-storage.ts";
import { createDataFolder } from "./server-node.ts";
import {
  chooseFolder,
  type ServerSpec,
  type StartContext,
  type StartedServer,
  startNode,
} from "./server-spec.ts";

const HEAP = "256m";
/** For a broker that writes its class archive as it ends. */
const ARCHIVE_GRACE_MS = 120_000;

const LOG4J_PROPERTIES = {
  "log4j.rootLogger": "WARN, stdout",
  "log4j.appender.stdout": "org.apache.log4j.ConsoleAppender",
  "log4j.appender.stdout.layout": "org.apache.log4j.PatternLayout",
  "log4j.appender.stdout.layout.ConversionPattern": "%d{HH:mm:ss.SSS} %p %c{1} %m%n",
};

export interface KafkaNodeOptions {
  readonly version: KafkaVersion;
  /** At least one. */
  readonly listeners: readonly KafkaListener[];
  readonly users: KafkaConfig["users"];
  readonly settings: KafkaConfig["settings"];
}

/** A started broker; `address` lists its listeners. */
export interface StartedKafka extends StartedServer {
  /** A listener in plain text that advertises itself, whatever the others do. */
  readonly directPort: number;
}

/** @throws {Error} when it does not come up, with the end of its log */
export async function startKafkaNode(
  context: StartContext,
  options: KafkaNodeOptions,
): Promise<StartedKafka> {
  assertUsers(options.users);
  const { programs, archive } = await prepareKafka(options.version, context.log);
  return launchBroker(context, options, programs, `-XX:SharedArchiveFile=${archive}`);
}

/** Everything that starts need, in the cache folder. */
async function prepareKafka(version: KafkaVersion, log: Log) {
  const programs = await findKafka(version, log);
  return { programs, archive: await findClassArchive(programs, log) };
}

/**
 * The classes that a broker loads as one file: with it, and without the JVM's second compiler, a start takes a third of
 * the CPU. A broker writes it as it ends, so one is started and stopped for it, once.
 */
async function findClassArchive(programs: KafkaPrograms, log: Log): Promise<string> {
  const { version, jars } = programs;
  const archive = `${jars}.jsa`;
  if (await exists(archive)) return archive;
  await withFileLock(`${archive}.lock`, async () => {
    if (await exists(archive)) return;
    log(`kafka ${version}: a first start, which makes later ones quick`);
    const fresh = `${archive}.${process.pid}.new`;
    const folder = await createDataFolder("kafka");
    const options = { version, listeners: [{}], users: {}, settings: {} };
    const dump = `-XX:ArchiveClassesAtExit=${fresh}`;
    try {
      const { nodes } = await launchBroker({ folder, log }, options, programs, dump);
      await Promise.all(nodes.map((node) => node.stop(ARCHIVE_GRACE_MS)));
      await rename(fresh, archive);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
  return archive;
}

async function launchBroker(
  context: StartContext,
  { version, listeners, users, settings }: KafkaNodeOptions,
  programs: KafkaPrograms,
  archiveOption: string,
): Promise<StartedKafka> {
  const ports = await choosePorts(listeners);
  const [firstPort] = ports.listeners;
  const folder = await chooseFolder(context, `kafka-${firstPort}`);
  const logFolder = join(folder, "topics");
  const config: KafkaConfig = { folder, logFolder, listeners, ports, users, settings };
  const properties = join(folder, "server.properties");
  await writeFile(properties, formatProperties(kafkaProperties(config, version)));
  await writeFile(join(folder, "log4j.properties"), formatProperties(LOG4J_PROPERTIES));
  await writeKeyStores(config);
  // What a lasting broker has formatted once stays.
  if (!(await exists(join(logFolder, "meta.properties")))) {
    await formatStorage(programs, config, properties);
  }
  const jvm = [...jvmOptions(folder), archiveOption];
  const plan = {
    title: `kafka ${version} on port ${firstPort}`,
    command: programs.java,
    args: [...jvm, ...kafkaClass(programs, "kafka.Kafka"), properties],
    env: process.env,
    folder,
    isReady: () => isKafkaReady(ports.direct),
  };
  const node = await startNode(context, plan);
  const address = ports.listeners.map(localAddress).join(",");
  return { address, nodes: [node], directPort: ports.direct };
}

async function choosePorts(listeners: readonly KafkaListener[]): Promise<KafkaConfig["ports"]> {
  const [direct, controller, ...free] = await freePorts(listeners.length + 2);
  if (direct === undefined || controller === undefined) throw new Error("no ports");
  const chosen = listeners.map(({ port }, i) => port ?? (free[i] as number));
  return { listeners: chosen, direct, controller };
}

/** Kafka reads a key and its certificate from one PEM file. */
async function writeKeyStores({ listeners, folder }: KafkaConfig): Promise<void> {
  for (const [i, { tls }] of listeners.entries()) {
    if (tls === undefined) continue;
    const { key, cert } = tls.certificates.server;
    const pem = `${await readFile(key, "utf8")}${await readFile(cert, "utf8")}`;
    await writeFile(keyStorePath(folder, i), pem, { mode: 0o600 });
  }
}

function jvmOptions(folder: string): string[] {
  return [
    `-Xmx${HEAP}`,
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    `-XX:ErrorFile=${join(folder, "crash.log")}`,
    `-Dlog4j.configuration=file:${join(folder, "log4j.properties")}`, // 3.x
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", // 4.x
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
  ];
}

function kafkaSpec(version: KafkaVersion): ServerSpec {
  return {
    name: kafkaServerName(version),
    install: async (log) => {
      await prepareKafka(version, log);
    },
    start: (context) =>
      startKafkaNode(context, { version, listeners: [{}], users: {}, settings: {} }),
  };
}

/** One broker of Kafka 4; topics have to be created. */
export const kafka4Spec: ServerSpec = kafkaSpec("4.1.0");

/** One broker of Kafka 3, for what differs. */
export const kafka3Spec: ServerSpec = kafkaSpec("3.9.1");
