import type { SqlEngine } from "@ofs/database";
import type { TableField } from "@ofs/delta";
import { type Kysely, sql, type Transaction } from "kysely";
import type { RejectTally } from "../rejects/reject-tally.ts";
import type { Progress, RunState, Shard } from "../runs/model.ts";
import { parseSchema, shortError, toShard } from "./rows.ts";
import { CAUSE_LENGTH_MAX, type PopulatorTables } from "./tables.ts";

/** Shards that a worker looks at in one go. */
const CANDIDATES_MAX = 64;

/** Causes that are told of one run. */
const CAUSES_MAX = 200;

/** Rows kept as examples of a cause, of one shard and told of one run. */
const SAMPLES_MAX = 10;

/** Somebody else has the shard by now, or nobody shall: what this process knows of it is of no use any more. */
export class FencedError extends Error {
  override readonly name = "FencedError";
}

export interface RejectSample {
  readonly file: string;
  readonly row: number;
  readonly reason: string;
}

export interface RejectSummary {
  readonly cause: string;
  readonly rowCount: number;
  readonly samples: readonly RejectSample[];
}

/** How far a shard has come. */
export interface Step {
  readonly nextRow: number;
  readonly progress: Progress;
  readonly rejects: RejectTally;
  /** Rows to show for the run, if it has none yet. */
  readonly samples?: readonly string[] | undefined;
  readonly isDone: boolean;
}

/** Shards in SQL. Who has the newest fence owns one. */
export class ShardStore {
  readonly #engine: SqlEngine<PopulatorTables>;
  readonly #now: () => number;

  constructor(engine: SqlEngine<PopulatorTables>, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  /**
   * Shards of running runs that nobody seems to have, the oldest versions first.
   *
   * @param staleMs owners that were not heard of for so long may be gone
   */
  async candidates(staleMs: number): Promise<Shard[]> {
    const nowMs = this.#now();
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_file as file")
        .innerJoin("populator_table as run", (join) =>
          join.onRef("run.name", "=", "file.name").onRef("run.generation", "=", "file.generation"),
        )
        .selectAll("file")
        .where("run.state", "=", "RUNNING")
        .where("file.not_before_ms", "<=", nowMs)
        .where((where) =>
          where.or([
            where("file.state", "=", "PENDING"),
            where.and([
              where("file.state", "=", "RUNNING"),
              where("file.updated_ms", "<=", nowMs - staleMs),
            ]),
          ]),
        )
        .orderBy("file.state")
        .orderBy("file.version")
        .orderBy("file.shard")
        .limit(CANDIDATES_MAX)
        .execute(),
    );
    return rows.map(toShard);
  }

