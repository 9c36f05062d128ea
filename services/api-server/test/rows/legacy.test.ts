import { FeatureStoreError } from "@ofs/platform";
import { describe, expect, test } from "vitest";
import { entityOf, groupOf } from "../../../../packages/rows/test/support/row-objects.ts";
import type { AdminAnswer, RowAdmin } from "../../src/rows/row-admin.ts";
import { type RowServer, startRowServer } from "./support/row-server.ts";

/** A control plane that notes what it is asked and answers what it is told. */
class FakeAdmin implements RowAdmin {
  readonly asked: [string, unknown][] = [];
  answer: AdminAnswer | FeatureStoreError = { status: 200, body: '{"data":{}}' };

  async post(path: string, body: string): Promise<AdminAnswer> {
    this.asked.push([path, JSON.parse(body)]);
    if (this.answer instanceof FeatureStoreError) throw this.answer;
    return this.answer;
  }
}

async function open(rowAdmin?: RowAdmin): Promise<RowServer> {
  const server = await startRowServer({}, rowAdmin === undefined ? {} : { rowAdmin });
  const unversioned = { versionEnabled: false };
  await server.register(
    [entityOf("User", { userId: "INT", season: "INT" }, ["userId", "season"])],
    [
      groupOf("Stats", "User", { Wins: "BIGINT", badge: "TEXT" }, unversioned),
      groupOf("more", "User", { level: "INT" }, unversioned),
    ],
  );
  return server;
}

function recordOf(features: object, extra: object = {}) {
  const head = { EntityName: "User", Entities: ["userId", "season"], FeatureGroup: "Stats" };
  return { ...head, Features: features, ...extra };
}

function columnsOf(...names: string[]) {
  return names.map((Name) => ({ Name, ResponseColumnName: `My_${Name}` }));
}

function getOf(Values: object, ...names: string[]) {
  return { TableName: "User", Values, Columns: columnsOf(...names) };
}

const INVALID_READ = {
  error: {
    message: "invalid request",
    cause: "invalid request",
    code: "READ-FEATURE-GROUP-REQUEST-EXCEPTION",
  },
};

async function openWithRows(): Promise<RowServer> {
  const server = await open();
  const write = (features: object) => server.ask("POST", "/ofs/write-features", recordOf(features));
  await write({ userId: 1, season: 1, Wins: 7, badge: "gold" });
  await write({ userId: 1, season: 2, Wins: 8 });
  return server;
}

describe("writing", () => {
  test("a row", async () => {
    const { ask } = await open();
    const record = recordOf({ userId: 1, season: 1, Wins: 7, badge: "gold" });
    const { status, json } = await ask("POST", "/ofs/write-features", record);
    expect(status).toBe(200);
    expect(json).toEqual({ body: record, code: 200, message: "Write successful in User" });
  });

  test("a row that does not fit is told as written, and counted", async () => {
    const { ask } = await open();
    const { json } = await ask("POST", "/ofs/write-features", recordOf({ userId: "x", season: 1 }));
    expect(json.code).toBe(200);
    const { text } = await ask("GET", "/metrics");
    expect(text).toContain('ofs_row_legacy_hidden_failures_total{method="/ofs/write-features"} 1');
  });

  test("a row of an unknown group has the error envelope", async () => {
    const { ask } = await open();
    const record = recordOf({ userId: 1, season: 1 }, { FeatureGroup: "stats" });
    const { status, json } = await ask("POST", "/ofs/write-features", record);
    expect([status, json.error.code]).toEqual([400, "OFS-V2-ADMIN-SERVICE-EXCEPTION"]);
  });

  test("many rows, each reported; names in any case", async () => {
    const { ask } = await open();
    const Body = [
      recordOf({ USERID: 1, Season: 1, wins: 1, BADGE: "a" }),
      recordOf({ userId: 2, season: "x" }),
      recordOf({ userId: 3, season: 1 }, { FeatureGroup: "Nope" }),
      recordOf({ userId: 1, season: 1, Wins: 2 }),
      recordOf({ userId: 1, season: 1, wins: 3, badge: "b" }),
    ];
    const { status, json } = await ask("POST", "/ofs/async-batch-write", { Body });
    expect(status).toBe(200);
    const echo = (features: object, group = "stats") => ({
      EntityName: "user",
      Entities: ["userid", "season"],
      FeatureGroup: group,
      Features: features,
    });
    expect(json).toEqual({
      code: 200,
      data: {
        Success: true,
        Message: "Total successfulRecords: 3",
        Successful_records: 3,
        Failed_records: [
          { Success: false, Record: echo({ userid: 2, season: "x" }) },
          {
            Success: false,
            Err: "feature group not found",
            Record: echo({ userid: 3, season: 1 }, "nope"),
          },
        ],
      },
    });
    const read = await ask(
      "GET",
      "/ofs/get-data",
      getOf({ userId: 1, season: 1 }, "Stats__Wins", "Stats__badge"),
    );
    expect(read.json.message).toEqual({ my_stats__wins: 3, my_stats__badge: "b" });
  });

  test("records count in their order, also where others lie between", async () => {
    const { ask } = await open();
    const whole = (wins: number) => recordOf({ userId: 1, season: 1, Wins: wins, badge: "a" });
    const part = recordOf({ userId: 1, season: 1, Wins: 2 });
    await ask("POST", "/ofs/async-batch-write", { Body: [part, whole(1), part] });
    const read = await ask("GET", "/ofs/get-data", getOf({ userId: 1, season: 1 }, "stats__wins"));
    expect(read.json.message).toEqual({ my_stats__wins: 2 });
  });
});

