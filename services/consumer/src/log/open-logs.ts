import type { Logger } from "@ofs/platform";
import type { KafkaSettings } from "../config/kafka-settings.ts";
import type { ConsumerConfig } from "../config.ts";
import { openEmbeddedLog } from "./embedded-log.ts";
import { openKafkaLog } from "./kafka-log.ts";
import type { RecordLog } from "./record-log.ts";

/** The logs of the dialects; one object where they are the same. */
export interface RecordLogs {
  /** undefined: nothing of the block dialect is read. */
  readonly block: RecordLog | undefined;
  /** undefined: nothing of the row dialect is read. */
  readonly rows: RecordLog | undefined;
  /** Each once. */
  readonly all: readonly RecordLog[];
}

/** Kafka where servers are configured, else the log in the data folder. */
export async function openLogs(config: ConsumerConfig, log: Logger): Promise<RecordLogs> {
  const { source, rows: rowSettings } = config;
  const open = (kafka: KafkaSettings | undefined): Promise<RecordLog> =>
    openOne(config, kafka, log);
  const block = source.reading.topics.length > 0 ? await open(source.kafka) : undefined;
  if (rowSettings === undefined) return { block, rows: undefined, all: block ? [block] : [] };
  const isSame = block !== undefined && source.rowKafka === source.kafka;
  const rows = isSame ? block : await open(source.rowKafka);
  return { block, rows, all: block === undefined || isSame ? [rows] : [block, rows] };
}

async function openOne(
  { registry }: ConsumerConfig,
  kafka: KafkaSettings | undefined,
  log: Logger,
): Promise<RecordLog> {
  if (kafka !== undefined) return openKafkaLog(kafka, log);
  const { dataFolder } = registry;
  if (dataFolder === undefined) throw new Error("neither Kafka nor a data folder is configured");
  return openEmbeddedLog(dataFolder, log);
}
