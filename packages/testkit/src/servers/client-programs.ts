import { join } from "node:path";
import { type Executable, executableEnv } from "../install/executable.ts";
import { findExecutables } from "../install/find-executables.ts";
import { findJava, installMavenArtifacts } from "../install/java.ts";
import { writeLauncher } from "../install/launcher.ts";
import { type Log, stderrLog } from "../install/log.ts";
import { installCqlsh } from "./cassandra-tools.ts";
import { findRedisPrograms } from "./redis-programs.ts";
import { SERVER_VARIABLES } from "./server-address.ts";

const KAFKA_TOOLS_VERSION = "4.1.0";
const KAFKA_GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
const JAVA_MAJORS = [17];

const MARIADB_PROGRAMS = ["mariadb", "mariadb-dump"] as const;

interface ClientPrograms {
  readonly mariadb: readonly Executable[];
  readonly redisCli: Executable;
  readonly java: string;
  /** Folder of jars. */
  readonly kafkaTools: string;
}

/**
 * Makes sure that all programs of operators are on this machine, cqlsh among them.
 *
 * @throws {Error} saying which one cannot be had, and why
 */
export async function installOperatorPrograms(log: Log = stderrLog("servers")): Promise<void> {
  await findClientPrograms(log);
  await installCqlsh(log);
}

/**
 * Puts the clients that operators of MariaDB, Redis and Kafka have into a folder for `PATH`: `mariadb`, `mariadb-dump`,
 * `redis-cli` and `kafka-consumer-groups.sh`. What the machine lacks is fetched once.
 */
export async function writeClientPrograms(
  folder: string,
  log: Log = stderrLog("servers"),
): Promise<void> {
  const { mariadb, redisCli, java, kafkaTools } = await findClientPrograms(log);
  for (const [index, executable] of [...mariadb, redisCli].entries()) {
    const { LD_LIBRARY_PATH } = executableEnv(executable);
    await writeLauncher(folder, MARIADB_PROGRAMS[index] ?? "redis-cli", {
      command: executable.path,
      env: { LD_LIBRARY_PATH },
    });
  }
  await writeLauncher(folder, "kafka-consumer-groups.sh", {
    command: java,
    args: ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", join(kafkaTools, "*"), KAFKA_GROUPS],
  });
}

async function findClientPrograms(log: Log): Promise<ClientPrograms> {
  const mariadb = await findExecutables(
    { programs: MARIADB_PROGRAMS, debianPackages: ["mariadb-client"], name: "mariadb-client" },
    log,
  );
  const { cli: redisCli } = await findRedisPrograms(SERVER_VARIABLES.redis, log);
  const variable = SERVER_VARIABLES.kafka;
  const java = await findJava(JAVA_MAJORS, variable, log);
  const version = KAFKA_TOOLS_VERSION;
  const artifacts = [`org.apache.kafka:kafka-tools:${version}`];
  const kafkaTools = await installMavenArtifacts(
    `kafka-tools-${version}`,
    artifacts,
    variable,
    log,
  );
  return { mariadb, redisCli, java, kafkaTools };
}
