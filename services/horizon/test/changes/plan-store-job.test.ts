import { describe, expect, it } from "vitest";
import { jobBody, storeBody } from "./support/bodies.ts";
import { CONTEXT, plan, problemsOf, smallTree, textsOf } from "./support/trees.ts";

describe("planning a store", () => {
  it("writes the next id in the published form, its table first", () => {
    const made = plan("store", storeBody({ "primary-keys": ["a", "b"], "table-ttl": 60 }));
    expect(textsOf(made.writes)).toEqual({
      "storage/stores/3":
        '{"conf-id":1,"db-type":"scylla","max-column-size-in-bytes":1024,"max-row-size-in-bytes":102400,"primary-keys":["a","b"],"table":"new_table","table-ttl":60}',
    });
    expect(made.tables).toEqual([
      {
        storeId: "3",
        dbType: "scylla",
        confId: 1,
        table: "new_table",
        primaryKeys: ["a", "b"],
        tableTtlSeconds: 60,
        columns: [],
        mayExist: true,
      },
    ]);
    expect(made.expectations).toEqual([
      { kind: "no-author-since", since: 7 },
      { kind: "absent", path: "storage/stores/3" },
    ]);
    expect(made.outcome).toEqual({ storeId: "3", table: "new_table" });
  });

  it("C5: goes by the author's revision where the tree has one", () => {
    const tree = { ...smallTree(), authorRevision: 5 };
    expect(plan("store", storeBody(), tree).expectations[0]).toEqual({
      kind: "no-author-since",
      since: 5,
    });
  });

  it("begins at 1, and counts faulty stores too", () => {
    const none = { "storage/stores/1": undefined, "storage/stores/2": undefined };
    expect(plan("store", storeBody(), smallTree(none)).outcome).toMatchObject({ storeId: "1" });
    const faulty = { "storage/stores/41": "not JSON", "storage/stores/x": "{}" };
    expect(plan("store", storeBody(), smallTree(faulty)).outcome).toMatchObject({ storeId: "42" });
  });

  it("makes no table for Redis, which may have neither keys nor a table", () => {
    const body = storeBody({
      "conf-id": 4,
      "db-type": "redis_failover",
      "primary-keys": [],
      table: "",
    });
    const made = plan("store", body);
    expect(made.tables).toEqual([]);
    expect(textsOf(made.writes)["storage/stores/3"]).toContain('"primary-keys":[],"table":""');
  });

  it("makes a table for the embedded store", () => {
    const made = plan("store", storeBody({ "conf-id": 9, "db-type": "embedded" }));
    expect(made.tables).toHaveLength(1);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "an unknown connection",
      { "conf-id": 2 },
      "conf-id: 2 is not configured: there is 1 (scylla), 4 (redis_failover), 9 (embedded) (missing)",
    ],
    [
      "another kind of connection",
      { "db-type": "redis_failover" },
      'db-type: "redis_failover" is not scylla, as conf-id 1 is (invalid)',
    ],
    [
      "a table of another store",
      { table: "user_features" },
      'table: "user_features" is the table of store 1 already (conflict)',
    ],
    [
      "a table that differs by case only",
      { table: "User_Features" },
      'table: "User_Features" is the table of store 1 already (conflict)',
    ],
    [
      "a table of another store on another connection",
      { "conf-id": 9, "db-type": "embedded", table: "user_features" },
      'table: "user_features" is the table of store 1 already (conflict)',
    ],
    ["no table", { table: "" }, 'table: "" is empty: a store needs a table (invalid)'],
    [
      "no keys",
      { "primary-keys": [] },
      "primary-keys: a list of 0: a table needs at least one key column (invalid)",
    ],
    ["a key twice", { "primary-keys": ["a", "A"] }, 'primary-keys.1: "A" is there twice (invalid)'],
    [
      "a key named as a block's column",
      { "primary-keys": ["seg_0"] },
      'primary-keys.0: "seg_0" is a name of columns for blocks (invalid)',
    ],
  ])("refuses %s", (_, changes, expected) => {
    expect(problemsOf("store", storeBody(changes))).toEqual([expected]);
  });

  it("refuses the table of a store that readers have disabled", () => {
    const tree = smallTree({ "storage/stores/5": '{"db-type":"nonsense","table":"new_table"}' });
    expect(problemsOf("store", storeBody(), tree)).toEqual([
      'table: "new_table" is the table of store 5 already (conflict)',
    ]);
  });

  it("names all problems at once", () => {
    const body = storeBody({ "conf-id": 2, table: "user_features", "primary-keys": ["a", "a"] });
    expect(problemsOf("store", body)).toHaveLength(3);
  });

  it("says so where nothing is configured", () => {
    const context = { ...CONTEXT, storeConfigs: new Map<number, string>() };
    expect(problemsOf("store", storeBody(), smallTree(), context)).toEqual([
      "conf-id: 1 is not configured: there is none (missing)",
    ]);
  });
});

