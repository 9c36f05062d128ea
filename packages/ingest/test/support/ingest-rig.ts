import {
  FormatTable,
  IngestMetrics,
  Ingestor,
  type IngestSettings,
  type RecordHeader,
  type SourceRecord,
  type TopicPartition,
} from "@ofs/ingest";
import { createLogger, type Logger } from "@ofs/platform";
import { MemoryTracer } from "@ofs/testkit";
import { Registry } from "prom-client";
import { MemoryGroup, MemorySource } from "./memory-group.ts";
import { MemorySink } from "./memory-sink.ts";
import { encodeMessage, RowFormat, type TestMessage } from "./row-format.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const TOPIC = "events";

export function partitionOf(partition: number): TopicPartition {
  return { topic: TOPIC, partition };
}

export interface RigOptions {
  readonly settings?: Partial<IngestSettings>;
  readonly fetchRecords?: number;
  /** Decides pauses before repetitions: 1 = the whole ceiling. */
  readonly random?: () => number;
  readonly formats?: FormatTable;
  /** Default: the virtual clock, which stands still while work is done. */
  readonly monotonicNow?: () => number;
}

/** An ingestor between things in memory, under a virtual clock. */
export class IngestRig {
  readonly clock = new VirtualClock();
  readonly group = new MemoryGroup();
  readonly sink = new MemorySink();
  readonly registry = new Registry();
  readonly metrics = new IngestMetrics(this.registry, this.clock.now);
  /** Log lines. */
  readonly lines: string[] = [];
  readonly log: Logger = createLogger({
    service: "test",
    level: "WARN",
    destination: { write: (line) => void this.lines.push(line) },
  });
  /** Keeps the traces that producers keep. */
  readonly tracer = new MemoryTracer();
  readonly format: RowFormat;
  readonly source: MemorySource;
  readonly ingestor: Ingestor;

  constructor(options: RigOptions = {}) {
    const { fetchRecords = 100, formats, random = () => 1, settings = {} } = options;
    const { clock, group, log, metrics, sink, tracer } = this;
    this.format = new RowFormat(clock);
    this.source = new MemorySource(group, clock, fetchRecords);
    this.ingestor = new Ingestor({
      source: this.source,
      deadLetters: sink,
      formats: formats ?? new FormatTable([{ format: this.format }]),
      settings,
      now: clock.now,
      monotonicNow: options.monotonicNow ?? clock.now,
      timers: clock.timers,
      random,
      metrics,
      log,
      tracer,
    });
  }

  /** Starts with partitions 0 to `count` - 1. */
  async start(count = 1): Promise<void> {
    await this.ingestor.start();
    this.source.assign(...Array.from({ length: count }, (_, index) => partitionOf(index)));
  }

  /** Adds a record of now to a partition. */
  add(
    partition: number,
    message: TestMessage,
    about: { headers?: readonly RecordHeader[]; timestampMs?: number | undefined } = {},
  ): SourceRecord {
    const timestampMs = "timestampMs" in about ? about.timestampMs : this.clock.now();
    const { headers = [] } = about;
    const value = encodeMessage(message);
    return this.group.add(partitionOf(partition), { headers, timestampMs, value });
  }

  /** Adds a record with one good row. */
  addRow(partition: number, key: string, value: string): SourceRecord {
    return this.add(partition, { rows: [{ key, value }] });
  }

  committed(partition = 0): number | undefined {
    return this.group.committedOffset(partitionOf(partition));
  }

  /** @returns values by `<table>/<key>` */
  stored(): Record<string, string> {
    const entries = [...this.format.store.rows].map(([name, { value }]) => [name, value]);
    return Object.fromEntries(entries);
  }

  /** Goes on until all records that have been added are stored or dead-lettered. */
  async finish(): Promise<void> {
    await this.clock.until(() => {
      return this.ingestor.status().partitions.every((one) => {
        return one.inFlightRecords === 0 && one.position === this.group.endOffset(one);
      });
    });
  }

  partitionStatus(partition = 0) {
    const status = this.ingestor.status().partitions.find((one) => one.partition === partition);
    if (status === undefined) throw new Error(`partition ${partition} is not assigned`);
    return status;
  }

  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    const metric = await this.registry.getSingleMetric(name)?.get();
    if (metric === undefined) throw new Error(`no metric ${name}`);
    let sum = 0;
    for (const value of metric.values) {
      const isWanted = Object.entries(labels).every(([label, text]) => {
        return (value.labels as Record<string, unknown>)[label] === text;
      });
      if (isWanted) sum += value.value;
    }
    return sum;
  }

  close(): Promise<unknown> {
    const closed = this.ingestor.close(this.clock.now() + 1_000);
    return Promise.all([closed, this.clock.advance(2_000)]);
  }
}

/** A header with text. */
export function header(name: string, text: string): RecordHeader {
  return [name, Buffer.from(text)];
}
