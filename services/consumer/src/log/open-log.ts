import type { Logger } from "@ofs/platform";
import type { ConsumerConfig } from "../config.ts";
import { openEmbeddedLog } from "./embedded-log.ts";
import { openKafkaLog } from "./kafka-log.ts";
import type { RecordLog } from "./record-log.ts";

/** Kafka where servers are configured, else the log in the data folder. */
export async function openLog(
  { source, registry }: ConsumerConfig,
  log: Logger,
): Promise<RecordLog> {
  const { kafka, reading } = source;
  if (kafka !== undefined) return openKafkaLog(kafka, reading, log);
  const { dataFolder } = registry;
  if (dataFolder === undefined) throw new Error("neither Kafka nor a data folder is configured");
  return openEmbeddedLog(dataFolder, reading, log);
}
