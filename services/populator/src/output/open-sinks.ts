import { join } from "node:path";
import { EmbeddedLog, KafkaSink, type RecordSink } from "@ofs/ingest";
import type { Logger } from "@ofs/platform";
import type { KafkaSettings, PopulatorConfig } from "../config.ts";
import type { RunSpec } from "../runs/model.ts";

/** As the consumer names it. */
const LOG_FOLDER = "log";

/** Names the client to brokers. */
const CLIENT_ID = "ofs-populator";

type Dialect = RunSpec["target"]["dialect"];

/** Sinks of one worker. */
export type WorkerSinks = Readonly<Record<Dialect, RecordSink>>;

/** Where messages go. */
export interface Outputs {
  /** For the log and for people. */
  readonly name: string;
  /** One of its own for each worker: calls on one sink are carried out one after the other. */
  sinksOf(worker: string): WorkerSinks;
  close(): Promise<void>;
}

/**
 * Kafka where servers are configured, else the embedded log.
 *
 * @param given a log that is open in this process already, and stays its owner's
 * @throws {FeatureStoreError} FAILED_PRECONDITION if another process has the embedded log open
 */
export async function openOutputs(
  { blockKafka, rowKafka, registry }: PopulatorConfig,
  given: RecordSink | undefined,
  log: Logger,
): Promise<Outputs> {
  const { dataFolder } = registry;
  const wantsLog = blockKafka === undefined || rowKafka === undefined;
  const opened =
    wantsLog && given === undefined && dataFolder !== undefined
      ? await EmbeddedLog.open(join(dataFolder, LOG_FOLDER), { log })
      : undefined;
  const embedded = given ?? opened?.sink();
  const sinks: KafkaSink[] = [];
  const sinkOf = (kafka: KafkaSettings | undefined, worker: string): RecordSink => {
    if (kafka === undefined) {
      if (embedded === undefined) throw new Error("neither Kafka nor a log is configured");
      return embedded;
    }
    const { brokers, tls, sasl } = kafka;
    const sink = new KafkaSink({ brokers, tls, sasl, log, clientId: `${CLIENT_ID}-${worker}` });
    sinks.push(sink);
    return sink;
  };
  return {
    name: blockKafka === undefined ? "embedded log" : `kafka ${blockKafka.brokers.join(",")}`,
    sinksOf(worker) {
      const block = sinkOf(blockKafka, worker);
      const isSame = rowKafka?.brokers.join() === blockKafka?.brokers.join();
      return { block, row: isSame ? block : sinkOf(rowKafka, `${worker}-row`) };
    },
    async close() {
      await Promise.all(sinks.map((sink) => sink.close()));
      await opened?.close();
    },
  };
}
