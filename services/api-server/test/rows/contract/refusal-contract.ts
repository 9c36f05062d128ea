import { describe, expect, test } from "vitest";
import {
  BULK,
  envelope,
  MULTI,
  NAMES,
  PARTITION,
  partitionOf,
  READ,
  readOf,
  type WorldOf,
  WRITE,
  writeOf,
} from "./row-world.ts";

const SCHEMA = ["FEATURE-GROUP-SCHEMA-VALIDATION-EXCEPTION", "invalid feature group schema"];
const UNKNOWN = ["OFS-V2-ADMIN-SERVICE-EXCEPTION", "feature group not found"];
const STATE = ["FEATURE-GROUP-STATE-EXCEPTION", "feature group is archived"];
const requestOf = (what: string) => [`${what}-REQUEST-EXCEPTION`, "invalid request"];
const WRITE_REQUEST = requestOf("WRITE-FEATURE-GROUP");
const READ_REQUEST = requestOf("READ-FEATURE-GROUP");
const PARTITION_REQUEST = requestOf("READ-FEATURE-GROUP-PARTITION");
const MULTI_REQUEST = requestOf("MULTI-READ-FEATURE-GROUP");

const nope = { featureGroupName: "nope" };
const archived = { featureGroupName: "old_stats" };
const row = [1, 1, 1, "a"];
const key = [1, 1];
const future = (Date.now() + 3_600_000) * 1_000;

/** Path, body, code and message. */
const CASES = [
  [WRITE, {}, WRITE_REQUEST],
  [WRITE, { ...writeOf([row]), featureGroupName: null }, WRITE_REQUEST],
  [WRITE, { featureGroupName: "user_stats" }, WRITE_REQUEST],
  [WRITE, { featureGroupName: "user_stats", features: { names: NAMES } }, WRITE_REQUEST],
  [WRITE, { featureGroupName: "user_stats", features: { values: [row] } }, WRITE_REQUEST],
  [WRITE, writeOf([]), WRITE_REQUEST],
  [WRITE, writeOf([row], { features: { names: null, values: null } }), WRITE_REQUEST],
  [WRITE, writeOf([row], { features: { names: [], values: [row] } }), WRITE_REQUEST],
  [WRITE, writeOf([row], { features: [] }), WRITE_REQUEST],
  [WRITE, writeOf([row], { features: { names: NAMES, values: row } }), WRITE_REQUEST],
  [WRITE, writeOf([row], { features: { names: [{}], values: [row] } }), WRITE_REQUEST],
  [WRITE, writeOf([row], { writeTimestamp: future }), WRITE_REQUEST],
  [WRITE, writeOf([row], { writeTimestamp: -1 }), WRITE_REQUEST],
  [WRITE, { ...nope, features: { names: [], values: [] } }, WRITE_REQUEST],
  [WRITE, [], WRITE_REQUEST],
  [WRITE, null, WRITE_REQUEST],
  [WRITE, writeOf([row], nope), UNKNOWN],
  [WRITE, writeOf([row], { featureGroupVersion: "v3" }), UNKNOWN],
  [WRITE, writeOf([row], { featureGroupVersion: "V2" }), UNKNOWN],
  [WRITE, writeOf([row], { featureGroupName: "USER_STATS" }), UNKNOWN],
  [WRITE, writeOf([[1]], archived), STATE],
  [WRITE, writeOf([[1, 1]]), SCHEMA],
  [WRITE, writeOf([row, [...row, 1]]), SCHEMA],
  [WRITE, writeOf([[1]], { features: { names: ["user_id"], values: [[1]] } }), SCHEMA],
  [WRITE, writeOf([], { features: { names: [...NAMES, "x"], values: [[...row, 1]] } }), SCHEMA],
  [WRITE, writeOf([], { features: { names: [...NAMES, "wins"], values: [[...row, 1]] } }), SCHEMA],
  [WRITE, writeOf([], { features: { names: ["USER_ID", "season"], values: [[1, 1]] } }), SCHEMA],
  [BULK, {}, WRITE_REQUEST],
  [BULK, { batches: null }, WRITE_REQUEST],
  [BULK, { batches: [] }, WRITE_REQUEST],
  [BULK, { batches: ["x"] }, WRITE_REQUEST],
  [READ, {}, READ_REQUEST],
  [READ, readOf([]), READ_REQUEST],
  [READ, readOf([key], { featureColumns: [] }), READ_REQUEST],
  [READ, readOf([key], { featureColumns: null }), READ_REQUEST],
  [READ, readOf([key], { primaryKeys: { values: [key] } }), READ_REQUEST],
  [READ, readOf([key], { primaryKeys: { names: [], values: [key] } }), READ_REQUEST],
  [READ, readOf([key], { primaryKeys: { names: [null], values: [key] } }), READ_REQUEST],
  [READ, readOf([key], { primaryKeys: { names: ["user_id"], values: [1] } }), READ_REQUEST],
  [READ, readOf([], nope), READ_REQUEST],
  [READ, readOf([key], nope), UNKNOWN],
  [READ, readOf([key], { featureGroupVersion: "v9" }), UNKNOWN],
  [READ, readOf([key], { ...archived, featureColumns: ["x"] }), STATE],
  [READ, readOf([key], { featureColumns: ["x"] }), SCHEMA],
  [READ, readOf([key], { featureColumns: ["wins", "wins"] }), SCHEMA],
  [READ, readOf([key], { primaryKeys: { names: ["season"], values: [[1]] } }), SCHEMA],
  [READ, readOf([key], { primaryKeys: { names: ["user_id", "wins"], values: [key] } }), SCHEMA],
  [READ, readOf([key, [1]]), SCHEMA],
  [MULTI, {}, MULTI_REQUEST],
  [MULTI, { batches: [] }, MULTI_REQUEST],
  [MULTI, { batches: [readOf([key]), readOf([])] }, MULTI_REQUEST],
  [MULTI, { batches: [readOf([key]), null] }, MULTI_REQUEST],
  [PARTITION, {}, PARTITION_REQUEST],
  [PARTITION, partitionOf([]), PARTITION_REQUEST],
  [PARTITION, partitionOf([1], { featureColumns: [] }), PARTITION_REQUEST],
  [PARTITION, partitionOf([1], { partitionKey: { values: [1] } }), PARTITION_REQUEST],
  [PARTITION, partitionOf([1], nope), UNKNOWN],
  [PARTITION, partitionOf([1], archived), STATE],
  [PARTITION, partitionOf([1, 2]), SCHEMA],
  [PARTITION, partitionOf([1], { featureColumns: ["x"] }), SCHEMA],
  [PARTITION, partitionOf([1], { partitionKey: { names: ["wins"], values: [1] } }), SCHEMA],
] as const;