describe("reading", () => {
  test("a row", async () => {
    const { ask } = await openWithRows();
    const body = getOf({ userId: 1, season: 1 }, "Stats__Wins", "SEASON");
    for (const method of ["GET", "POST"]) {
      const { status, json } = await ask(method, "/ofs/get-data", body);
      expect([status, json]).toEqual([
        200,
        { code: 200, message: { my_stats__wins: 7, my_season: 1 } },
      ]);
    }
  });

  test("a row that is not there", async () => {
    const { ask } = await openWithRows();
    const { status, json } = await ask(
      "GET",
      "/ofs/get-data",
      getOf({ userId: 9, SEASON: 1.0 }, "Stats__Wins"),
    );
    expect(status).toBe(404);
    expect(json).toEqual({
      body: {
        TableName: "user",
        Values: { userid: 9, season: 1 },
        Columns: [{ Name: "stats__wins", ResponseColumnName: "my_stats__wins" }],
      },
      code: 404,
      message: "not found",
    });
  });

  test("an unknown group is told with what was asked", async () => {
    const { ask } = await openWithRows();
    const { status, json } = await ask("GET", "/ofs/get-data", getOf({ userId: 9 }, "nope__wins"));
    expect(status).toBe(400);
    expect(json).toMatchObject({
      code: 400,
      message: "feature group not found",
      body: { TableName: "user" },
    });
  });

  test.each([
    ["no column of a group", ["season"], "invalid request"],
    ["columns of two groups", ["stats__wins", "more__level"], "invalid request"],
    ["a column twice", ["stats__wins", "Stats__Wins"], "duplicate columns in read request"],
  ])("%s is refused", async (_, names, message) => {
    const { ask } = await open();
    const { status, json } = await ask("GET", "/ofs/get-data", getOf({ userId: 1 }, ...names));
    expect([status, json]).toEqual([
      400,
      { error: { ...INVALID_READ.error, message, cause: message } },
    ]);
  });

  test("what is required and missing is refused", async () => {
    const { ask } = await open();
    const { status, json } = await ask("GET", "/ofs/get-data", { Values: {}, Columns: [] });
    expect(status).toBe(400);
    expect(json.error).toEqual({
      message: "get-data.arg0: TableName must not be null",
      cause: "Constraint Violation",
      code: "INVALID_REQUEST",
    });
  });

  test("several rows of one group: those that are there", async () => {
    const { ask } = await openWithRows();
    const body = {
      TableName: "User",
      PrimaryKeys: { userId: 1 },
      InValArray: { ColumnName: "season", Values: [2, 9, 1] },
      Columns: columnsOf("stats__wins"),
    };
    const { json } = await ask("GET", "/ofs/bulk-read", body);
    expect(json).toEqual({
      code: 200,
      data: [{ my_stats__wins: 8 }, { my_stats__wins: 7 }],
      message: "Data fetched successfully",
    });
    const failed = await ask("GET", "/ofs/bulk-read", { ...body, Columns: columnsOf("nope__x") });
    expect([failed.status, failed.json.data]).toEqual([200, []]);
    const { text } = await ask("GET", "/metrics");
    expect(text).toContain('ofs_row_legacy_hidden_failures_total{method="/ofs/bulk-read"} 1');
  });

  test("several rows of several groups", async () => {
    const { ask } = await openWithRows();
    const Batches = [
      getOf({ userId: 1, season: 1 }, "stats__wins"),
      getOf({ userId: 1, season: 1 }, "more__level"),
      getOf({ userId: 1, season: 2 }, "stats__wins"),
    ];
    const { status, json } = await ask("GET", "/ofs/multi-bulk-read", { Batches });
    expect(status).toBe(200);
    expect(json.data.stats).toEqual([
      { code: 200, message: { my_stats__wins: 7 } },
      { code: 200, message: { my_stats__wins: 8 } },
    ]);
    expect(json.data.more).toMatchObject([{ code: 404, message: "not found" }]);
    const many = new Array(11).fill(Batches[0]);
    const refused = await ask("GET", "/ofs/multi-bulk-read", { Batches: many });
    expect([refused.status, refused.json.error.code]).toEqual([400, "INVALID_REQUEST"]);
    expect(refused.json.error.message).toContain("max 10 batches allowed per request");
  });
});

