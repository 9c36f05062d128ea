import { serverAddress } from "@ofs/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDatabase } from "../../src/database/index.ts";
import { createTestDatabase, type TestDatabase } from "./mysql-fixtures.ts";
import { newRequest, requestOf, silentLog } from "./new-requests.ts";

const REQUEST_COLUMNS = `
  created_by varchar(255) NOT NULL, approved_by varchar(255) NOT NULL, status varchar(255) NOT NULL,
  service varchar(255) NOT NULL, reject_reason varchar(255) NOT NULL,
  created_at datetime DEFAULT CURRENT_TIMESTAMP,
  updated_at datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, PRIMARY KEY (request_id)`;
const ID = "request_id int unsigned NOT NULL AUTO_INCREMENT";
const LABEL = "varchar(255) NOT NULL";

/** The tables of section 3 of the contract, as an installation of before has them. */
const OLD_TABLES = [
  `create table store (${ID}, payload text NOT NULL, ${REQUEST_COLUMNS})`,
  `create table job (${ID}, job_id ${LABEL}, payload text NOT NULL, ${REQUEST_COLUMNS})`,
  `create table entity (${ID}, payload text NOT NULL, entity_label ${LABEL}, request_type ${LABEL}, ${REQUEST_COLUMNS})`,
  ...["feature_group", "features"].map(
    (table) =>
      `create table ${table} (${ID}, entity_label ${LABEL}, feature_group_label ${LABEL}, request_type ${LABEL}, payload json NOT NULL, ${REQUEST_COLUMNS})`,
  ),
  `create table users (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, first_name varchar(50) NOT NULL,
    last_name varchar(50) NOT NULL, email varchar(100) NOT NULL UNIQUE, password_hash varchar(255) NOT NULL,
    role varchar(10) DEFAULT 'user' CHECK (role in ('user', 'admin')), is_active bool DEFAULT false,
    created_at timestamp DEFAULT CURRENT_TIMESTAMP, updated_at timestamp DEFAULT CURRENT_TIMESTAMP)`,
  `create table user_tokens (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, user_email varchar(255) NOT NULL,
    token varchar(255) NOT NULL UNIQUE, created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)`,
  "create table role_permission (id int PRIMARY KEY, role varchar(20))",
];

const LAST = "'Online Feature Store', '', '2024-05-06 07:08:09', '2024-05-06 07:08:10'";
const OLD_ROWS = [
  `insert into store values (7, '{"table":"t1","conf-id":1}', 'a@x.io', 'r@x.io', 'APPROVED', ${LAST})`,
  ...[8, 9].map(
    (id) =>
      `insert into store values (${id}, '{"table":"t2","conf-id":1}', 'a@x.io', '', 'PENDING APPROVAL', ${LAST})`,
  ),
  `insert into entity values (3, '{"entity-label":"user"}', 'user', 'EDIT', 'a@x.io', '', 'PENDING APPROVAL', ${LAST})`,
  `insert into features values (4, 'user', 'core', 'DELETE', '{"entity-label":"user","feature-group-label":"core"}', 'a@x.io', '', 'REJECTED', ${LAST})`,
  `insert into features values (5, 'user', 'core', 'CREATE', '{"entity-label":"user","feature-group-label":"core"}', 'a@x.io', 'r@x.io', 'Approved', ${LAST})`,
  "insert into users values (1, 'Root', 'User', 'Root@x.io', 'hash', 'admin', 1, now(), now())",
  "insert into users values (2, 'Some', 'User', 'some@x.io', 'hash', 'user', 0, now(), now())",
  "insert into user_tokens values (1, 'root@x.io', 'eyJhbGciOi', now(), now() + interval 1 day)",
];

let old: TestDatabase;

beforeEach(async () => {
  old = await createTestDatabase(serverAddress("mysql"));
  await old.run(...OLD_TABLES, ...OLD_ROWS);
});

afterEach(() => old.drop());

