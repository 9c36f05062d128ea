import { executableEnv } from "../install/executable.ts";
import { findExecutables } from "../install/find-executables.ts";
import { findJava, installMavenArtifacts } from "../install/java.ts";
import { writeLauncher } from "../install/launcher.ts";
import { type Log, stderrLog } from "../install/log.ts";
import { findRedisPrograms } from "./redis-programs.ts";
import { SERVER_VARIABLES } from "./server-address.ts";

const KAFKA_TOOLS_VERSION = "4.1.0";
const KAFKA_GROUPS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
const JAVA_MAJORS = [17];

/**
 * Puts the clients that operators of MariaDB, Redis and Kafka have into a folder for `PATH`: `mariadb`, `mariadb-dump`,
 * `redis-cli` and `kafka-consumer-groups.sh`. What the machine lacks is fetched once.
 */
export async function writeClientPrograms(
  folder: string,
  log: Log = stderrLog("servers"),
): Promise<void> {
  const programs = ["mariadb", "mariadb-dump"] as const;
  const found = await findExecutables(
    { programs, debianPackages: ["mariadb-client"], name: "mariadb-client" },
    log,
  );
  const { cli } = await findRedisPrograms(SERVER_VARIABLES.redis, log);
  for (const [index, executable] of [...found, cli].entries()) {
    const { LD_LIBRARY_PATH } = executableEnv(executable);
    await writeLauncher(folder, programs[index] ?? "redis-cli", {
      command: executable.path,
      env: { LD_LIBRARY_PATH },
    });
  }
  await writeKafkaGroups(folder, log);
}

async function writeKafkaGroups(folder: string, log: Log): Promise<void> {
  const variable = SERVER_VARIABLES.kafka;
  const jars = await installMavenArtifacts(
    `kafka-tools-${KAFKA_TOOLS_VERSION}`,
    [`org.apache.kafka:kafka-tools:${KAFKA_TOOLS_VERSION}`],
    variable,
    log,
  );
  await writeLauncher(folder, "kafka-consumer-groups.sh", {
    command: await findJava(JAVA_MAJORS, variable, log),
    args: ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", `${jars}/*`, KAFKA_GROUPS],
  });
}
