import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exists, withFileLock } from "../install/file-lock.ts";
import { runCommand } from "../install/run-command.ts";
import {
  formatProperties,
  type KafkaConfig,
  kafkaProperties,
  scramArguments,
} from "./kafka-config.ts";
import { type KafkaPrograms, kafkaClass } from "./kafka-programs.ts";

/** Twenty-two characters of base64, as Kafka wants them. All brokers of tests are a cluster of this name. */
const CLUSTER_ID = "ofsTestClusterAAAAAAAA";

/**
 * Formats the folder of topics, as a broker wants it before its first start. That takes a JVM seconds and gives the
 * same files each time, so they are kept beside the jars; only the passwords of SCRAM, which become part of them, need
 * a run of their own.
 *
 * @param properties path of the broker's server.properties
 */
export async function formatStorage(
  programs: KafkaPrograms,
  config: KafkaConfig,
  properties: string,
): Promise<void> {
  const scram = scramArguments(config).flatMap((argument) => ["--add-scram", argument]);
  if (scram.length > 0) await runStorageTool(programs, properties, scram);
  else await cp(await formattedFolder(programs, config), config.logFolder, { recursive: true });
}

/** A folder, made once, to copy from. */
async function formattedFolder(programs: KafkaPrograms, { ports }: KafkaConfig): Promise<string> {
  const folder = `${programs.jars}-formatted`;
  if (await exists(folder)) return folder;
  await withFileLock(`${folder}.lock`, async () => {
    if (await exists(folder)) return;
    const fresh = `${folder}.${process.pid}.new`;
    const logFolder = join(fresh, "topics");
    const bare = { listeners: [], users: {}, settings: {}, folder: fresh, logFolder, ports };
    const properties = join(fresh, "server.properties");
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { recursive: true });
    await writeFile(properties, formatProperties(kafkaProperties(bare, programs.version)));
    await runStorageTool(programs, properties, []);
    await rename(logFolder, folder);
    await rm(fresh, { recursive: true });
  });
  return folder;
}

async function runStorageTool(
  programs: KafkaPrograms,
  properties: string,
  further: readonly string[],
): Promise<void> {
  const tool = kafkaClass(programs, "kafka.tools.StorageTool");
  const format = ["format", "--cluster-id", CLUSTER_ID, "--config", properties, ...further];
  await runCommand(programs.java, ["-XX:TieredStopAtLevel=1", ...tool, ...format]);
}
