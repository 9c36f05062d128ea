import type { ColumnSpec, IndexSpec, TableSpec } from "@ofs/database";
import type { MetastoreTables } from "./schema.ts";

/** Names compare without regard to case in both databases; whoever looks one up compares it exactly after that. */
const NAME: ColumnSpec = {
  mysql: "varchar(200) NOT NULL",
  embedded: "text COLLATE NOCASE NOT NULL",
};
const KEY: ColumnSpec = {
  mysql: `${NAME.mysql} PRIMARY KEY`,
  embedded: `${NAME.embedded} PRIMARY KEY`,
};
const JSON_VALUE: ColumnSpec = { mysql: "json NOT NULL", embedded: "text NOT NULL" };
const LONG_TEXT: ColumnSpec = { mysql: "text NOT NULL", embedded: "text NOT NULL" };
const text1024: ColumnSpec = { mysql: "varchar(1024) NULL", embedded: "text NULL" };
const INT: ColumnSpec = { mysql: "int NOT NULL", embedded: "integer NOT NULL" };
const BIGINT: ColumnSpec = { mysql: "bigint NOT NULL", embedded: "integer NOT NULL" };
const STATE = choice(["LIVE", "ARCHIVED"], "LIVE");
const NOW = "DEFAULT CURRENT_TIMESTAMP";
const CREATED_AT: ColumnSpec = {
  mysql: `datetime NOT NULL ${NOW}`,
  embedded: `text NOT NULL ${NOW}`,
};
const UPDATED_AT: ColumnSpec = {
  mysql: `datetime NOT NULL ${NOW} ON UPDATE CURRENT_TIMESTAMP`,
  embedded: `text NOT NULL ${NOW}`,
};

function choice(values: readonly string[], standard?: string): ColumnSpec {
  const list = values.map((value) => `'${value}'`).join(", ");
  const rest = standard === undefined ? "" : ` DEFAULT '${standard}'`;
  return { mysql: `enum(${list}) NOT NULL${rest}`, embedded: `text NOT NULL${rest}` };
}

const FEATURE_COLUMNS = {
  feature_column_name: NAME,
  feature_column_type: NAME,
  description: LONG_TEXT,
  tags: JSON_VALUE,
} as const satisfies Record<string, ColumnSpec>;

const DATES = { created_at: CREATED_AT, updated_at: UPDATED_AT } as const;

/** Those that Darwin's own control plane may have made: names, types and meanings stay. */
export const METASTORE_TABLES: Readonly<Record<keyof MetastoreTables, TableSpec>> = {
  cassandra_store_entity_metadata: {
    columns: {
      name: KEY,
      entity: JSON_VALUE,
      state: STATE,
      owner: NAME,
      tags: JSON_VALUE,
      description: LONG_TEXT,
      ...DATES,
    },
  },
  cassandra_store_feature_group_metadata: {
    primaryKey: ["name", "version"],
    columns: {
      name: NAME,
      version: NAME,
      version_enabled: {
        mysql: "boolean NOT NULL DEFAULT true",
        embedded: "integer NOT NULL DEFAULT 1",
      },
      feature_group_type: choice(["ONLINE", "OFFLINE"], "ONLINE"),
      feature_group: JSON_VALUE,
      entity_name: NAME,
      state: STATE,
      owner: NAME,
      tags: JSON_VALUE,
      description: LONG_TEXT,
      tenant_config: JSON_VALUE,
      ...DATES,
    },
  },
  cassandra_store_feature_group_version_map: {
    columns: { name: KEY, latest_version: NAME, updated_at: UPDATED_AT },
  },
  cassandra_store_entity_tag_map: {
    primaryKey: ["tag_name", "entity_name"],
    columns: { tag_name: NAME, entity_name: NAME },
  },
  cassandra_store_feature_group_tag_map: {
    primaryKey: ["tag_name", "feature_group_name", "feature_group_version"],
    columns: { tag_name: NAME, feature_group_name: NAME, feature_group_version: NAME },
  },
  cassandra_store_entity_feature_map: {
    primaryKey: ["entity_name", "feature_column_name"],
    columns: { entity_name: NAME, ...FEATURE_COLUMNS },
  },
  cassandra_store_feature_group_feature_map: {
    primaryKey: ["feature_group_name", "feature_group_version", "feature_column_name"],
    columns: { feature_group_name: NAME, feature_group_version: NAME, ...FEATURE_COLUMNS },
  },
  cassandra_store_tenant_consumer_map: {
    columns: {
      tenant_name: KEY,
      topic_name: NAME,
      num_partitions: INT,
      num_consumers: INT,
      updated_at: UPDATED_AT,
    },
  },
  cassandra_store_tenant_populator_map: {
    columns: { tenant_name: KEY, num_workers: INT, updated_at: UPDATED_AT },
  },
  cassandra_store_feature_group_run_data: {
    primaryKey: ["name", "version", "run_id"],
    columns: {
      name: NAME,
      version: NAME,
      run_id: NAME,
      source: text1024,
      time_taken: BIGINT,
      row_count: BIGINT,
      sample_data: JSON_VALUE,
      status: choice(["SUCCESS", "FAILED"]),
      error_message: text1024,
      timestamp: BIGINT,
      ...DATES,
    },
  },
};

/** What we add to the tables that hold what is created; Darwin's own rows are READY. */
export const PROVISIONING_COLUMNS: Readonly<Record<string, ColumnSpec>> = {
  provisioning: choice(["PENDING", "READY"], "READY"),
  provisioning_attempt: { mysql: "int NOT NULL DEFAULT 0", embedded: "integer NOT NULL DEFAULT 0" },
  provisioning_until_ms: {
    mysql: "bigint NOT NULL DEFAULT 0",
    embedded: "integer NOT NULL DEFAULT 0",
  },
};

/** What we add to runs: when one came in, in Unix milliseconds; two may come in one second. */
export const RUN_COLUMNS: Readonly<Record<string, ColumnSpec>> = {
  received_at_ms: { mysql: "bigint NOT NULL DEFAULT 0", embedded: "integer NOT NULL DEFAULT 0" },
};

export const METASTORE_INDEXES: readonly IndexSpec[] = [
  { table: "cassandra_store_entity_metadata", columns: ["owner"] },
  { table: "cassandra_store_feature_group_metadata", columns: ["entity_name"] },
  { table: "cassandra_store_feature_group_metadata", columns: ["owner"] },
  { table: "cassandra_store_entity_metadata", columns: ["provisioning"] },
  { table: "cassandra_store_feature_group_metadata", columns: ["provisioning"] },
];
