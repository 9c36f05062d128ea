import { isDuplicate, type SqlEngine } from "@ofs/database";
import { type JsonValue, parseJson, writeJson } from "@ofs/rows";
import { sql } from "kysely";
import { formatDateTime, shorten } from "../../database/fields.ts";
import type { MetastoreTables } from "./schema.ts";

const RUNS = "cassandra_store_feature_group_run_data";
const MESSAGE_LENGTH_MAX = 1024;

/** Runs that a GET shows. */
const SHOWN_RUNS = 5;

/** One run of a job that writes a feature group. */
export interface Run {
  readonly name: string;
  readonly version: string;
  readonly runId: string;
  /** Whole numbers of 64 bits, as text. */
  readonly timeTaken: string;
  readonly count: string;
  readonly sampleData: JsonValue;
  readonly errorMessage: string;
  readonly status: "SUCCESS" | "FAILED";
  /** Unix seconds. */
  readonly timestamp: number;
}

/** A run that was just told of. */
export type NewRun = Omit<Run, "timestamp"> & {
  /** Unix milliseconds. */
  readonly receivedAtMs: number;
};

/** What jobs have told of their runs. */
export class RunRepository {
  readonly #engine: SqlEngine<MetastoreTables>;

  constructor(engine: SqlEngine<MetastoreTables>) {
    this.#engine = engine;
  }

  /** @returns false if the run is known already */
  async add(run: NewRun): Promise<boolean> {
    const at = formatDateTime(run.receivedAtMs);
    const row = {
      name: run.name,
      version: run.version,
      run_id: run.runId,
      source: "",
      time_taken: run.timeTaken,
      row_count: run.count,
      sample_data: writeJson(run.sampleData),
      status: run.status,
      error_message: shorten(run.errorMessage, MESSAGE_LENGTH_MAX),
      timestamp: Math.floor(run.receivedAtMs / 1000),
      created_at: at,
      updated_at: at,
    };
    try {
      await this.#engine.write(async (tx) => {
        const { newest } = await tx
          .selectFrom(RUNS)
          .select(({ fn }) => fn.max("received_at_ms").as("newest"))
          .where("name", "=", run.name)
          .where("version", "=", run.version)
          .executeTakeFirstOrThrow();
        // Runs of one millisecond keep the order in which they were told.
        const receivedAtMs = Math.max(run.receivedAtMs, Number(newest ?? 0) + 1);
        await tx
          .insertInto(RUNS)
          .values({ ...row, received_at_ms: receivedAtMs })
          .execute();
      });
      return true;
    } catch (error) {
      if (isDuplicate(error)) return false;
      throw error;
    }
  }

  /** Newest first. */
  async latest(name: string, version: string): Promise<Run[]> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom(RUNS)
        .select(["name", "version", "run_id", "error_message", "status", "timestamp"])
        // As text: no digit is lost on the way.
        .select([
          sql<string>`cast(time_taken as char)`.as("time_taken"),
          sql<string>`cast(row_count as char)`.as("row_count"),
          sql<string>`cast(sample_data as char)`.as("sample_data"),
        ])
        .where("name", "=", name)
        .where("version", "=", version)
        .orderBy("timestamp", "desc")
        .orderBy("received_at_ms", "desc")
        .orderBy("created_at", "desc")
        .orderBy("run_id", "desc")
        .limit(SHOWN_RUNS)
        .execute(),
    );
    return rows.map((row) => ({
      name: row.name,
      version: row.version,
      runId: row.run_id,
      timeTaken: row.time_taken,
      count: row.row_count,
      sampleData: parseJson(row.sample_data),
      errorMessage: row.error_message ?? "",
      status: row.status,
      timestamp: row.timestamp,
    }));
  }
}
