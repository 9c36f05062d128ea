import { isDuplicate, type SqlEngine } from "@ofs/database";
import type { TableField } from "@ofs/delta";
import { FeatureStoreError } from "@ofs/platform";
import { sql, type Transaction } from "kysely";
import {
  FINAL_STATES,
  NO_PROGRESS,
  RUN_STATES,
  type Run,
  type RunSpec,
  type RunState,
  type ShardFile,
} from "../runs/model.ts";
import { progressRow, shortError, toRun } from "./rows.ts";
import type { PopulatorTables } from "./tables.ts";

/** Runs that are listed or looked at in one go. */
const RUNS_MAX = 1_000;

/** Rows of one insert. */
const INSERT_ROWS = 200;

/** Attempts to take a name that others are taking too. */
const TAKE_TRIES = 5;

/** What is to be done for one version. */
export interface VersionPlan {
  readonly version: number;
  readonly schema: readonly TableField[];
  readonly writeTimeMs: number;
  readonly fileCount: number;
  readonly shards: readonly ShardFile[];
  /** Files with rows that the version took away. */
  readonly deleteFileCount: number;
}

/** What has become of the shards of a version. */
export interface VersionStatus {
  readonly openCount: number;
  readonly failedCount: number;
  /** Of one that failed. */
  readonly error: string | undefined;
}

/** Runs in SQL. Every change names the run's generation, so that nothing is done to the run that took its place. */
export class RunStore {
  readonly #engine: SqlEngine<PopulatorTables>;
  readonly #now: () => number;

  constructor(engine: SqlEngine<PopulatorTables>, now: () => number) {
    this.#engine = engine;
    this.#now = now;
  }

