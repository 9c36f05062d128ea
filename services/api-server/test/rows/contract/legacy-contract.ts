import { describe, expect, test } from "vitest";
import type { RowWorld, WorldOf } from "./row-world.ts";

function recordOf(features: object, extra: object = {}) {
  const head = { EntityName: "user", Entities: ["user_id", "season"], FeatureGroup: "Profile" };
  return { ...head, Features: features, ...extra };
}

function columnsOf(...names: string[]) {
  return names.map((Name) => ({ Name, ResponseColumnName: `My_${Name}` }));
}

function getOf(Values: object, ...names: string[]) {
  return { TableName: "User", Values, Columns: columnsOf(...names) };
}

/** Two rows of a new id. */
async function putRows({ ask, newId }: RowWorld): Promise<number> {
  const id = newId();
  const Body = [
    recordOf({ user_id: id, season: 1, Level: 7, Motto: "go" }),
    recordOf({ USER_ID: id, Season: 2, LEVEL: 8 }),
  ];
  const { json } = await ask("POST", "/ofs/async-batch-write", { Body });
  expect(json.data.Successful_records).toBe(2);
  return id;
}

/** What the old API does, whatever the store. */
export function legacyContract(world: WorldOf): void {
  describe("the old API", () => {
    test("writes a row of an unversioned group and reads it, names in any case", async () => {
      const { ask, newId } = world();
      const id = newId();
      const record = recordOf({ user_id: id, season: 1, Level: 7, Motto: "go" });
      const written = await ask("POST", "/ofs/write-features", record);
      expect([written.status, written.json]).toEqual([
        200,
        { body: record, code: 200, message: "Write successful in user" },
      ]);
      const body = getOf({ User_Id: id, SEASON: 1 }, "Profile__Level", "profile__MOTTO", "Season");
      for (const method of ["GET", "POST"]) {
        const { status, json } = await ask(method, "/ofs/get-data/", body);
        const message = { my_profile__level: 7, my_profile__motto: "go", my_season: 1 };
        expect([status, json]).toEqual([200, { code: 200, message }]);
      }
    });

    test("tells a row that does not fit as written, but writes nothing", async () => {
      const { ask, newId } = world();
      const id = newId();
      const record = recordOf({ user_id: id, season: 1, Level: "x" });
      const written = await ask("POST", "/ofs/write-features", record);
      expect([written.status, written.json.code]).toEqual([200, 200]);
      const read = await ask(
        "GET",
        "/ofs/get-data",
        getOf({ user_id: id, season: 1 }, "profile__level"),
      );
      expect([read.status, read.json]).toEqual([
        404,
        {
          body: {
            TableName: "user",
            Values: { user_id: id, season: 1 },
            Columns: [{ Name: "profile__level", ResponseColumnName: "my_profile__level" }],
          },
          code: 404,
          message: "not found",
        },
      ]);
    });

    test("reports each of many rows; the last of equal keys counts", async () => {
      const { ask, newId } = world();
      const id = newId();
      const Body = [
        recordOf({ user_id: id, season: 1, level: 1, motto: "a" }),
        recordOf({ user_id: id, season: "x" }),
        recordOf({ user_id: id, season: 1 }, { FeatureGroup: "Nope" }),
        recordOf({ user_id: id, season: 1, level: 2 }),
        recordOf({ user_id: id, season: 1, level: 3, motto: "b" }),
        recordOf({ user_id: id, season: 1, rank: 4 }, { FeatureGroup: "EXTRA" }),
      ];
      const { status, json } = await ask("POST", "/ofs/async-batch-write", { Body });
      const echo = (features: object, group: string) => ({
        EntityName: "user",
        Entities: ["user_id", "season"],
        FeatureGroup: group,
        Features: features,
      });
      const Err = "feature group not found";
      expect([status, json]).toEqual([
        200,
        {
          code: 200,
          data: {
            Success: true,
            Message: "Total successfulRecords: 4",
            Successful_records: 4,
            Failed_records: [
              { Success: false, Record: echo({ user_id: id, season: "x" }, "profile") },
              { Success: false, Err, Record: echo({ user_id: id, season: 1 }, "nope") },
            ],
          },
        },
      ]);
      const columns = ["profile__level", "profile__motto"];
      const read = await ask("GET", "/ofs/get-data", getOf({ user_id: id, season: 1 }, ...columns));
      expect(read.json.message).toEqual({ my_profile__level: 3, my_profile__motto: "b" });
      const extra = getOf({ user_id: id, season: 1 }, "extra__rank");
      expect((await ask("GET", "/ofs/get-data", extra)).json.message).toEqual({
        my_extra__rank: 4,
      });
    });

    test("reads several rows of one group: those that are there; what fails is an empty list", async () => {
      const row = world();
      const id = await putRows(row);
      const body = {
        TableName: "User",
        PrimaryKeys: { user_id: id },
        InValArray: { ColumnName: "season", Values: [2, 9, 1] },
        Columns: columnsOf("profile__level"),
      };
      const message = "Data fetched successfully";
      for (const method of ["GET", "POST"]) {
        const { status, json } = await row.ask(method, "/ofs/bulk-read", body);
        const data = [{ my_profile__level: 8 }, { my_profile__level: 7 }];
        expect([status, json]).toEqual([200, { code: 200, data, message }]);
      }
      for (const Columns of [columnsOf("nope__x"), columnsOf("old_stats__wins"), columnsOf("x")]) {
        const { status, json } = await row.ask("GET", "/ofs/bulk-read", { ...body, Columns });
        expect([status, json]).toEqual([200, { code: 200, data: [], message }]);
      }
    });

    test("reads several rows of several groups, told by group; ten at most", async () => {
      const row = world();
      const id = await putRows(row);
      const Batches = [
        getOf({ user_id: id, season: 1 }, "profile__level"),
        getOf({ user_id: id, season: 1 }, "extra__rank"),
        getOf({ user_id: id, season: 2 }, "Profile__Motto", "profile__level"),
        getOf({ user_id: id, season: 1 }, "nope__x"),
      ];
      const { status, json } = await row.ask("GET", "/ofs/multi-bulk-read", { Batches });
      expect(status).toBe(200);
      expect(json.data.profile).toEqual([
        { code: 200, message: { my_profile__level: 7 } },
        { code: 200, message: { my_profile__motto: null, my_profile__level: 8 } },
      ]);
      expect(json.data.extra).toMatchObject([{ code: 404, message: "not found" }]);
      expect(json.data.nope).toMatchObject([{ code: 400, message: "feature group not found" }]);
      const many = new Array(11).fill(Batches[0]);
      const refused = await row.ask("GET", "/ofs/multi-bulk-read", { Batches: many });
      expect([refused.status, refused.json.error.code]).toEqual([400, "INVALID_REQUEST"]);
      expect(refused.json.error.message).toMatch(/: max 10 batches allowed per request$/);
    });

    test.each([
      ["no column of a group", ["season"], "invalid request"],
      ["columns of two groups", ["profile__level", "extra__rank"], "invalid request"],
      ["a column twice", ["profile__level", "Profile__LEVEL"], "duplicate columns in read request"],
    ])("refuses %s", async (_, names, message) => {
      const { status, json } = await world().ask("GET", "/ofs/get-data", getOf({ a: 1 }, ...names));
      const code = "READ-FEATURE-GROUP-REQUEST-EXCEPTION";
      expect([status, json]).toEqual([400, { error: { message, cause: message, code } }]);
    });

    test.each([
      ["/ofs/get-data", { Values: {}, Columns: [] }, "TableName"],
      ["/ofs/bulk-read", { TableName: "t", PrimaryKeys: {} }, "InValArray"],
      ["/ofs/multi-bulk-read", {}, "Batches"],
      ["/ofs/write-features", { Entities: [] }, "EntityName"],
      ["/ofs/async-batch-write", {}, "Body"],
      ["/ofs/create-table", { Columns: {} }, "Name"],
      ["/ofs/alter-table", { Name: "t" }, "Columns"],
    ])("%s tells what is missing of %j", async (path, body, field) => {
      const { status, json } = await world().ask("POST", path, body);
      expect([status, json.error.code]).toEqual([400, "INVALID_REQUEST"]);
      expect(json.error.cause).toBe("Constraint Violation");
      expect(json.error.message).toContain(`: ${field} must not be null`);
    });
  });
}
