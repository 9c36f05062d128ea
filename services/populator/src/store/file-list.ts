import type { SqlEngine } from "@ofs/database";
import { sql } from "kysely";
import type { Progress, Run, ShardFile, ShardState } from "../runs/model.ts";
import { toProgress, toShard } from "./rows.ts";
import type { PopulatorTables } from "./tables.ts";

/** Files that are told of one version. */
export const FILES_SHOWN_MAX = 1_000;

/** Files that are begun and not done: workers of all processes, and what was paused. Of more the rest counts as not begun. */
const BEGUN_MAX = 10_000;

/** A file of a version, or a part of one, for people who look. */
export interface FileView {
  readonly number: number;
  readonly path: string;
  /** From the first row that is read to the one that is stopped before; undefined: not known. */
  readonly rowCount: number | undefined;
  readonly fromRow: number;
  readonly state: ShardState;
  /** undefined: nobody has it. */
  readonly worker: string | undefined;
  readonly doneRowCount: number;
  readonly tryCount: number;
  readonly error: string | undefined;
  readonly progress: Progress;
  readonly updatedMs: number;
}

/** How far the version is that a run is at. */
export interface VersionShare {
  /** Files of it, or parts of them. */
  readonly fileCount: number;
  /** From 0 to 1: files that are done, and of those begun the part that is done. */
  readonly doneShare: number;
}

/** Looks at what workers do; changes nothing. */
export class FileList {
  readonly #engine: SqlEngine<PopulatorTables>;

  constructor(engine: SqlEngine<PopulatorTables>) {
    this.#engine = engine;
  }

  /**
   * Files of the version that a run is at: what failed first, then what is under way, what waits, and what is done.
   *
   * @param limit at most {@link FILES_SHOWN_MAX}
   */
  async ofRun(run: Run, limit: number): Promise<FileView[]> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_file")
        .selectAll()
        .where("name", "=", run.spec.tableName)
        .where("generation", "=", run.generation)
        .where("version", "=", run.plannedVersion)
        .orderBy(
          sql`CASE state WHEN 'FAILED' THEN 0 WHEN 'RUNNING' THEN 1 WHEN 'PENDING' THEN 2 ELSE 3 END`,
        )
        .orderBy("shard")
        .limit(limit)
        .execute(),
    );
    return rows.map((row) => {
      const { number, file, state, nextRow, tryCount } = toShard(row);
      return {
        number,
        path: file.path,
        rowCount: rowCountOf(file),
        fromRow: file.fromRow,
        state,
        worker: state === "RUNNING" && row.owner !== "" ? row.owner : undefined,
        doneRowCount: nextRow - file.fromRow,
        tryCount,
        error: row.error === "" ? undefined : row.error,
        progress: toProgress(row),
        updatedMs: Number(row.updated_ms),
      };
    });
  }

  /** @returns by name of the run; runs that have not begun a version are left out */
  async shares(): Promise<ReadonlyMap<string, VersionShare>> {
    const [versions, begun] = await Promise.all([this.#versions(), this.#begun()]);
    const partial = new Map<string, number>();
    for (const { name, file, nextRow } of begun) {
      const rowCount = rowCountOf(file);
      if (rowCount === undefined || rowCount <= 0) continue;
      const share = Math.min(1, Math.max(0, (nextRow - file.fromRow) / rowCount));
      partial.set(name, (partial.get(name) ?? 0) + share);
    }
    return new Map(
      versions.map(({ name, fileCount, openCount }) => {
        const doneCount = fileCount - openCount + (partial.get(name) ?? 0);
        return [name, { fileCount, doneShare: fileCount === 0 ? 1 : doneCount / fileCount }];
      }),
    );
  }

  async #versions(): Promise<{ name: string; fileCount: number; openCount: number }[]> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_table as run")
        .innerJoin("populator_version as version", (join) =>
          join
            .onRef("version.name", "=", "run.name")
            .onRef("version.generation", "=", "run.generation")
            .onRef("version.version", "=", "run.planned_version"),
        )
        .leftJoin("populator_file as file", (join) =>
          join
            .onRef("file.name", "=", "run.name")
            .onRef("file.generation", "=", "run.generation")
            .onRef("file.version", "=", "run.planned_version")
            .on("file.state", "!=", "COMPLETED"),
        )
        .select([
          "run.name",
          "version.shard_count",
          sql<number>`count(${sql.ref("file.shard")})`.as("open_count"),
        ])
        .groupBy(["run.name", "version.shard_count"])
        .execute(),
    );
    return rows.map(({ name, shard_count: fileCount, open_count: openCount }) => ({
      name,
      fileCount: Number(fileCount),
      openCount: Number(openCount),
    }));
  }

  async #begun(): Promise<{ name: string; file: ShardFile; nextRow: number }[]> {
    const rows = await this.#engine.read((db) =>
      db
        .selectFrom("populator_file as file")
        .innerJoin("populator_table as run", (join) =>
          join
            .onRef("run.name", "=", "file.name")
            .onRef("run.generation", "=", "file.generation")
            .onRef("run.planned_version", "=", "file.version"),
        )
        .select(["file.name", "file.file", "file.next_row"])
        .where("file.state", "!=", "COMPLETED")
        .where(sql<boolean>`file.sent_count + file.rejected_count + file.skipped_count > 0`)
        .limit(BEGUN_MAX)
        .execute(),
    );
    return rows.map(({ name, file, next_row: nextRow }) => ({
      name,
      file: JSON.parse(file) as ShardFile,
      nextRow: Number(nextRow),
    }));
  }
}

function rowCountOf({ fromRow, toRow, rowCount }: ShardFile): number | undefined {
  const end = toRow ?? rowCount;
  return end === undefined ? undefined : end - fromRow;
}
