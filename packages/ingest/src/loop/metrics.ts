import { LATENCY_BUCKETS_SECONDS } from "@ofs/platform";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { IngestStatus, PartitionStatus } from "./status.ts";

/** From a record's time to its storage: milliseconds when all is well, hours after an outage. */
const DELAY_BUCKETS_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 7200, 43_200];
const BATCH_ROW_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

export type CommitEnd = "ok" | "fenced" | "unavailable";

function createCounters(registry: Registry) {
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `ofs_ingest_${name}_total`, help, labelNames, registers: [registry] });
  return {
    records: counter("records", "Records taken from a source.", ["topic"]),
    bytes: counter("record_bytes", "Bytes of keys, values and headers taken from a source.", [
      "topic",
    ]),
    unexpected: counter(
      "unexpected_records",
      "Records that came again, or of partitions that are not assigned: left out.",
      ["topic"],
    ),
    rows: counter(
      "rows",
      "Rows brought to an end: stored, deleted, or superseded by a newer one.",
      ["connection", "outcome"],
    ),
    retries: counter("row_retries", "Rows that a store did not take and that are tried again.", [
      "connection",
      "code",
    ]),
    deadLetters: counter("dead_letters", "Dead letters produced, by the code of their cause.", [
      "topic",
      "code",
    ]),
    deadRows: counter("dead_rows", "Rows that went into dead letters of single rows.", ["topic"]),
    deadLetterFailures: counter("dead_letter_failures", "Batches of dead letters not taken.", [
      "code",
    ]),
    commits: counter("commits", "Commits of offsets.", ["outcome"]),
    rebalances: counter("rebalances", "Partitions that came and went, and how.", ["change"]),
  };
}

function createHistograms(registry: Registry) {
  return {
    batchRows: new Histogram({
      name: "ofs_ingest_batch_rows",
      help: "Rows written to one target at a time.",
      labelNames: ["connection"],
      buckets: BATCH_ROW_BUCKETS,
      registers: [registry],
    }),
    writeSeconds: new Histogram({
      name: "ofs_ingest_write_seconds",
      help: "Time of one write of a batch.",
      labelNames: ["connection"],
      buckets: [...LATENCY_BUCKETS_SECONDS],
      registers: [registry],
    }),
    delaySeconds: new Histogram({
      name: "ofs_ingest_delay_seconds",
      help: "From a record's time until all its good rows are stored.",
      labelNames: ["topic"],
      buckets: DELAY_BUCKETS_SECONDS,
      registers: [registry],
    }),
  };
}

type PartitionLabel = "topic" | "partition";

/** Of one partition's topic, looked up once. */
export interface PartitionMetrics {
  readonly records: Counter.Internal;
  readonly bytes: Counter.Internal;
  readonly unexpected: Counter.Internal;
  readonly delaySeconds: Histogram.Internal<"topic">;
}

/** Metrics of the loop, shared by all ingestors of a process. Labels: topics, partitions, connections and codes. */
export class IngestMetrics {
  readonly counters: ReturnType<typeof createCounters>;
  readonly histograms: ReturnType<typeof createHistograms>;
  readonly #sources = new Set<() => IngestStatus>();

  readonly #now: () => number;

  /**
   * @param now Unix milliseconds
   * @throws {Error} if the registry has such metrics already
   */
  constructor(registry: Registry, now: () => number = Date.now) {
    this.#now = now;
    this.counters = createCounters(registry);
    this.histograms = createHistograms(registry);
    this.#addGauges(registry);
  }

  /** Shows what this ingestor has in hand. @returns a function that ends this */
  watch(status: () => IngestStatus): () => void {
    this.#sources.add(status);
    return () => void this.#sources.delete(status);
  }

  forTopic(topic: string): PartitionMetrics {
    return {
      records: this.counters.records.labels(topic),
      bytes: this.counters.bytes.labels(topic),
      unexpected: this.counters.unexpected.labels(topic),
      delaySeconds: this.histograms.delaySeconds.labels(topic),
    };
  }

  #addGauges(registry: Registry): void {
    this.#addTotal(registry, "in_flight_bytes", "Bytes of records and rows in hand.", (status) => {
      return status.inFlightBytes;
    });
    this.#addTotal(registry, "in_flight_records", "Records not yet committable.", (status) => {
      return status.inFlightRecords;
    });
    this.#addTotal(registry, "paused_partitions", "Partitions that are paused.", (status) => {
      return count(status, (partition) => partition.paused !== undefined);
    });
    this.#addTotal(registry, "halted_partitions", "Partitions that cannot go on.", (status) => {
      return count(status, (partition) => partition.halted !== undefined);
    });
    this.#addTotal(registry, "waiting_records", "Records that wait for the registry.", (status) => {
      return status.partitions.reduce((sum, partition) => sum + partition.waitingRecords, 0);
    });
    const lag = "Records between what is committed and the end of the partition.";
    this.#addByPartition(registry, "lag_records", lag, (partition) => partition.lag);
    const oldest = "Age of the oldest record that is neither stored nor dead-lettered.";
    this.#addByPartition(registry, "oldest_open_seconds", oldest, ({ oldestOpenMs }) => {
      return oldestOpenMs === undefined ? 0 : Math.max(0, (this.#now() - oldestOpenMs) / 1000);
    });
  }

  #addTotal(registry: Registry, name: string, help: string, of: (s: IngestStatus) => number): void {
    const sources = this.#sources;
    new Gauge({
      name: `ofs_ingest_${name}`,
      help,
      registers: [registry],
      collect() {
        let sum = 0;
        for (const status of sources) sum += of(status());
        this.set(sum);
      },
    });
  }

  #addByPartition(
    registry: Registry,
    name: string,
    help: string,
    of: (partition: PartitionStatus) => number | undefined,
  ): void {
    const sources = this.#sources;
    new Gauge<PartitionLabel>({
      name: `ofs_ingest_${name}`,
      help,
      labelNames: ["topic", "partition"],
      registers: [registry],
      collect() {
        this.reset();
        for (const status of sources) {
          for (const partition of status().partitions) {
            const value = of(partition);
            if (value !== undefined) this.labels(labelsOf(partition)).set(value);
          }
        }
      },
    });
  }
}

function labelsOf({ topic, partition }: PartitionStatus): Record<PartitionLabel, string> {
  return { topic, partition: String(partition) };
}

function count({ partitions }: IngestStatus, is: (partition: PartitionStatus) => boolean): number {
  return partitions.reduce((sum, partition) => sum + (is(partition) ? 1 : 0), 0);
}