describe("tables", () => {
  const TABLE = { Name: "Team", Columns: { id: "Long", name: "string" }, PrimaryKeys: ["id"] };
  const GROUP = { Name: "Team", Columns: { my__group__score: "double", my__group__on: "date" } };
  const REGISTRATION = { owner: "old_fct@dream11.com", tags: [], description: "" };
  const column = (name: string, type: string) => ({ name, type, description: "", tags: [] });

  test("are created by the control plane", async () => {
    const admin = new FakeAdmin();
    const { ask } = await open(admin);
    const { status, json } = await ask("POST", "/ofs/create-table", TABLE);
    expect([status, json]).toEqual([
      200,
      { code: 200, message: "Successfully created the table." },
    ]);
    const features = [column("id", "BIGINT"), column("name", "VARCHAR")];
    const entity = { tableName: "Team", features, primaryKeys: ["id"], ttl: 0 };
    expect(admin.asked).toEqual([["/entity", { entity, ...REGISTRATION }]]);
  });

  test("get the columns of a group", async () => {
    const admin = new FakeAdmin();
    const { ask } = await open(admin);
    const { json } = await ask("POST", "/ofs/alter-table", GROUP);
    expect(json).toEqual({ code: 200, message: "Successfully Altered the table" });
    const featureGroup = {
      featureGroupName: "my__group",
      versionEnabled: false,
      featureGroupType: "ONLINE",
      entityName: "Team",
      features: [column("score", "DOUBLE"), column("on", "TIMESTAMP")],
    };
    expect(admin.asked).toEqual([["/feature-group", { featureGroup, ...REGISTRATION }]]);
  });

  test("what the control plane refuses is told with what was asked", async () => {
    const admin = new FakeAdmin();
    const { ask } = await open(admin);
    const error = {
      message: "entity already exists",
      cause: "c",
      code: "ENTITY-ALREADY-EXISTS-EXCEPTION",
    };
    admin.answer = { status: 400, body: JSON.stringify({ error }) };
    const { status, json } = await ask("POST", "/ofs/create-table", TABLE);
    expect(status).toBe(400);
    expect(json).toEqual({
      body: { ...TABLE, Ttl: 0 },
      code: 400,
      message: "entity already exists",
    });
    admin.answer = {
      status: 500,
      body: JSON.stringify({ error: { ...error, message: "broken" } }),
    };
    const broken = await ask("POST", "/ofs/alter-table", GROUP);
    expect([broken.status, broken.json.error.message]).toEqual([500, "broken"]);
    admin.answer = new FeatureStoreError("UNAVAILABLE", "away");
    expect((await ask("POST", "/ofs/alter-table", GROUP)).status).toBe(503);
  });

  test("are refused before it is asked where types or groups make no sense", async () => {
    const admin = new FakeAdmin();
    const { ask } = await open(admin);
    const type = await ask("POST", "/ofs/alter-table", {
      Name: "Team",
      Columns: { a__b: "Vector" },
    });
    expect([type.status, type.json.message]).toEqual([400, "Invalid column data type: Vector"]);
    for (const Columns of [{ a__b: "int", c__d: "int" }, { plain: "int" }, {}]) {
      const { status, json } = await ask("POST", "/ofs/alter-table", { Name: "Team", Columns });
      expect([status, json]).toEqual([
        400,
        { body: { Name: "Team", Columns }, code: 400, message: "invalid request" },
      ]);
    }
    expect(admin.asked).toEqual([]);
  });

  test("cannot be had without a control plane", async () => {
    const { ask } = await open();
    const { status, json } = await ask("POST", "/ofs/create-table", TABLE);
    expect([status, json.error.code]).toEqual([503, "UNKNOWN_EXCEPTION"]);
    expect(json.error.message).toContain("ROW_ADMIN_URL");
  });
});
