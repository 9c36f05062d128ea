import type { NewRecord } from "@ofs/ingest";
import { messageHeaders } from "../output/message-headers.ts";
import { RejectTally } from "../rejects/reject-tally.ts";
import { NO_PROGRESS, type Progress, type RunSpec, type Shard } from "../runs/model.ts";
import { Repeats } from "../runs/repeats.ts";
import { type ShardOutcome, type ShardSurroundings, sizeOf } from "../runs/run-shard.ts";
import { type OpenTable, withTable } from "../runs/table-source.ts";
import { FencedError } from "../store/shard-store.ts";
import { createDeletePlan, type DeletePlan } from "./delete-plan.ts";
import { KeySpill } from "./key-spill.ts";
import { gatherTakenKeys } from "./taken-keys.ts";

/** Keys of a batch: acknowledged, then noted. */
const BATCH_KEYS = 2_000;

/** Batches of rows between looks at whether the run goes on. */
const LOOK_BATCHES = 64;

/** The run does not go on; nothing is lost. */
class StoppedError extends Error {
  override readonly name = "StoppedError";
}

/**
 * Sends deletes for the keys that a version took away, from where the shard stands: the keys have the same order each time.
 *
 * @throws {FencedError} if the shard is another's; {DeltaError}, {MappingError}, {FeatureStoreError}, {SinkError}
 */
export async function runDeletes(
  spec: RunSpec,
  shard: Shard,
  surroundings: ShardSurroundings,
  signal: AbortSignal,
): Promise<ShardOutcome> {
  const { shards, access, registries, times } = surroundings;
  const version = await shards.version(shard);
  if (version === undefined) throw new FencedError(`run ${spec.tableName} was replaced`);
  const plan = createDeletePlan(spec, version.schema, registries);
  const headers = messageHeaders(spec, version.writeTimeMs, true);
  const sender = new DeleteSender(spec, shard, surroundings);
  const spill = new KeySpill({ ...access.spill, batchKeys: BATCH_KEYS });
  try {
    const parts = { plan, spill, sender, signal };
    const work = (table: OpenTable) => gather(table, spec, shard, surroundings, parts);
    await withTable(access, spec, signal, work, times);
    times.enter("encode");
    for await (const keys of spill.difference()) {
      const left = sender.notYetSent(keys);
      const records = plan.encode(left, { topic: spec.topicName, headers });
      const outcome = await sender.send(left.length, records, signal);
      if (outcome !== undefined) return outcome;
      times.enter("encode");
    }
    times.enter("database");
    return await sender.finish();
  } catch (error) {
    if (error instanceof StoppedError) return "stopped";
    throw error;
  } finally {
    await spill.close();
  }
}

async function gather(
  table: OpenTable,
  { filter }: RunSpec,
  shard: Shard,
  { shards, rejects, times, workMetrics }: ShardSurroundings,
  parts: {
    readonly plan: DeletePlan;
    readonly spill: KeySpill;
    readonly sender: DeleteSender;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { plan, spill, sender, signal } = parts;
  let batchCount = 0;
  await gatherTakenKeys({
    table,
    version: shard.version,
    filter,
    keysOf: plan.keysOf,
    spill,
    signal,
    async *timed(batches) {
      for await (const batch of times.batches(batches)) {
        workMetrics.decoded(batch.decodeMs);
        yield batch;
      }
    },
    async onRejects(file, batch, found) {
      for (const reject of found) {
        sender.rejects.add(reject, file.path, batch.firstRow + reject.index);
      }
      // Examples for people; after a crash they may stand there twice.
      await rejects.append({ ...shard, file: { ...shard.file, path: file.path } }, batch, found);
    },
    async onBatch() {
      batchCount += 1;
      if (batchCount % LOOK_BATCHES !== 0) return;
      times.enter("database");
      if ((await shards.runState(shard)) !== "RUNNING") throw new StoppedError();
    },
  });
}

class DeleteSender {
  /** Noted with the first keys, and so once. */
  readonly rejects = new RejectTally();
  readonly #spec: RunSpec;
  readonly #shard: Shard;
  readonly #given: ShardSurroundings;
  readonly #repeats: Repeats;
  /** Keys seen so far. */
  #position = 0;
  #noted: number;

  constructor(spec: RunSpec, shard: Shard, given: ShardSurroundings) {
    this.#spec = spec;
    this.#shard = shard;
    this.#given = given;
    this.#repeats = new Repeats(shard, given.sink, BATCH_KEYS);
    this.#noted = shard.nextRow;
  }

  /** Passes over keys that are noted already. */
  notYetSent<K>(keys: readonly K[]): readonly K[] {
    const left = keys.slice(Math.max(0, this.#noted - this.#position));
    this.#position += keys.length;
    return left;
  }

  /** @returns undefined: go on */
  async send(
    keyCount: number,
    records: readonly NewRecord[],
    signal: AbortSignal,
  ): Promise<ShardOutcome | undefined> {
    if (keyCount === 0) return undefined;
    const { limit, times } = this.#given;
    signal.throwIfAborted();
    times.enter("limit");
    await limit.take(this.#spec.tenantName, keyCount, signal);
    times.enter("log");
    const repeatedCount = await this.#repeats.send(records, this.#noted, keyCount);
    times.enter("database");
    const sent = { deletedCount: keyCount, repeatedCount, sentBytes: sizeOf(records) };
    const progress = { ...NO_PROGRESS, ...sent };
    return this.#note(this.#position, progress, false);
  }

  /** Every key is acknowledged. */
  async finish(): Promise<ShardOutcome> {
    const outcome = await this.#note(this.#position, NO_PROGRESS, true);
    return outcome === "too-many-rejects" ? outcome : "done";
  }

  async #note(nextRow: number, sent: Progress, isDone: boolean): Promise<ShardOutcome | undefined> {
    const { shards, metrics } = this.#given;
    const isFirst = this.#noted === 0;
    const rejects = isFirst ? this.rejects : new RejectTally();
    const progress = { ...sent, rejectedCount: rejects.rowCount };
    const step = { nextRow, progress, rejects, isDone };
    const { state, rejectedCount } = await shards.advance(this.#shard, step);
    this.#noted = nextRow;
    metrics.sent(this.#spec.tableName, progress);
    if (rejectedCount > this.#spec.maxRejects) return "too-many-rejects";
    return state === "RUNNING" ? undefined : "stopped";
  }
}
