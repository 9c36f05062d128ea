import { serverAddress } from "@ofs/testkit";
import type { TestDatabase } from "../../database/mysql-fixtures.ts";

interface RowHorizonEnv {
  /** Of the application, the row dialect's database and the keyspace. */
  readonly name: string;
  readonly database: TestDatabase;
  /** `host:port`. */
  readonly etcd: string;
}

/** Settings of a control plane with the row dialect on the real MariaDB and Cassandra, on any free port. */
export function rowHorizonEnv({ name, database, etcd }: RowHorizonEnv): Record<string, string> {
  const mysql = serverAddress("mysql");
  const cassandra = serverAddress("cassandra");
  return {
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    JWT_SECRET: "a secret for tests, long enough to be one",
    ETCD_SERVER: etcd,
    ONLINE_FEATURE_STORE_APP_NAME: name,
    MYSQL_MASTER_HOST: mysql.host,
    MYSQL_MASTER_PORT: String(mysql.port),
    MYSQL_MASTER_USERNAME: "root",
    MYSQL_DB_NAME: database.settings.database,
    SCYLLA_ACTIVE_CONFIG_IDS: "1",
    SCYLLA_1_CONTACT_POINTS: cassandra.host,
    SCYLLA_1_PORT: String(cassandra.port),
    SCYLLA_1_KEYSPACE: name,
    ROW_ENABLED: "true",
    ROW_MYSQL_DB_NAME: name,
    ROW_KEYSPACE: name,
  };
}
