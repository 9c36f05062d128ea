import { describe, expect, test } from "vitest";
import {
  BULK,
  envelope,
  MULTI,
  NAMES,
  openUserStats,
  PARTITION,
  partitionOf,
  READ,
  readOf,
  WRITE,
  writeOf,
} from "./support/user-stats.ts";

describe("what is refused", () => {
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

  test.each([
    [WRITE, {}, WRITE_REQUEST],
    [WRITE, { ...writeOf([row]), featureGroupName: null }, WRITE_REQUEST],
    [WRITE, { featureGroupName: "user_stats" }, WRITE_REQUEST],
    [WRITE, { featureGroupName: "user_stats", features: { names: NAMES } }, WRITE_REQUEST],
    [WRITE, writeOf([]), WRITE_REQUEST],
    [WRITE, writeOf([row], { features: { names: [], values: [row] } }), WRITE_REQUEST],
    [WRITE, writeOf([row], { features: [] }), WRITE_REQUEST],
    [WRITE, { ...nope, features: { names: [], values: [] } }, WRITE_REQUEST],
    [WRITE, [], WRITE_REQUEST],
    [WRITE, writeOf([row], nope), UNKNOWN],
    [WRITE, writeOf([row], archived), STATE],
    [WRITE, writeOf([[1, 1]]), SCHEMA],
    [WRITE, writeOf([[1]], { features: { names: ["user_id"], values: [[1]] } }), SCHEMA],
    [BULK, {}, WRITE_REQUEST],
    [BULK, { batches: [] }, WRITE_REQUEST],
    [BULK, { batches: ["x"] }, WRITE_REQUEST],
    [READ, {}, READ_REQUEST],
    [READ, readOf([]), READ_REQUEST],
    [READ, readOf([[1, 1]], { featureColumns: [] }), READ_REQUEST],
    [READ, readOf([[1, 1]], { primaryKeys: { values: [[1, 1]] } }), READ_REQUEST],
    [READ, readOf([[1, 1]], { primaryKeys: { names: [null], values: [[1, 1]] } }), READ_REQUEST],
    [READ, readOf([], nope), READ_REQUEST],
    [READ, readOf([[1, 1]], nope), UNKNOWN],
    [READ, readOf([[1, 1]], { featureGroupVersion: "v9" }), UNKNOWN],
    [READ, readOf([[1, 1]], { ...archived, featureColumns: ["x"] }), STATE],
    [READ, readOf([[1, 1]], { featureColumns: ["x"] }), SCHEMA],
    [READ, readOf([[1]]), SCHEMA],
    [MULTI, { batches: [] }, MULTI_REQUEST],
    [MULTI, { batches: [readOf([[1, 1]]), readOf([])] }, MULTI_REQUEST],
    [PARTITION, {}, PARTITION_REQUEST],
    [PARTITION, partitionOf([]), PARTITION_REQUEST],
    [PARTITION, partitionOf([1], { featureColumns: [] }), PARTITION_REQUEST],
    [PARTITION, partitionOf([1], nope), UNKNOWN],
    [PARTITION, partitionOf([1], archived), STATE],
    [PARTITION, partitionOf([1, 2]), SCHEMA],
  ])("%s of %j", async (path, body, expected) => {
    const { ask } = await openUserStats();
    const [code, message] = expected as [string, string];
    const { status, json } = await ask("POST", path, body);
    expect(json).toEqual(envelope(code, message, expect.any(String)));
    expect(status).toBe(400);
  });

  test("a body that is no JSON, or none at all", async () => {
    const { ask } = await openUserStats();
    for (const body of ["{", "", "{}x"]) {
      const { status, json } = await ask("GET", READ, body);
      expect(status).toBe(400);
      expect(json).toEqual(
        envelope(
          "INVALID_REQUEST",
          expect.stringMatching(/^read-features\.arg0: ./) as never,
          "Constraint Violation",
        ),
      );
    }
  });

  test("other stores than the one there is", async () => {
    const { ask } = await openUserStats();
    const headers = { "feature-store-type": "redis" };
    const { status, json } = await ask("GET", READ, readOf([[1, 1]]), headers);
    expect([status, json.error.code]).toEqual([400, "INVALID_REQUEST"]);
    const same = await ask("GET", READ, readOf([[1, 1]]), { "feature-store-type": "cassandra" });
    expect(same.status).toBe(200);
  });

  test("paths and methods that there are not, in the same envelope", async () => {
    const { ask } = await openUserStats();
    const unknown = await ask("GET", "/nope");
    expect([unknown.status, unknown.json.error.code]).toEqual([404, "INVALID_REQUEST"]);
    const wrong = await ask("GET", WRITE, writeOf([[1, 1, 1, "a"]]));
    expect([wrong.status, wrong.headers.allow]).toEqual([405, "POST"]);
  });

  test("metadata that cannot be decoded", async () => {
    const { ask, put } = await openUserStats();
    await put([{ path: "feature-groups/user_stats/v2", value: Buffer.from("{") }]);
    const { status, json } = await ask("GET", READ, readOf([[1, 1]]));
    expect(status).toBe(500);
    const cause = expect.stringContaining("feature-groups/user_stats/v2");
    expect(json).toEqual(envelope("DarwinOfsV2-UNKNOWN-EXCEPTION", "Something went wrong", cause));
  });
});

describe("limits", () => {
  test("are off by default and named where they are hit", async () => {
    const { ask } = await openUserStats({
      ROW_MAX_ROWS: "2",
      ROW_MULTI_READ_MAX_ROWS: "1",
      ROW_MAX_PARTITION_ROWS: "2",
      ROW_MAX_BODY_BYTES: "2000",
    });
    const row = (season: number) => [1, season, 1, "a"];
    const errorOf = async (path: string, body: unknown) => {
      const { status, json } = await ask("POST", path, body);
      return status === 200 ? 200 : [status, json.error.code, json.error.message];
    };
    expect(await errorOf(WRITE, writeOf([row(1), row(2)]))).toBe(200);
    expect(await errorOf(WRITE, writeOf([row(1), row(2), row(3)]))).toEqual([
      400,
      "WRITE-FEATURE-GROUP-REQUEST-EXCEPTION",
      "number of rows cannot be greater than 2",
    ]);
    expect(
      await errorOf(MULTI, {
        batches: [
          readOf([
            [1, 1],
            [1, 2],
          ]),
        ],
      }),
    ).toEqual([
      400,
      "MULTI-READ-FEATURE-GROUP-INVALID-BATCH-SIZE-EXCEPTION",
      "number of rows per cannot be greater than 1",
    ]);
    expect(await errorOf(PARTITION, partitionOf([1]))).toBe(200);
    await ask("POST", WRITE, writeOf([row(3)]));
    expect(await errorOf(PARTITION, partitionOf([1]))).toEqual([
      400,
      "READ-FEATURE-GROUP-PARTITION-REQUEST-EXCEPTION",
      "the partition has more than 2 rows",
    ]);
    expect(await errorOf(READ, readOf([[1, 1]], { filler: "x".repeat(2_000) }))).toEqual([
      413,
      "INVALID_REQUEST",
      expect.stringContaining("ROW_MAX_BODY_BYTES"),
    ]);
  });
});