test("rows of before are requests and users now", async () => {
  const database = await openDatabase(old.settings, silentLog);
  try {
    const { requests, users } = database;
    expect(await requests.find("store", 7)).toEqual({
      kind: "store",
      id: 7,
      payload: { table: "t1", "conf-id": 1 },
      createdBy: "a@x.io",
      approvedBy: "r@x.io",
      status: "APPROVED",
      rejectReason: "",
      createdAtMs: Date.UTC(2024, 4, 6, 7, 8, 9),
      updatedAtMs: Date.UTC(2024, 4, 6, 7, 8, 10),
      attempt: 0,
    });
    expect(await requests.find("features-delete", 4)).toMatchObject({ status: "REJECTED" });
    // Any word but REJECTED was an approval, and was stored as it came.
    expect(await requests.find("features-add", 5)).toMatchObject({ status: "APPROVED" });
    expect((await requests.list({ kinds: ["store"] })).requests.map(({ id }) => id)).toEqual([
      9, 8, 7,
    ]);
    expect(await users.findByEmail("root@x.io")).toMatchObject({
      email: "root@x.io",
      role: "admin",
      isActive: true,
      mustChangePassword: false,
    });
    expect(await users.findByEmail("some@x.io")).toMatchObject({ role: "author", isActive: false });
    expect(await users.activeAdminCount()).toBe(1);
  } finally {
    await database.close();
  }
});

test("requests of before wait, and can be decided", async () => {
  const database = await openDatabase(old.settings, silentLog);
  try {
    const { requests } = database;
    const submit = () => requests.submit(newRequest("store", "t2"));
    expect(await submit()).toMatchObject({ waiting: { id: 8 } });
    const edit = requests.submit(newRequest("entity-edit", "user"));
    expect(await edit).toMatchObject({ waiting: { id: 3 } });
    for (const id of [8, 9]) {
      const moved = requests.move({ kind: "store", id }, "PENDING APPROVAL", "REJECTED", {});
      expect(await moved).toMatchObject({ id, status: "REJECTED", attempt: 1 });
    }
    expect(requestOf(await submit()).id).toBe(10);
  } finally {
    await database.close();
  }
});

test("nothing of before is renamed, removed or changed", async () => {
  const columns = `select table_name, column_name, column_type, is_nullable, column_default, extra
    from information_schema.columns where table_schema = database()`;
  const before = await old.run(columns);
  const rowsBefore = await old.run("select * from store where request_id < 10");
  await (await openDatabase(old.settings, silentLog)).close();
  await (await openDatabase(old.settings, silentLog)).close();
  expect(await old.run(columns)).toEqual(expect.arrayContaining(before));
  const rowsAfter = await old.run("select * from store where request_id < 10");
  for (const [index, row] of rowsBefore.entries()) expect(rowsAfter[index]).toMatchObject(row);
});

test("other software goes on writing into its tables", async () => {
  const database = await openDatabase(old.settings, silentLog);
  try {
    await old.run(
      `insert into job (job_id, payload, created_by, approved_by, status, service, reject_reason)
        values ('j', '{"job-id":"j","job-type":"writer"}', 'a@x.io', '', 'PENDING APPROVAL', 'Online Feature Store', '')`,
      "insert into users (first_name, last_name, email, password_hash) values ('N', 'N', 'n@x.io', 'h')",
      "update users set role = 'user' where id = 1",
    );
    const { requests } = await database.requests.list({ kinds: ["job"] });
    expect(requests).toMatchObject([{ status: "PENDING APPROVAL", payload: { "job-id": "j" } }]);
    expect(await database.users.findByEmail("n@x.io")).toMatchObject({ role: "author" });
    expect(await database.users.findByEmail("root@x.io")).toMatchObject({ role: "author" });
  } finally {
    await database.close();
  }
});

test("tokens that were stored as they are, are gone", async () => {
  await (await openDatabase(old.settings, silentLog)).close();
  expect(await old.run("select * from user_tokens")).toEqual([]);
});

test("a migration that was cut off is taken up", async () => {
  // MySQL keeps each change at once: as if the process had died after these.
  await old.run(
    "alter table store add column attempt int unsigned NOT NULL DEFAULT 0",
    "alter table users add column control_role varchar(16) NULL",
    "create index ofs_store_status on store (status)",
  );
  const database = await openDatabase(old.settings, silentLog);
  try {
    requestOf(await database.requests.submit(newRequest("store", "after")));
  } finally {
    await database.close();
  }
});

test("a table of another program is refused by name", async () => {
  await old.run("drop table job", "create table job (id int PRIMARY KEY, name varchar(20))");
  const refused = openDatabase(old.settings, silentLog);
  await expect(refused).rejects.toThrow(
    /table job of the database has no column request_id, job_id/,
  );
  await expect(refused).rejects.toMatchObject({ code: "FAILED_PRECONDITION" });
});
