import type { RowBatch } from "@ofs/delta";
import type { NewRecord, RecordSink } from "@ofs/ingest";
import { compileFilter, selectRows } from "../filter/row-filter.ts";
import { createPlan, type RegistryView } from "../messages/create-plan.ts";
import type { MessageHead, MessagePlan } from "../messages/message-plan.ts";
import type { PopulatorMetrics } from "../metrics.ts";
import { messageHeaders } from "../output/message-headers.ts";
import type { RateLimit } from "../output/rate-limit.ts";
import type { RejectFiles } from "../rejects/reject-files.ts";
import { RejectTally } from "../rejects/reject-tally.ts";
import { FencedError, type ShardStore } from "../store/shard-store.ts";
import type { WorkMetrics } from "../work-metrics.ts";
import { NO_PROGRESS, type Progress, type RunSpec, type Shard } from "./model.ts";
import { Repeats } from "./repeats.ts";
import { dataFileOf, type OpenTable, type TableAccess, withTable } from "./table-source.ts";
import type { WorkTimes } from "./work-times.ts";

/** Most rows of a batch, as the reader has it. */
const BATCH_ROWS = 2_048;

export interface ShardSurroundings {
  readonly shards: ShardStore;
  readonly access: TableAccess;
  readonly registries: RegistryView;
  /** Of one worker: what it was given is acknowledged before it is given more. */
  readonly sink: RecordSink;
  readonly limit: RateLimit;
  readonly rejects: RejectFiles;
  readonly metrics: PopulatorMetrics;
  readonly workMetrics: WorkMetrics;
  /** Of the worker, for this shard. */
  readonly times: WorkTimes;
}

/** What became of a shard: all its rows are done; the run does not go on for now; or it was refused too many rows. */
export type ShardOutcome = "done" | "stopped" | "too-many-rejects";

/**
 * Sends the rows of a shard, batch after batch, from where it stands. A batch is noted when the log has acknowledged all of
 * it, so what is sent again after a crash is one batch at most.
 *
 * @throws {FencedError} if the shard is another's; {DeltaError}, {MappingError}, {SinkError}
 */
export async function runShard(
  spec: RunSpec,
  shard: Shard,
  surroundings: ShardSurroundings,
  signal: AbortSignal,
): Promise<ShardOutcome> {
  const { shards, access, registries, times, workMetrics } = surroundings;
  const version = await shards.version(shard);
  if (version === undefined) throw new FencedError(`run ${spec.tableName} was replaced`);
  const { schema, writeTimeMs } = version;
  const plan = createPlan(spec, schema, registries);
  const filter = compileFilter(spec.filter, schema);
  const filterFields = filter.flatMap(
    ({ column }) => schema.find(({ name }) => name === column) ?? [],
  );
  const fields = [...new Set([...plan.fields, ...filterFields])];
  const sender = new ShardSender(spec, shard, surroundings, plan, {
    topic: spec.topicName,
    headers: messageHeaders(spec, writeTimeMs),
  });
  const planColumns = plan.fields.map((field) => fields.indexOf(field));
  const filterColumns = filterFields.map((field) => fields.indexOf(field));
  const work = async ({ storage, reader }: OpenTable): Promise<ShardOutcome> => {
    const request = { fields, fromRow: shard.nextRow, toRow: shard.file.toRow, signal };
    const batches = reader.read(storage, dataFileOf(shard.file), request);
    for await (const batch of times.batches(batches)) {
      workMetrics.decoded(batch.decodeMs);
      const rows = selectRows(batch, filter, filterColumns);
      const outcome = await sender.send(batch, planColumns, rows, signal);
      if (outcome !== undefined) return outcome;
    }
    return sender.finish();
  };
  return withTable(access, spec, signal, work, times);
}

class ShardSender {
  readonly #spec: RunSpec;
  readonly #shard: Shard;
  readonly #given: ShardSurroundings;
  readonly #plan: MessagePlan;
  readonly #head: MessageHead;
  readonly #repeats: Repeats;
  #nextRow: number;

  constructor(
    spec: RunSpec,
    shard: Shard,
    given: ShardSurroundings,
    plan: MessagePlan,
    head: MessageHead,
  ) {
    this.#spec = spec;
    this.#shard = shard;
    this.#given = given;
    this.#plan = plan;
    this.#head = head;
    this.#repeats = new Repeats(shard, given.sink, BATCH_ROWS);
    this.#nextRow = shard.nextRow;
  }

  /** @returns undefined: go on */
  async send(
    batch: RowBatch,
    columnOf: readonly number[],
    rows: readonly number[],
    signal: AbortSignal,
  ): Promise<ShardOutcome | undefined> {
    const { limit, rejects, metrics, times } = this.#given;
    const { tenantName, tableName } = this.#spec;
    const encoded = this.#plan.encode(batch, columnOf, rows, this.#head);
    signal.throwIfAborted();
    const { records, rowCount } = encoded;
    times.enter("limit");
    await limit.take(tenantName, rowCount, signal);
    times.enter("log");
    const repeatedCount = await this.#repeats.send(records, batch.firstRow, rowCount);
    times.enter("database");
    const tally = new RejectTally();
    const { path } = this.#shard.file;
    for (const reject of encoded.rejects) tally.add(reject, path, batch.firstRow + reject.index);
    await rejects.append(this.#shard, batch, encoded.rejects);
    const progress = {
      sentCount: rowCount,
      rejectedCount: encoded.rejects.length,
      skippedCount: batch.rowCount - rows.length,
      deletedCount: 0,
      repeatedCount,
      sentBytes: sizeOf(records),
    };
    this.#nextRow = batch.nextRow;
    const outcome = await this.#note(progress, tally, false, encoded.samples);
    metrics.sent(tableName, progress);
    return outcome;
  }

  /** Every row is acknowledged, or refused. */
  async finish(): Promise<ShardOutcome> {
    const { toRow, rowCount } = this.#shard.file;
    this.#nextRow = toRow ?? rowCount ?? this.#nextRow;
    await this.#note(NO_PROGRESS, new RejectTally(), true);
    return "done";
  }

  async #note(
    progress: Progress,
    rejects: RejectTally,
    isDone: boolean,
    samples?: readonly string[],
  ): Promise<ShardOutcome | undefined> {
    const step = { nextRow: this.#nextRow, progress, rejects, isDone, samples };
    const { state, rejectedCount } = await this.#given.shards.advance(this.#shard, step);
    if (rejectedCount > this.#spec.maxRejects) return "too-many-rejects";
    return state === "RUNNING" ? undefined : "stopped";
  }
}

/** @returns bytes of keys and values */
export function sizeOf(records: readonly NewRecord[]): number {
  return records.reduce(
    (sum, { key, value }) => sum + (key?.length ?? 0) + (value?.length ?? 0),
    0,
  );
}
