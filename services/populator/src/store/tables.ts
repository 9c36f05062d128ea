import type { ColumnSpec, IndexSpec, TableSpec } from "@ofs/database";
import type { RunState, ShardState } from "../runs/model.ts";

/** Numbers come as text from one of the databases where they are large, so they are read by `Number`. */
type Count = number;

export interface RunRow {
  name: string;
  generation: Count;
  spec: string;
  state: RunState;
  planned_version: Count;
  next_check_ms: Count;
  write_time_ms: Count;
  sent_count: Count;
  rejected_count: Count;
  skipped_count: Count;
  deleted_count: Count;
  repeated_count: Count;
  sent_bytes: Count;
  delete_file_count: Count;
  error: string;
  created_ms: Count;
  updated_ms: Count;
  is_reported: Count;
  /** JSON: texts of rows; null: none were sent yet. */
  samples: string | null;
}

export interface VersionRow {
  name: string;
  generation: Count;
  version: Count;
  write_time_ms: Count;
  shard_count: Count;
  file_count: Count;
  /** JSON: the columns that the version's files are read with. */
  schema_json: string;
}

export interface ShardRow {
  name: string;
  generation: Count;
  version: Count;
  shard: Count;
  file: string;
  state: ShardState;
  next_row: Count;
  fence: Count;
  /** Empty: nobody has it, and whoever had it left nothing open. */
  owner: string;
  try_count: Count;
  not_before_ms: Count;
  sent_count: Count;
  rejected_count: Count;
  skipped_count: Count;
  deleted_count: Count;
  repeated_count: Count;
  sent_bytes: Count;
  error: string;
  updated_ms: Count;
}

export interface RejectRow {
  name: string;
  generation: Count;
  version: Count;
  shard: Count;
  cause: string;
  row_count: Count;
  samples: string;
}

/** A table, a row a run; a row a version; a row a file or part of one; and what was refused. */
export interface PopulatorTables {
  populator_table: RunRow;
  populator_version: VersionRow;
  populator_file: ShardRow;
  populator_reject: RejectRow;
}

export const NAME_LENGTH_MAX = 200;
export const CAUSE_LENGTH_MAX = 300;

const exact = "CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL";
const NAME: ColumnSpec = {
  mysql: `varchar(${NAME_LENGTH_MAX}) ${exact}`,
  embedded: "text NOT NULL",
};
const CAUSE: ColumnSpec = {
  mysql: `varchar(${CAUSE_LENGTH_MAX}) ${exact}`,
  embedded: "text NOT NULL",
};
const STATE: ColumnSpec = { mysql: `varchar(16) ${exact}`, embedded: "text NOT NULL" };
const LONG_TEXT: ColumnSpec = { mysql: `mediumtext ${exact}`, embedded: "text NOT NULL" };
const COUNT: ColumnSpec = { mysql: "bigint NOT NULL", embedded: "integer NOT NULL" };

/** Columns that came after the first version; what that one writes beside this one must still do. */
const LATER_COUNT: ColumnSpec = {
  mysql: "bigint NOT NULL DEFAULT 0",
  embedded: "integer NOT NULL DEFAULT 0",
};
export const DELETE_COLUMNS = { deleted_count: LATER_COUNT } as const;
export const REPEAT_COLUMNS = { repeated_count: LATER_COUNT } as const;

export const SAMPLE_COLUMNS = {
  samples: { mysql: "mediumtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL", embedded: "text" },
} as const satisfies Readonly<Record<string, ColumnSpec>>;

const PROGRESS = {
  sent_count: COUNT,
  rejected_count: COUNT,
  skipped_count: COUNT,
  ...DELETE_COLUMNS,
  ...REPEAT_COLUMNS,
  sent_bytes: COUNT,
} as const;

const KEY = { name: NAME, generation: COUNT, version: COUNT } as const;

export const TABLE_SPECS: Readonly<Record<keyof PopulatorTables, TableSpec>> = {
  populator_table: {
    primaryKey: ["name"],
    columns: {
      name: NAME,
      generation: COUNT,
      spec: LONG_TEXT,
      state: STATE,
      planned_version: COUNT,
      next_check_ms: COUNT,
      write_time_ms: COUNT,
      ...PROGRESS,
      delete_file_count: COUNT,
      error: LONG_TEXT,
      created_ms: COUNT,
      updated_ms: COUNT,
      is_reported: COUNT,
      ...SAMPLE_COLUMNS,
    },
  },
  populator_version: {
    primaryKey: ["name", "generation", "version"],
    columns: {
      ...KEY,
      write_time_ms: COUNT,
      shard_count: COUNT,
      file_count: COUNT,
      schema_json: LONG_TEXT,
    },
  },
  populator_file: {
    primaryKey: ["name", "generation", "version", "shard"],
    columns: {
      ...KEY,
      shard: COUNT,
      file: LONG_TEXT,
      state: STATE,
      next_row: COUNT,
      fence: COUNT,
      owner: NAME,
      try_count: COUNT,
      not_before_ms: COUNT,
      ...PROGRESS,
      error: LONG_TEXT,
      updated_ms: COUNT,
    },
  },
  populator_reject: {
    primaryKey: ["name", "generation", "version", "shard", "cause"],
    columns: { ...KEY, shard: COUNT, cause: CAUSE, row_count: COUNT, samples: LONG_TEXT },
  },
};

export const INDEXES: readonly IndexSpec[] = [
  { table: "populator_table", columns: ["state", "next_check_ms"] },
  { table: "populator_file", columns: ["state", "not_before_ms"] },
];
