/**
 * What the loop itself costs, in CPU time: its source has all records in memory, its format knows the rows beforehand
 * and its store takes everything at once.
 *
 *   node --conditions=@ofs/source --import tsx packages/ingest/bench/loop.bench.ts
 */
import {
  FormatTable,
  IngestMetrics,
  Ingestor,
  type PendingWrite,
  type RecordFormat,
  type RecordSource,
  type SourceListener,
  type SourceRecord,
  type WriteOutcome,
} from "@ofs/ingest";
import { createLogger } from "@ofs/platform";
import { Registry } from "prom-client";

const ROUNDS = 7;
const FETCH_RECORDS = 500;
const PARTITIONS = 4;
const DISTINCT_MESSAGES = 1_000;

/** Delivers the same records again and again, with rising offsets, whenever it is asked for more. */
class EndlessSource implements RecordSource {
  readonly #value = new Uint8Array(2_000);
  readonly #offsets: number[] = Array.from({ length: PARTITIONS }, () => 0);
  readonly #paused = new Set<number>();
  #listener: SourceListener | undefined;
  #left = 0;
  delivered = 0;

  start(listener: SourceListener): Promise<void> {
    this.#listener = listener;
    const partitions = this.#offsets.map((_, partition) => ({ topic: "bench", partition }));
    listener.assigned(partitions.map((one) => ({ ...one, committed: undefined })));
    return Promise.resolve();
  }

  deliver(count: number): void {
    this.#left = count;
    this.#next();
  }

  pause(partitions: readonly { readonly partition: number }[]): void {
    for (const { partition } of partitions) this.#paused.add(partition);
  }

  resume(partitions: readonly { readonly partition: number }[]): void {
    for (const { partition } of partitions) this.#paused.delete(partition);
  }

  commit(): Promise<void> {
    return Promise.resolve();
  }

  status() {
    return { state: "reading" } as const;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #next(): void {
    for (let partition = 0; partition < PARTITIONS && this.#left > 0; partition++) {
      if (this.#paused.has(partition)) continue;
      this.#left -= FETCH_RECORDS;
      this.delivered += FETCH_RECORDS;
      const records = this.#records(partition);
      this.#listener?.records({ topic: "bench", partition }, records, records.at(-1)?.offset ?? 0);
    }
    if (this.#left > 0) setImmediate(() => this.#next());
  }

  #records(partition: number): SourceRecord[] {
    const first = this.#offsets[partition] as number;
    this.#offsets[partition] = first + FETCH_RECORDS;
    const about = { topic: "bench", partition, key: undefined, headers: [] };
    const timestampMs = Date.now();
    const records: SourceRecord[] = [];
    for (let offset = first; offset < first + FETCH_RECORDS; offset++) {
      records.push({ ...about, offset, value: this.#value, timestampMs });
    }
    return records;
  }
}

/** All its messages are made beforehand. */
class ReadyFormat implements RecordFormat {
  readonly name = "ready";
  readonly #messages: PendingWrite[][] = [];
  readonly #outcomes: WriteOutcome[][] = [];
  readonly #encodeRows = (): Uint8Array => new Uint8Array(0);
  written = 0;

  constructor(rowsPerMessage: number) {
    const target = {};
    for (let message = 0; message < DISTINCT_MESSAGES; message++) {
      const writes: PendingWrite[] = [];
      for (let row = 0; row < rowsPerMessage; row++) {
        const key = `user:${message * 7_919 + row}`;
        const about = { connection: "store-1", target, key, isDelete: false, sizeBytes: 120, row };
        writes.push({ ...about, writeTimeMicros: message });
      }
      this.#messages.push(writes);
    }
  }

  prepare({ offset }: SourceRecord) {
    const writes = this.#messages[offset % DISTINCT_MESSAGES] as PendingWrite[];
    return { writes, faults: [], subject: "user", encodeRows: this.#encodeRows };
  }

  write({ length }: readonly PendingWrite[]): Promise<readonly WriteOutcome[]> {
    this.written += length;
    this.#outcomes[length] ??= Array.from({ length }, () => undefined);
    return Promise.resolve(this.#outcomes[length] as WriteOutcome[]);
  }
}

/** @returns CPU microseconds a row */
async function measure(rowsPerMessage: number, records: number): Promise<number> {
  const source = new EndlessSource();
  const metrics = new IngestMetrics(new Registry());
  const ingestor = new Ingestor({
    source,
    deadLetters: {
      retryCount: 0,
      produce: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    formats: new FormatTable([{ format: new ReadyFormat(rowsPerMessage) }]),
    now: Date.now,
    monotonicNow: () => performance.now(),
    metrics,
    log: createLogger({ service: "bench", level: "DISABLED" }),
  });
  await ingestor.start();
  await run(ingestor, source, records);
  const before = process.cpuUsage();
  await run(ingestor, source, records);
  const { system, user } = process.cpuUsage(before);
  await ingestor.close(Date.now() + 5_000);
  return (system + user) / (records * rowsPerMessage);
}

async function run(ingestor: Ingestor, source: EndlessSource, records: number): Promise<void> {
  const goal = source.delivered + records;
  source.deliver(records);
  while (source.delivered < goal || ingestor.status().inFlightRecords > 0) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

const SIZES = [
  [1, 60_000],
  [20, 20_000],
  [200, 2_000],
] as const;

for (const [rowsPerMessage, records] of SIZES) {
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) costs.push(await measure(rowsPerMessage, records));
  costs.sort((one, other) => one - other);
  const median = (costs[Math.floor(ROUNDS / 2)] as number).toFixed(2);
  const least = (costs[0] as number).toFixed(2);
  const line = `${rowsPerMessage} rows a record: ${median} us of CPU a row (least ${least})`;
  process.stdout.write(`${line}, ${(Number(median) * rowsPerMessage).toFixed(1)} a record\n`);
}
