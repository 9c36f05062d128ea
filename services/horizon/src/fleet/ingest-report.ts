import type { CounterTable } from "./counters.ts";
import type { InstanceObservation } from "./fleet-monitor.ts";
import { mergeBuckets, mergeRates, quantileOf } from "./rates.ts";
import type { MetricsReading, PartitionLag } from "./reading.ts";

/** Topics of one report; those with the most lag come first. */
const TOPIC_COUNT_MAX = 100;

/** One topic, over all consumers that answer. What is not known is undefined. */
export interface TopicReport {
  readonly topic: string;
  /** Records that are not committed; undefined if nobody has a partition of it. */
  readonly lagRecords: number | undefined;
  /** Age of the oldest record that is not done with. */
  readonly oldestSeconds: number | undefined;
  readonly recordsPerSecond: number | undefined;
  /** From a record's time to its storage. */
  readonly delayP50Seconds: number | undefined;
  readonly delayP99Seconds: number | undefined;
  /** Since the consumers have started. */
  readonly deadLetterCount: number;
  readonly deadLettersPerSecond: number | undefined;
}

export interface IngestReport {
  readonly topics: readonly TopicReport[];
  /** Rows stored. */
  readonly rowsPerSecond: number | undefined;
  /** Partitions that cannot go on. */
  readonly haltedPartitionCount: number;
  /** Records that wait for the registry. */
  readonly waitingRecordCount: number;
}

/** @returns undefined if no consumer's metrics are there */
export function ingestReport(consumers: readonly InstanceObservation[]): IngestReport | undefined {
  const readings = consumers.flatMap(({ probe }) => probe.metrics ?? []);
  if (readings.length === 0) return undefined;
  const windows = consumers.flatMap(({ window }) => window?.rates ?? []);
  const rates = windows.length === 0 ? undefined : mergeRates(windows);
  const partitions = mergedPartitions(readings);
  const topics = topicsOf(readings, partitions).map((topic) =>
    reportTopic(topic, { partitions, readings, windows }),
  );
  const byLag = topics.toSorted((a, b) => (b.lagRecords ?? 0) - (a.lagRecords ?? 0));
  return {
    topics: byLag.slice(0, TOPIC_COUNT_MAX),
    rowsPerSecond: rates && (rates.get("rows", "") ?? 0),
    haltedPartitionCount: sum(readings.map((reading) => reading.haltedPartitionCount)),
    waitingRecordCount: sum(readings.map((reading) => reading.waitingRecordCount)),
  };
}

/** While partitions move, two consumers may tell of one: it counts once, at its worst. */
function mergedPartitions(readings: readonly MetricsReading[]): PartitionLag[] {
  const merged = new Map<string, PartitionLag>();
  for (const lag of readings.flatMap(({ partitions }) => partitions)) {
    const key = `${lag.partition} ${lag.topic}`;
    const known = merged.get(key) ?? lag;
    merged.set(key, {
      ...lag,
      records: Math.max(lag.records, known.records),
      oldestSeconds: Math.max(lag.oldestSeconds, known.oldestSeconds),
    });
  }
  return [...merged.values()];
}

function topicsOf(
  readings: readonly MetricsReading[],
  partitions: readonly PartitionLag[],
): readonly string[] {
  const counted = readings.flatMap(({ counters }) => [
    ...counters.keys("records"),
    ...counters.keys("deadLetters"),
  ]);
  return [...new Set([...partitions.map(({ topic }) => topic), ...counted])].toSorted();
}

interface IngestFacts {
  readonly partitions: readonly PartitionLag[];
  readonly readings: readonly MetricsReading[];
  /** Rates of each consumer that has some. */
  readonly windows: readonly CounterTable[];
}

function reportTopic(topic: string, { partitions, readings, windows }: IngestFacts): TopicReport {
  const rates = windows.length === 0 ? undefined : mergeRates(windows);
  const own = partitions.filter((lag) => lag.topic === topic);
  const delays = mergeBuckets(windows, "delaySeconds", topic);
  const isKnown = own.length > 0;
  return {
    topic,
    lagRecords: isKnown ? sum(own.map(({ records }) => records)) : undefined,
    oldestSeconds: isKnown ? Math.max(...own.map((lag) => lag.oldestSeconds)) : undefined,
    recordsPerSecond: rates && (rates.get("records", topic) ?? 0),
    delayP50Seconds: quantileOf(delays, 0.5),
    delayP99Seconds: quantileOf(delays, 0.99),
    deadLetterCount: sum(readings.map(({ counters }) => counters.get("deadLetters", topic) ?? 0)),
    deadLettersPerSecond: rates && (rates.get("deadLetters", topic) ?? 0),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