  /** @returns the shard with a fence of its own; undefined if somebody else was faster, or it has gone on since it was read */
  async acquire(shard: Shard, owner: string): Promise<Shard | undefined> {
    const { numUpdatedRows } = await this.#engine.write((tx) =>
      this.#of(tx, shard)
        .set({ state: "RUNNING", fence: shard.fence + 1, owner, updated_ms: this.#now() })
        .where("state", "in", ["PENDING", "RUNNING"])
        // What its owner noted meanwhile would be sent, and counted, again.
        .where("next_row", "=", shard.nextRow)
        .executeTakeFirst(),
    );
    return numUpdatedRows === 0n ? undefined : { ...shard, fence: shard.fence + 1 };
  }

  /**
   * Notes what is acknowledged.
   *
   * @returns the run's state, and how many of its rows were refused so far
   * @throws {FencedError}
   */
  async advance(
    shard: Shard,
    { nextRow, progress, rejects, isDone, samples = [] }: Step,
  ): Promise<{ readonly state: RunState; readonly rejectedCount: number }> {
    const counts = {
      sent_count: sql<number>`sent_count + ${progress.sentCount}`,
      rejected_count: sql<number>`rejected_count + ${progress.rejectedCount}`,
      skipped_count: sql<number>`skipped_count + ${progress.skippedCount}`,
      deleted_count: sql<number>`deleted_count + ${progress.deletedCount}`,
      repeated_count: sql<number>`repeated_count + ${progress.repeatedCount}`,
      sent_bytes: sql<number>`sent_bytes + ${progress.sentBytes}`,
      updated_ms: this.#now(),
    };
    return this.#engine.write(async (tx) => {
      const { numUpdatedRows } = await this.#of(tx, shard)
        .set({
          ...counts,
          next_row: nextRow,
          state: isDone ? "COMPLETED" : "RUNNING",
          try_count: 0,
          error: "",
        })
        .where("state", "=", "RUNNING")
        .executeTakeFirst();
      if (numUpdatedRows === 0n)
        throw new FencedError(`shard ${describeShard(shard)} is another's`);
      await this.#addRejects(tx, shard, rejects);
      await tx
        .updateTable("populator_table")
        .set(counts)
        .$if(samples.length > 0, (update) =>
          update.set({ samples: sql<string>`coalesce(samples, ${JSON.stringify(samples)})` }),
        )
        .where("name", "=", shard.tableName)
        .where("generation", "=", shard.generation)
        .execute();
      return runStatus(tx, shard);
    });
  }

  /** Where the shard's run stands, before there is anything to note. @throws {FencedError} */
  async runState(shard: Shard): Promise<RunState> {
    return (await this.#engine.read((db) => runStatus(db, shard))).state;
  }

  /**
   * Gives a shard back, to go on where it is. Nothing happens if it is another's.
   *
   * @param isUncertain whether a batch may have been sent that is not noted
   */
  async release(shard: Shard, isUncertain = false): Promise<void> {
    await this.#engine.write((tx) =>
      this.#of(tx, shard)
        .set({
          state: "PENDING",
          ...(isUncertain ? {} : { owner: "" }),
          updated_ms: this.#now(),
        })
        .where("state", "=", "RUNNING")
        .execute(),
    );
  }

  /**
   * Notes that a shard failed; of a batch under way nobody knows whether it was sent.
   *
   * @param pauseMs before the next try, after so many failures in a row; undefined: there is none
   */
  async fail(
    shard: Shard,
    error: string,
    pauseMs: (failureCount: number) => number | undefined,
  ): Promise<void> {
    const nowMs = this.#now();
    await this.#engine.write(async (tx) => {
      const row = await tx
        .selectFrom("populator_file")
        .select("try_count")
        .where((where) => where.and({ ...keyOf(shard), fence: shard.fence, state: "RUNNING" }))
        .executeTakeFirst();
      if (row === undefined) return;
      const failureCount = Number(row.try_count) + 1;
      const pause = pauseMs(failureCount);
      await this.#of(tx, shard)
        .set({
          state: pause === undefined ? "FAILED" : "PENDING",
          error: shortError(error),
          try_count: failureCount,
          not_before_ms: nowMs + (pause ?? 0),
          updated_ms: nowMs,
        })
        .execute();
    });
  }

  /** @returns columns and write time of a version; undefined if the run was replaced */
  async version(
    shard: Shard,
  ): Promise<{ readonly schema: readonly TableField[]; readonly writeTimeMs: number } | undefined> {
    const row = await this.#engine.read((db) =>
      db
        .selectFrom("populator_version")
        .select(["schema_json", "write_time_ms"])
        .where("name", "=", shard.tableName)
        .where("generation", "=", shard.generation)
        .where("version", "=", shard.version)
        .executeTakeFirst(),
    );
    return row && { schema: parseSchema(row.schema_json), writeTimeMs: Number(row.write_time_ms) };
  }

  /** @returns shards under way in the whole fleet, by owner and table */
  async assignments(): Promise<Record<string, Record<string, number>>> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_file")
        .select(["owner", "name", sql<number>`count(*)`.as("count")])
        .where("state", "=", "RUNNING")
        .groupBy(["owner", "name"])
        .execute(),
    );
    const byOwner: Record<string, Record<string, number>> = {};
    for (const { owner, name, count } of rows) {
      byOwner[owner] = { ...byOwner[owner], [name]: Number(count) };
    }
    return byOwner;
  }

  /** Why rows of a run were refused, the most frequent cause first. */
  async rejects(tableName: string, generation: number): Promise<RejectSummary[]> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_reject")
        .select([
          "cause",
          sql<number>`sum(row_count)`.as("row_count"),
          sql<string>`min(samples)`.as("samples"),
        ])
        .where("name", "=", tableName)
        .where("generation", "=", generation)
        .groupBy("cause")
        .orderBy("row_count", "desc")
        .limit(CAUSES_MAX)
        .execute(),
    );
    return rows.map(({ cause, row_count: count, samples }) => ({
      cause,
      rowCount: Number(count),
      samples: JSON.parse(samples) as RejectSample[],
    }));
  }

  /** Only the owner of a shard writes its rows. */
  async #addRejects(
    tx: Transaction<PopulatorTables>,
    shard: Shard,
    rejects: RejectTally,
  ): Promise<void> {
    for (const { cause, rowCount, samples } of rejects.summary()) {
      const key = { ...keyOf(shard), cause: cause.slice(0, CAUSE_LENGTH_MAX) };
      const known = await tx
        .selectFrom("populator_reject")
        .select(["samples"])
        .where((where) => where.and(key))
        .executeTakeFirst();
      if (known === undefined) {
        const text = JSON.stringify(samples.slice(0, SAMPLES_MAX));
        const row = { ...key, row_count: rowCount, samples: text };
        await tx.insertInto("populator_reject").values(row).execute();
        continue;
      }
      const all = [...(JSON.parse(known.samples) as RejectSample[]), ...samples];
      await tx
        .updateTable("populator_reject")
        .set({
          row_count: sql<number>`row_count + ${rowCount}`,
          samples: JSON.stringify(all.slice(0, SAMPLES_MAX)),
        })
        .where((where) => where.and(key))
        .execute();
    }
  }

  #of(tx: Transaction<PopulatorTables>, shard: Shard) {
    const key = { ...keyOf(shard), fence: shard.fence };
    return tx.updateTable("populator_file").where((where) => where.and(key));
  }
}

async function runStatus(
  db: Kysely<PopulatorTables>,
  { tableName, generation }: Shard,
): Promise<{ readonly state: RunState; readonly rejectedCount: number }> {
  const run = await db
    .selectFrom("populator_table")
    .select(["state", "rejected_count"])
    .where("name", "=", tableName)
    .where("generation", "=", generation)
    .executeTakeFirst();
  if (run === undefined) throw new FencedError(`run ${tableName} was replaced`);
  return { state: run.state, rejectedCount: Number(run.rejected_count) };
}

function keyOf({ tableName: name, generation, version, number: shard }: Shard) {
  return { name, generation, version, shard };
}

export function describeShard({ tableName, version, number }: Shard): string {
  return `${tableName}/${version}/${number}`;
}
