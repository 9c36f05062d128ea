import type { ColumnType, Generated } from "kysely";

/**
 * The tables of the row dialect as Kysely sees them, the same in both databases; names, columns and values are those that
 * Darwin's own control plane knows. Dates are `YYYY-MM-DD HH:MM:SS` in UTC. JSON comes as text or parsed, depending on the
 * database.
 */
export interface MetastoreTables {
  cassandra_store_entity_metadata: EntityTable;
  cassandra_store_feature_group_metadata: GroupTable;
  cassandra_store_feature_group_version_map: VersionTable;
  cassandra_store_entity_tag_map: EntityTagTable;
  cassandra_store_feature_group_tag_map: GroupTagTable;
  cassandra_store_entity_feature_map: EntityFeatureTable;
  cassandra_store_feature_group_feature_map: GroupFeatureTable;
  cassandra_store_tenant_consumer_map: ConsumerTable;
  cassandra_store_tenant_populator_map: PopulatorTable;
  cassandra_store_feature_group_run_data: RunTable;
}

type Json = ColumnType<unknown, string, string>;

/** Ours: how far a creation has come. Darwin's own rows are READY. */
interface Provisioned {
  /** `PENDING` until tables and columns are made: then the row only holds its name. */
  provisioning: Generated<"PENDING" | "READY">;
  /** Grows each time somebody takes the creation up. */
  provisioning_attempt: Generated<number>;
  /** Until then, in Unix milliseconds, it belongs to who took it up last. */
  provisioning_until_ms: Generated<number>;
}

export interface EntityTable extends Provisioned {
  name: string;
  entity: Json;
  state: Generated<"LIVE" | "ARCHIVED">;
  owner: string;
  tags: Json;
  description: string;
  created_at: string;
  updated_at: string;
}

export interface GroupTable extends Provisioned {
  name: string;
  version: string;
  /** 0 or 1. */
  version_enabled: number;
  feature_group_type: "ONLINE" | "OFFLINE";
  feature_group: Json;
  entity_name: string;
  state: Generated<"LIVE" | "ARCHIVED">;
  owner: string;
  tags: Json;
  description: string;
  tenant_config: Json;
  created_at: string;
  updated_at: string;
}

export interface VersionTable {
  name: string;
  latest_version: string;
  updated_at: string;
}

export interface EntityTagTable {
  tag_name: string;
  entity_name: string;
}

export interface GroupTagTable {
  tag_name: string;
  feature_group_name: string;
  feature_group_version: string;
}

interface FeatureColumns {
  feature_column_name: string;
  feature_column_type: string;
  description: string;
  tags: Json;
}

export interface EntityFeatureTable extends FeatureColumns {
  entity_name: string;
}

export interface GroupFeatureTable extends FeatureColumns {
  feature_group_name: string;
  feature_group_version: string;
}

export interface ConsumerTable {
  tenant_name: string;
  topic_name: string;
  num_partitions: number;
  num_consumers: number;
  updated_at: string;
}

export interface PopulatorTable {
  tenant_name: string;
  num_workers: number;
  updated_at: string;
}

export interface RunTable {
  name: string;
  version: string;
  run_id: string;
  source: string;
  /** Of 64 bits, as text. */
  time_taken: ColumnType<string, string, never>;
  row_count: ColumnType<string, string, never>;
  sample_data: Json;
  status: "SUCCESS" | "FAILED";
  error_message: string | null;
  /** Unix seconds. */
  timestamp: number;
  /** Ours. */
  received_at_ms: Generated<number>;
  created_at: string;
  updated_at: string;
}
