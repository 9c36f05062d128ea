import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { acceptsConnections, localAddress } from "../free-ports.ts";
import { findJava, installMavenArtifacts } from "../install/java.ts";
import type { Log } from "../install/log.ts";
import {
  EXPORTED_PACKAGES,
  formatCassandraYaml,
  LOGBACK_XML,
  OPENED_PACKAGES,
  withSettings,
} from "./cassandra-config.ts";
import { SERVER_VARIABLES } from "./server-address.ts";
import {
  chooseFolder,
  choosePorts,
  type ServerSpec,
  type StartContext,
  type StartedServer,
  startNode,
} from "./server-spec.ts";

const VARIABLE = SERVER_VARIABLES.cassandra;
const VERSION = "5.0.6";
/** The versions that Cassandra 5.0 supports. */
const JAVA_MAJORS = [11, 17];
const HEAP = "512m";

export interface CassandraPrograms {
  readonly java: string;
  /** Folder of jars. */
  readonly jars: string;
}

/** A node, and where it keeps what. */
export interface StartedCassandra extends StartedServer {
  /** Holds `conf`, `data` and the rest. */
  readonly folder: string;
}

/** @throws {Error} when Java or the jars cannot be had, naming the variable to set instead */
export async function findCassandra(log: Log): Promise<CassandraPrograms> {
  const java = await findJava(JAVA_MAJORS, VARIABLE, log);
  const artifact = `org.apache.cassandra:cassandra-all:${VERSION}`;
  const jars = await installMavenArtifacts(`cassandra-${VERSION}`, [artifact], VARIABLE, log);
  return { java, jars };
}

/**
 * @param settings lines of cassandra.yaml, added or in place of ours: `read_request_timeout: 1000ms`
 * @param flags further ones of the JVM
 */
export async function startCassandraNode(
  context: StartContext,
  settings: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<StartedCassandra> {
  const { java, jars } = await findCassandra(context.log);
  const [port, storagePort] = await choosePorts(context, 2);
  if (port === undefined || storagePort === undefined) throw new Error("no ports");
  const folder = await chooseFolder(context, `cassandra-${port}`);
  const conf = join(folder, "conf");
  for (const each of ["conf", "data", "commitlog", "hints", "saved_caches", "cdc", "logs"]) {
    await mkdir(join(folder, each), { recursive: true });
  }
  const yaml = formatCassandraYaml({ folder, port, storagePort });
  await writeFile(join(conf, "cassandra.yaml"), withSettings(yaml, settings));
  await writeFile(join(conf, "logback.xml"), LOGBACK_XML);
  const plan = {
    title: `cassandra on port ${port}`,
    command: java,
    args: [
      ...jvmOptions(await jammAgent(jars)),
      ...systemProperties(folder),
      ...flags,
      ...["-cp", `${conf}:${join(jars, "*")}`, "org.apache.cassandra.service.CassandraDaemon"],
    ],
    env: process.env,
    folder,
    isReady: () => acceptsConnections(port), // it listens only once CQL is served
  };
  const node = await startNode(context, plan);
  return { address: localAddress(port), nodes: [node], folder };
}

/** Cassandra measures its objects through this agent and does not start without. */
async function jammAgent(jars: string): Promise<string> {
  const jamm = (await readdir(jars)).find((name) => /^jamm-.*\.jar$/.test(name));
  if (jamm === undefined) throw new Error(`no jamm jar in ${jars}: remove that folder`);
  return join(jars, jamm);
}

function jvmOptions(agent: string): string[] {
  const memory = [`-Xms${HEAP}`, `-Xmx${HEAP}`, "-Xss512k", "-XX:MaxDirectMemorySize=256m"];
  return [...memory, "-XX:+UseG1GC", ...jdkAccess(), `-javaagent:${agent}`];
}

/** What Cassandra's classes reach of the JDK, the server's and its tools'. */
export function jdkAccess(): string[] {
  const opens = OPENED_PACKAGES.flatMap((name) => ["--add-opens", `${name}=ALL-UNNAMED`]);
  const exported = EXPORTED_PACKAGES.flatMap((name) => ["--add-exports", `${name}=ALL-UNNAMED`]);
  return [...opens, ...exported];
}

/** The zeros save about five seconds that a node of a larger cluster spends on listening. */
function systemProperties(folder: string): string[] {
  const properties = {
    "jdk.attach.allowAttachSelf": "true",
    "cassandra.config": configUrl(folder),
    "logback.configurationFile": join(folder, "conf", "logback.xml"),
    "cassandra.storagedir": folder,
    "cassandra.logdir": join(folder, "logs"),
    "cassandra.skip_wait_for_gossip_to_settle": "0",
    "cassandra.ring_delay_ms": "0",
    "cassandra.superuser_setup_delay_ms": "0",
    "cassandra-foreground": "yes",
  };
  return Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
}

/** Of a node's folder: where its classes, those of tools too, look for cassandra.yaml. */
export function configUrl(folder: string): string {
  return new URL(`file://${join(folder, "conf", "cassandra.yaml")}`).href;
}

/** One Cassandra node with a small heap; data centre `datacenter1`. */
export const cassandraSpec: ServerSpec = {
  name: "cassandra",
  install: async (log) => {
    await findCassandra(log);
  },
  start: (context) => startCassandraNode(context),
};
