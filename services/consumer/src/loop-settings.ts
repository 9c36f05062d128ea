import { type IngestSettings, ingestSettings } from "@ofs/ingest";
import type { ConsumerConfig } from "./config.ts";

/** Bounds of the consuming loop: of each member, whatever it reads. */
export function loopSettings({ source, limits }: ConsumerConfig): IngestSettings {
  const { reading } = source;
  return ingestSettings({
    lanesPerConnection: reading.laneCount,
    batchRows: reading.maxBatchRows,
    batchBytes: limits.CONSUMER_MAX_BATCH_BYTES,
    lingerMs: limits.CONSUMER_LINGER_MS,
    writeTimeoutMs: limits.STORE_TIMEOUT_MS,
    haltRetryMs: limits.CONSUMER_HALT_RETRY_MS,
    registryWaitMs: limits.CONSUMER_REGISTRY_WAIT_MS,
    maxInFlightBytes: limits.CONSUMER_MAX_IN_FLIGHT_BYTES,
    maxInFlightRecords: limits.CONSUMER_MAX_IN_FLIGHT_RECORDS,
    maxPartitionBytes: limits.CONSUMER_MAX_PARTITION_BYTES,
    maxPartitionRecords: limits.CONSUMER_MAX_PARTITION_RECORDS,
    commitsAfterWork: reading.commitIntervalMs === undefined,
    ...(reading.commitIntervalMs === undefined
      ? {}
      : { commitIntervalMs: reading.commitIntervalMs }),
    stallMs: limits.CONSUMER_STALL_MS,
    deadLetterTopic: limits.CONSUMER_DEAD_LETTER_TOPIC,
  });
}
