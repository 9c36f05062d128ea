import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { freePorts } from "../free-ports.ts";
import { writeLauncher } from "../install/launcher.ts";
import { type Log, stderrLog } from "../install/log.ts";
import { installPythonPackages } from "../install/python.ts";
import { configUrl, findCassandra, jdkAccess, startCassandraNode } from "./cassandra.ts";
import { type PrivateServer, startInNewFolder, toPrivateServer } from "./private-servers.ts";
import { parseAddresses } from "./server-address.ts";

const CQLSH_VERSION = "6.2.2";

/** For what lives for a second, or for one test: no time for the best code. */
const QUICK_JVM = "-XX:TieredStopAtLevel=1";

/** Of Cassandra's tools that are Java, by the name that they are called by. */
const JAVA_TOOLS = {
  nodetool: "org.apache.cassandra.tools.NodeTool",
  sstableloader: "org.apache.cassandra.tools.BulkLoader",
} as const;

/** Cassandra with the programs that its operators have. */
export interface CassandraWithTools extends PrivateServer {
  /** Of tables: `<keyspace>/<table>-<id>`. */
  readonly dataFolder: string;
  /** Its cassandra.yaml. */
  readonly configFile: string;
  /** `nodetool`, `cqlsh` and `sstableloader`: for `PATH`. The first two speak to this node without being told. */
  readonly toolsFolder: string;
}

/** As `startCassandra`, with JMX on the loopback interface. The first time also fetches cqlsh, a Python package. */
export async function startCassandraWithTools(): Promise<CassandraWithTools> {
  const [jmxPort = 0] = await freePorts(1);
  const { started, close } = await startInNewFolder("cassandra", (context) =>
    startCassandraNode(context, [], [`-Dcassandra.jmx.local.port=${jmxPort}`, QUICK_JVM]),
  );
  const { folder, address } = started;
  try {
    const toolsFolder = join(folder, "tools");
    await mkdir(toolsFolder);
    await writeTools(toolsFolder, folder, jmxPort, address);
    const server = toPrivateServer(started, close);
    const configFile = join(folder, "conf", "cassandra.yaml");
    return { ...server, dataFolder: join(folder, "data"), configFile, toolsFolder };
  } catch (error) {
    await close();
    throw error;
  }
}

async function writeTools(
  toolsFolder: string,
  folder: string,
  jmxPort: number,
  address: string,
): Promise<void> {
  const log = stderrLog("servers");
  const { java, jars } = await findCassandra(log);
  const classPath = `${join(folder, "conf")}:${join(jars, "*")}`;
  // Tools keep a history in the home folder.
  const jvm = ["-Xmx256m", QUICK_JVM, "-XX:+UseSerialGC", `-Duser.home=${folder}`];
  for (const [name, className] of Object.entries(JAVA_TOOLS)) {
    const at = name === "nodetool" ? ["-h", "127.0.0.1", "-p", String(jmxPort)] : [];
    const config = `-Dcassandra.config=${configUrl(folder)}`;
    await writeLauncher(toolsFolder, name, {
      command: java,
      args: [...jdkAccess(), ...jvm, config, "-cp", classPath, className, ...at],
    });
  }
  const [server] = parseAddresses(address);
  await writeLauncher(toolsFolder, "cqlsh", {
    command: await installCqlsh(log),
    env: { HOME: folder, CQLSH_HOST: server?.host, CQLSH_PORT: String(server?.port) },
  });
}

/** @returns path of cqlsh, a Python package @throws {Error} if it cannot be had */
export async function installCqlsh(log: Log): Promise<string> {
  const packages = [`cqlsh==${CQLSH_VERSION}`];
  const python = await installPythonPackages(`cqlsh-${CQLSH_VERSION}`, packages, log);
  return join(dirname(python), "cqlsh");
}