  /** Registers a run, in place of the one that has its name. */
  async put(spec: RunSpec): Promise<Run> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#engine.write((tx) => this.#put(tx, spec));
      } catch (error) {
        if (!isDuplicate(error) || tries >= TAKE_TRIES) throw error;
      }
    }
  }

  async #put(tx: Transaction<PopulatorTables>, spec: RunSpec): Promise<Run> {
    const name = spec.tableName;
    const former = await tx
      .selectFrom("populator_table")
      .select(["generation", "created_ms"])
      .where("name", "=", name)
      .executeTakeFirst();
    await forget(tx, name);
    const nowMs = this.#now();
    const row = {
      name,
      // Never one that an earlier run of the name had, also after it was removed.
      generation: Math.max(nowMs, Number(former?.generation ?? 0) + 1),
      spec: JSON.stringify(spec),
      state: "PENDING" as const,
      planned_version: -1,
      next_check_ms: nowMs,
      write_time_ms: 0,
      ...progressRow(NO_PROGRESS),
      delete_file_count: 0,
      error: "",
      created_ms: nowMs,
      updated_ms: nowMs,
      is_reported: 0,
      samples: null,
    };
    await tx.deleteFrom("populator_table").where("name", "=", name).execute();
    await tx.insertInto("populator_table").values(row).execute();
    return toRun(row);
  }

  async get(name: string): Promise<Run | undefined> {
    const row = await this.#engine.read((db) =>
      db.selectFrom("populator_table").selectAll().where("name", "=", name).executeTakeFirst(),
    );
    return row && toRun(row);
  }

  /** @throws {FeatureStoreError} NOT_FOUND */
  async require(name: string): Promise<Run> {
    const run = await this.get(name);
    if (run !== undefined) return run;
    throw new FeatureStoreError("NOT_FOUND", `there is no run for table ${name}`);
  }

  async list(): Promise<Run[]> {
    const rows = await this.#engine.read((db) =>
      db.selectFrom("populator_table").selectAll().orderBy("name").limit(RUNS_MAX).execute(),
    );
    return rows.map(toRun);
  }

  /** How many runs are in each state; states without runs are there with 0. */
  async countByState(): Promise<ReadonlyMap<RunState, number>> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_table")
        .select(["state", sql<number>`count(*)`.as("count")])
        .groupBy("state")
        .execute(),
    );
    const counts = new Map<RunState, number>(RUN_STATES.map((state) => [state, 0]));
    for (const { state, count } of rows) counts.set(state, Number(count));
    return counts;
  }

  /** Runs that may have something to do. */
  async due(): Promise<Run[]> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_table")
        .selectAll()
        .where("state", "in", ["PENDING", "RUNNING"])
        .where("next_check_ms", "<=", this.#now())
        .orderBy("next_check_ms")
        .limit(RUNS_MAX)
        .execute(),
    );
    return rows.map(toRun);
  }

  /** Runs that ended and that the control plane does not know of. */
  async unreported(): Promise<Run[]> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_table")
        .selectAll()
        .where("state", "in", ["COMPLETED", "FAILED"])
        .where("is_reported", "=", 0)
        .limit(RUNS_MAX)
        .execute(),
    );
    return rows.map(toRun);
  }

  async markReported(run: Run): Promise<void> {
    await this.#engine.write((tx) => this.#of(tx, run).set({ is_reported: 1 }).execute());
  }

  /** @returns false if the run is in none of the states */
  async change(
    run: Run,
    from: readonly RunState[],
    to: { readonly state: RunState; readonly error?: string; readonly nextCheckMs?: number },
  ): Promise<boolean> {
    const { state, error, nextCheckMs } = to;
    const set = {
      state,
      updated_ms: this.#now(),
      ...(error === undefined ? {} : { error: shortError(error) }),
      ...(nextCheckMs === undefined ? {} : { next_check_ms: nextCheckMs }),
    };
    const { numUpdatedRows } = await this.#engine.write((tx) =>
      this.#of(tx, run).set(set).where("state", "in", from).executeTakeFirst(),
    );
    return numUpdatedRows > 0n;
  }

  async remove(run: Run): Promise<void> {
    const name = run.spec.tableName;
    await this.#engine.write(async (tx) => {
      await forget(tx, name);
      await tx.deleteFrom("populator_table").where("name", "=", name).execute();
    });
  }

  /** Begins a version. @returns false if somebody else did, or the run does not go on */
  async begin(run: Run, plan: VersionPlan): Promise<boolean> {
    const key = { name: run.spec.tableName, generation: run.generation, version: plan.version };
    const nowMs = this.#now();
    return this.#engine.write(async (tx) => {
      const { numUpdatedRows } = await this.#of(tx, run)
        .set({
          planned_version: plan.version,
          state: "RUNNING",
          error: "",
          write_time_ms: plan.writeTimeMs,
          next_check_ms: nowMs,
          updated_ms: nowMs,
          delete_file_count: sql<number>`delete_file_count + ${plan.deleteFileCount}`,
        })
        .where("planned_version", "=", run.plannedVersion)
        .where("state", "in", ["PENDING", "RUNNING"])
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await tx
        .insertInto("populator_version")
        .values({
          ...key,
          write_time_ms: plan.writeTimeMs,
          shard_count: plan.shards.length,
          file_count: plan.fileCount,
          schema_json: JSON.stringify(plan.schema),
        })
        .execute();
      for (let start = 0; start < plan.shards.length; start += INSERT_ROWS) {
        const files = plan.shards.slice(start, start + INSERT_ROWS);
        const rows = files.map((file, index) => ({
          ...key,
          shard: start + index,
          file: JSON.stringify(file),
          state: "PENDING" as const,
          next_row: file.fromRow,
          fence: 0,
          owner: "",
          try_count: 0,
          not_before_ms: 0,
          ...progressRow(NO_PROGRESS),
          error: "",
          updated_ms: nowMs,
        }));
        await tx.insertInto("populator_file").values(rows).execute();
      }
      return true;
    });
  }

  async versionStatus(run: Run): Promise<VersionStatus> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_file")
        .select(["state", sql<number>`count(*)`.as("count"), sql<string>`max(error)`.as("error")])
        .where("name", "=", run.spec.tableName)
        .where("generation", "=", run.generation)
        .where("version", "=", run.plannedVersion)
        .where("state", "!=", "COMPLETED")
        .groupBy("state")
        .execute(),
    );
    const failed = rows.find(({ state }) => state === "FAILED");
    const count = rows.reduce((sum, row) => sum + Number(row.count), 0);
    const failedCount = Number(failed?.count ?? 0);
    return { openCount: count - failedCount, failedCount, error: failed?.error };
  }

  /** Files that failed are tried again. @returns false if the run has not failed */
  async revive(run: Run): Promise<boolean> {
    const name = run.spec.tableName;
    return this.#engine.write(async (tx) => {
      const { numUpdatedRows } = await this.#of(tx, run)
        .set({ state: "RUNNING", error: "", next_check_ms: this.#now(), is_reported: 0 })
        .where("state", "=", "FAILED")
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await tx
        .updateTable("populator_file")
        .set({ state: "PENDING", try_count: 0, not_before_ms: 0 })
        .where("name", "=", name)
        .where("generation", "=", run.generation)
        .where("state", "=", "FAILED")
        .execute();
      return true;
    });
  }

  #of(tx: Transaction<PopulatorTables>, { spec, generation }: Run) {
    return tx
      .updateTable("populator_table")
      .where("name", "=", spec.tableName)
      .where("generation", "=", generation);
  }
}

/** @returns whether the run stays as it is */
export function isFinal({ state }: Run): boolean {
  return FINAL_STATES.includes(state);
}

async function forget(tx: Transaction<PopulatorTables>, name: string): Promise<void> {
  for (const table of ["populator_version", "populator_file", "populator_reject"] as const) {
    await tx.deleteFrom(table).where("name", "=", name).execute();
  }
}
