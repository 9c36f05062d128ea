import { MemoryRegistrySource } from "@ofs/registry";
import { serverAddress } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database/mysql-fixtures.ts";
import { groupBody, OWNER } from "./support/bodies.ts";
import { MemoryClusters } from "./support/memory-clusters.ts";
import { RowApp } from "./support/row-app.ts";

const TIMEOUT_MS = 120_000;

const DATES =
  "created_at datetime DEFAULT CURRENT_TIMESTAMP, updated_at datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP";
const STATE = "state enum('LIVE','ARCHIVED') NOT NULL DEFAULT 'LIVE'";
const FEATURE =
  "feature_column_name varchar(200) NOT NULL, feature_column_type varchar(200), description text, tags json";
const TENANT = `'{"read":"default-tenant","write":"default-tenant","consume":"default-tenant"}'`;

/** As another control plane of the dialect left them. */
const TABLES = [
  `create table cassandra_store_entity_metadata (name varchar(200) primary key, entity json, ${STATE}, owner varchar(200), tags json, description text not null, ${DATES}, index (owner))`,
  `create table cassandra_store_feature_group_metadata (name varchar(200), version varchar(200), version_enabled boolean default true, feature_group_type enum('ONLINE','OFFLINE') default 'ONLINE', feature_group json, entity_name varchar(200), ${STATE}, owner varchar(200), tags json, description text not null, tenant_config json default (${TENANT}), ${DATES}, primary key (name, version))`,
  "create table cassandra_store_feature_group_version_map (name varchar(200) primary key, latest_version varchar(200), updated_at datetime default current_timestamp on update current_timestamp)",
  "create table cassandra_store_entity_tag_map (tag_name varchar(200), entity_name varchar(200), primary key (tag_name, entity_name))",
  "create table cassandra_store_feature_group_tag_map (tag_name varchar(200), feature_group_name varchar(200), feature_group_version varchar(200), primary key (tag_name, feature_group_name, feature_group_version))",
  `create table cassandra_store_entity_feature_map (entity_name varchar(200), ${FEATURE}, primary key (entity_name, feature_column_name))`,
  `create table cassandra_store_feature_group_feature_map (feature_group_name varchar(200), feature_group_version varchar(200), ${FEATURE}, primary key (feature_group_name, feature_group_version, feature_column_name))`,
  "create table cassandra_store_tenant_consumer_map (tenant_name varchar(200) primary key, topic_name varchar(200), num_partitions int, num_consumers int, updated_at datetime default current_timestamp on update current_timestamp)",
  "create table cassandra_store_tenant_populator_map (tenant_name varchar(200) primary key, num_workers int, updated_at datetime default current_timestamp on update current_timestamp)",
  `create table cassandra_store_feature_group_run_data (name varchar(200), version varchar(200), run_id varchar(200), source varchar(1024), time_taken bigint, row_count bigint, sample_data json, status enum('SUCCESS','FAILED'), error_message varchar(1024), timestamp bigint, ${DATES}, primary key (name, version, run_id))`,
];

const COLUMN = `{"name":"id","type":"BIGINT","description":"","tags":[]}`;
const ENTITY = `{"tableName":"users","features":[${COLUMN}],"primaryKeys":["id"]}`;
const GROUP = `{"featureGroupName":"stats","versionEnabled":true,"featureGroupType":"ONLINE","entityName":"users","features":[{"name":"wins","type":"INT","description":"","tags":[]}]}`;

const ROWS = [
  `insert into cassandra_store_entity_metadata (name, entity, owner, tags, description) values ('users', '${ENTITY}', '${OWNER}', '[]', '')`,
  `insert into cassandra_store_entity_metadata (name, entity, owner, tags, description) values ('broken', '{}', '${OWNER}', '[]', '')`,
  ...["v1", "v2"].map(
    (version) =>
      `insert into cassandra_store_feature_group_metadata (name, version, feature_group, entity_name, owner, tags, description) values ('stats', '${version}', '${GROUP}', 'users', '${OWNER}', '["old"]', 'text')`,
  ),
  "insert into cassandra_store_feature_group_version_map (name, latest_version) values ('stats', 'v2')",
  `insert into cassandra_store_feature_group_metadata (name, version, version_enabled, feature_group_type, feature_group, entity_name, owner, tags, description) values ('flat', 'v1', false, 'OFFLINE', '${GROUP.replace("stats", "flat")}', 'users', '${OWNER}', '[]', '')`,
  "insert into cassandra_store_feature_group_version_map (name, latest_version) values ('flat', 'v1')",
  "insert into cassandra_store_tenant_consumer_map (tenant_name, topic_name, num_partitions, num_consumers) values ('default-tenant', 'rows', 4, 2)",
];

let database: TestDatabase;
let app: RowApp<MemoryClusters>;

beforeAll(async () => {
  database = await createTestDatabase(serverAddress("mysql"));
  await database.run(...TABLES, ...ROWS);
  app = await RowApp.open({
    settings: database.settings,
    clusters: new MemoryClusters("default-tenant"),
    topics: undefined,
    registry: new MemoryRegistrySource(),
  });
}, TIMEOUT_MS);

afterAll(async () => {
  await app?.close();
  await database?.drop();
}, TIMEOUT_MS);

test("what another control plane made is published and served as it is", async () => {
  await app.admin.reconcile();
  const published = await app.published();
  expect(Object.keys(published).sort()).toEqual([
    "consumers/default-tenant",
    "entities/users",
    "feature-groups/flat/v1",
    "feature-groups/stats/v1",
    "feature-groups/stats/v2",
    "versions/flat",
    "versions/stats",
  ]);
  expect(published["feature-groups/stats/v2"]).toMatchObject({
    tags: ["old"],
    tenant: { read: "default-tenant" },
    featureGroup: JSON.parse(GROUP),
  });
  expect((await app.call("GET", "/entity?name=users")).data).toEqual({
    entity: JSON.parse(ENTITY),
  });
  expect((await app.call("GET", "/feature-group/topic?name=stats")).data).toMatchObject({
    topic: "rows",
  });
  expect((await app.call("GET", "/entity?name=broken")).failure).toMatchObject({
    status: 500,
    code: "DarwinOfsV2-UNKNOWN-EXCEPTION",
  });
});

test("what a row says of versions and kind counts, whatever its definition says", async () => {
  const { featureGroup } = (await app.call("GET", "/feature-group?name=flat")).data;
  expect(featureGroup).toMatchObject({ versionEnabled: false, featureGroupType: "OFFLINE" });
  const upgrade = { upgrade: "true" };
  const refused = await app.call("POST", "/feature-group", groupBody("flat", "users"), upgrade);
  expect(refused.failure.code).toBe("VERSIONING-DISABLED-EXCEPTION");
  const tenantConfig = { consume: "elsewhere" };
  await app.call("POST", "/feature-group/tenant", { featureGroupName: "flat", tenantConfig });
  expect(app.clusters.of("default-tenant").columnsOf("users")).toContain("flat__wins");
});

test("its feature groups get further versions", async () => {
  const body = groupBody("stats", "users");
  const upgraded = await app.call("POST", "/feature-group", body, { upgrade: "true" });
  expect(upgraded.data).toMatchObject({ version: "v3" });
  expect((await app.published())["versions/stats"]).toMatchObject({ latestVersion: "v3" });
});