describe("planning a job", () => {
  it.each(["writer", "reader"])("writes the token of a %s as published", (type) => {
    const made = plan("job", jobBody({ "job-type": type }));
    expect(textsOf(made.writes)).toEqual({ [`security/${type}/new_job`]: '{"token":"s3cret"}' });
    expect(made.expectations).toContainEqual({ kind: "absent", path: `security/${type}/new_job` });
    expect(JSON.stringify(made.outcome)).not.toContain("s3cret");
  });

  it("S7: makes a token where none is sent", () => {
    const made = plan("job", jobBody({ token: undefined }));
    expect(textsOf(made.writes)).toEqual({ "security/writer/new_job": '{"token":"made-token"}' });
  });

  it("S15: writes the scopes of a reader", () => {
    const scopes = { entities: ["user"], access: ["read"] };
    const made = plan("job", jobBody({ "job-type": "reader", scopes }));
    expect(textsOf(made.writes)["security/reader/new_job"]).toBe(
      '{"token":"s3cret","scopes":{"entities":["user"],"access":["read"]}}',
    );
  });

  it("lets a reader and a writer have one name", () => {
    const body = jobBody({ "job-type": "reader", "job-id": "user_job" });
    expect(problemsOf("job", body)).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      "a job that is there",
      { "job-id": "user_job" },
      'job-id: "user_job" is a writer already (conflict)',
    ],
    [
      "S5 a job that differs by case only",
      { "job-id": "User_Job" },
      'job-id: "User_Job" is a writer already as "user_job", which readers take for the same name (conflict)',
    ],
    [
      "S5 a job that differs by dashes only",
      { "job-type": "reader", "job-id": "te-st" },
      'job-id: "te-st" is a reader already as "test", which readers take for the same name (conflict)',
    ],
    [
      "scopes of a writer",
      { scopes: {} },
      "scopes: a writer has no scopes: they limit readers (invalid)",
    ],
    [
      "scopes of nothing",
      { "job-type": "reader", scopes: { access: [] } },
      "scopes.access: a list of 0 allows nothing: name read, write or both (invalid)",
    ],
    [
      "scopes of no entities",
      { "job-type": "reader", scopes: { entities: [] } },
      "scopes.entities: a list of 0 allows nothing: name entities, or leave it out (invalid)",
    ],
  ])("refuses %s", (_, changes, expected) => {
    expect(problemsOf("job", jobBody(changes))).toEqual([expected]);
  });

  it("refuses a job whose node is faulty: it is there", () => {
    const tree = smallTree({ "security/writer/new_job": "no JSON" });
    expect(problemsOf("job", jobBody(), tree)).toHaveLength(1);
  });

  it("makes no token for a change that it refuses", () => {
    const context = {
      ...CONTEXT,
      newToken: () => {
        throw new Error("asked for a token");
      },
    };
    const body = jobBody({ "job-id": "user_job", token: undefined });
    expect(problemsOf("job", body, smallTree(), context)).toHaveLength(1);
  });
});