/** What is refused, and how, whatever the store. */
export function refusalContract(world: WorldOf): void {
  describe("what is refused", () => {
    test.each(CASES)("%s of %j", async (path, body, [code, message]) => {
      const { status, json, headers } = await world().ask("POST", path, JSON.stringify(body));
      expect(json).toEqual(envelope(code ?? "", message ?? "", expect.any(String)));
      expect([status, headers["content-type"]]).toEqual([400, "application/json"]);
    });

    test("a body that is no JSON, or none at all", async () => {
      for (const path of [READ, WRITE, MULTI, PARTITION, BULK, "/ofs/get-data"]) {
        for (const body of ["{", "", " ", "{}x", '{"a":1,}', "[NaN"]) {
          const { status, json } = await world().ask("POST", path, body);
          const name = path.split("/").at(-1);
          const message = expect.stringMatching(`^${name}\\.arg0: .`) as never;
          expect(json).toEqual(envelope("INVALID_REQUEST", message, "Constraint Violation"));
          expect(status).toBe(400);
        }
      }
    });

    test("stores that there are not", async () => {
      const ask = (store: string) =>
        world().ask("GET", READ, readOf([key]), { "feature-store-type": store });
      const { status, json } = await ask("redis");
      expect([status, json.error.code]).toEqual([400, "INVALID_REQUEST"]);
      for (const store of ["cassandra", "CASSANDRA"]) expect((await ask(store)).status).toBe(200);
    });

    test("paths and methods that there are not, in the same envelope", async () => {
      const { ask } = world();
      const unknown = await ask("GET", "/nope");
      expect([unknown.status, unknown.json.error.code]).toEqual([404, "INVALID_REQUEST"]);
      for (const path of [WRITE, BULK, "/ofs/write-features", "/ofs/create-table"]) {
        const wrong = await ask("GET", path, writeOf([row]));
        expect([wrong.status, wrong.headers.allow]).toEqual([405, "POST"]);
        expect(Object.keys(wrong.json.error).toSorted()).toEqual(["cause", "code", "message"]);
      }
    });
  });
}
