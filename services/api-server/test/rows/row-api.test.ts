import { describe, expect, test } from "vitest";
import { entityOf, groupOf } from "../../../../packages/rows/test/support/row-objects.ts";
import { type RowServer, startRowServer } from "./support/row-server.ts";

const USER = entityOf("user", { user_id: "INT", season: "INT" }, ["user_id", "season"]);
const COLUMNS = { wins: "BIGINT", badge: "TEXT" } as const;

async function open(env: Record<string, string> = {}): Promise<RowServer> {
  const server = await startRowServer(env);
  await server.register(
    [USER],
    [
      groupOf("user_stats", "user", COLUMNS, { version: "v1" }),
      groupOf("user_stats", "user", COLUMNS, { version: "v2" }),
      groupOf("old_stats", "user", COLUMNS, { state: "ARCHIVED" }),
    ],
  );
  return server;
}

const WRITE = "/feature-group/write-features-v2";
const BULK = "/feature-group/write-features-v1";
const READ = "/feature-group/read-features";
const MULTI = "/feature-group/multi-read-features";
const PARTITION = "/feature-group/read-partition";

const NAMES = ["user_id", "season", "wins", "badge"];

function writeOf(values: unknown[][], extra: object = {}) {
  return { featureGroupName: "user_stats", features: { names: NAMES, values }, ...extra };
}

function readOf(values: unknown[][], extra: object = {}) {
  return {
    featureGroupName: "user_stats",
    featureColumns: ["badge", "user_id"],
    primaryKeys: { names: ["user_id", "season"], values },
    ...extra,
  };
}

function partitionOf(values: unknown[], extra: object = {}) {
  return {
    featureGroupName: "user_stats",
    featureColumns: ["season", "wins"],
    partitionKey: { names: ["user_id"], values },
    ...extra,
  };
}

function envelope(code: string, message: string, cause: unknown = message) {
  return { error: { message, cause, code } };
}

describe("the published example", () => {
  test("write, then read", async () => {
    const { ask } = await open();
    const written = await ask(
      "POST",
      WRITE,
      writeOf([
        [71, 2024, 12, "gold"],
        [72, "x", 3, "tin"],
      ]),
    );
    expect(written.status).toBe(200);
    expect(written.headers["content-type"]).toBe("application/json");
    expect(written.text).toBe(
      '{"data":{"featureGroupName":"user_stats","featureGroupVersion":"v2","featureColumns":["user_id","season","wins","badge"],' +
        '"successfulRows":[[71,2024,12,"gold"]],"failedRows":[[72,"x",3,"tin"]]}}',
    );
    const read = await ask(
      "GET",
      READ,
      readOf([
        [71, 2024],
        [99, 2024],
      ]),
    );
    expect(read.status).toBe(200);
    expect(read.text).toBe(
      '{"data":{"featureGroupName":"user_stats","featureGroupVersion":"v2",' +
        '"successfulKeys":[{"key":[71,2024],"features":["gold",71]}],"failedKeys":[[99,2024]]}}',
    );
  });

  test("a multi-read of an unknown group", async () => {
    const { ask } = await open();
    const batch = readOf([[1, 1]], { featureGroupName: "nope", featureGroupVersion: null });
    const { status, json } = await ask("GET", MULTI, { batches: [batch] });
    expect(status).toBe(200);
    expect(json).toEqual({
      data: [{ featureGroupName: "nope", error: "feature group not found" }],
    });
  });
});

describe("writing", () => {
  test("values are echoed by their tokens", async () => {
    const { ask } = await open();
    const values = '[[7.0e1,1,9007199254740993,"a"],["70",1,1e3,"\\u0041"]]';
    const body = `{"featureGroupName":"user_stats","features":{"names":${JSON.stringify(NAMES)},"values":${values}}}`;
    const { text } = await ask("POST", WRITE, body);
    expect(text).toContain('"failedRows":[[7.0e1,1,9007199254740993,"a"],["70",1,1e3,"A"]]');
  });

  test("names of members match in any case, and unknown ones are ignored", async () => {
    const { ask } = await open();
    const body = {
      FEATUREGROUPNAME: "user_stats",
      featuregroupversion: "v1",
      Features: { Names: NAMES, VALUES: [[1, 1, 1, "a"]] },
      runId: "run-1",
      more: {},
    };
    const { json } = await ask("POST", WRITE, body);
    expect(json.data).toMatchObject({ featureGroupVersion: "v1", failedRows: [] });
  });

  test("the time of the write may be given, but not in the future", async () => {
    const { ask } = await open();
    await ask("POST", WRITE, writeOf([[1, 1, 1, "now"]]));
    const old = await ask(
      "POST",
      WRITE,
      writeOf([[1, 1, 2, "old"]], { writeTimestamp: 1_000_000 }),
    );
    expect(old.json.data.successfulRows).toHaveLength(1);
    const { json } = await ask("GET", READ, readOf([[1, 1]]));
    expect(json.data.successfulKeys[0].features).toEqual(["now", 1]);
    const writeTimestamp = (Date.now() + 3_600_000) * 1_000;
    const future = await ask("POST", WRITE, writeOf([[1, 1, 2, "new"]], { writeTimestamp }));
    const code = "WRITE-FEATURE-GROUP-REQUEST-EXCEPTION";
    expect(future.json).toEqual(
      envelope(code, "invalid request", expect.stringContaining("future")),
    );
  });

  test("batches fail by themselves, in order, echoed as they were sent", async () => {
    const { ask } = await open();
    const incomplete = { featureGroupName: "user_stats", Odd: 1.5 };
    const unknown = writeOf([[1, 1, 1, "a"]], { featureGroupName: "nope" });
    const batches = [writeOf([[1, 1, 1, "a"]]), unknown, incomplete, writeOf([[2, 1, 1, "b"]])];
    const { status, json } = await ask("POST", BULK, { batches });
    expect(status).toBe(200);
    expect(
      json.data.batches.map((batch: { successfulRows: unknown }) => batch.successfulRows),
    ).toEqual([[[1, 1, 1, "a"]], [[2, 1, 1, "b"]]]);
    expect(json.data.failedBatches).toEqual([
      { error: "feature group not found", batch: unknown },
      { error: "invalid request", batch: incomplete },
    ]);
  });
});

describe("reading", () => {
  test("by GET and POST, with and without a slash, by all names, on both ports", async () => {
    const row = await open();
    await row.ask("POST", "/v1/feature-group/write", writeOf([[1, 1, 1, "a"]]));
    await row.ask("POST", "/v1/feature-group/batch-write/", {
      batches: [writeOf([[2, 1, 1, "a"]])],
    });
    const main = await fetch(`http://127.0.0.1:${row.server.port}${READ}?x=1`, {
      method: "POST",
      body: JSON.stringify(readOf([[1, 1]])),
    });
    const expected = { key: [1, 1], features: ["a", 1] };
    expect(await main.json()).toMatchObject({ data: { successfulKeys: [expected] } });
    for (const path of [READ, `${READ}/`, `${READ}?`, "/v1/feature-group/read"]) {
      for (const method of ["GET", "POST"]) {
        const { json } = await row.ask(method, path, readOf([[2, 1]]));
        expect(json.data.successfulKeys).toEqual([{ key: [2, 1], features: ["a", 2] }]);
      }
    }
  });

  test("several groups in one, in order", async () => {
    const { ask } = await open();
    await ask("POST", WRITE, writeOf([[1, 1, 1, "a"]]));
    const archived = { featureGroupName: "old_stats", featureGroupVersion: "v1" };
    const batches = [
      readOf([[1, 1]], archived),
      readOf([[1, 1]]),
      readOf([[1, 1]], { featureColumns: ["x"] }),
    ];
    const { json } = await ask("GET", MULTI, { Batches: batches });
    expect(json.data).toEqual([
      { ...archived, error: "feature group is archived" },
      {
        featureGroupName: "user_stats",
        featureGroupVersion: "v2",
        successfulKeys: [{ key: [1, 1], features: ["a", 1] }],
        failedKeys: [],
      },
      { featureGroupName: "user_stats", error: "invalid feature group schema" },
    ]);
  });

  test("a partition", async () => {
    const { ask } = await open();
    await ask(
      "POST",
      WRITE,
      writeOf([
        [1, 2, 5, "a"],
        [1, 1, 9007199254740, "b"],
        [2, 1, 1, "c"],
      ]),
    );
    for (const path of [PARTITION, "/v1/feature-group/partition/read"]) {
      const { text, headers } = await ask("GET", path, partitionOf([1]));
      expect(headers["content-type"]).toBe("application/json");
      expect(text).toBe(
        '{"data":{"featureGroupName":"user_stats","featureGroupVersion":"v2","features":[[1,9007199254740],[2,5]]}}',
      );
    }
    const empty = await ask("GET", PARTITION, partitionOf([9]));
    expect(empty.json.data.features).toEqual([]);
  });
});

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
    const { ask } = await open();
    const [code, message] = expected as [string, string];
    const { status, json } = await ask("POST", path, body);
    expect(json).toEqual(envelope(code, message, expect.any(String)));
    expect(status).toBe(400);
  });

  test("a body that is no JSON, or none at all", async () => {
    const { ask } = await open();
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
    const { ask } = await open();
    const headers = { "feature-store-type": "redis" };
    const { status, json } = await ask("GET", READ, readOf([[1, 1]]), headers);
    expect([status, json.error.code]).toEqual([400, "INVALID_REQUEST"]);
    const same = await ask("GET", READ, readOf([[1, 1]]), { "feature-store-type": "cassandra" });
    expect(same.status).toBe(200);
  });

  test("paths and methods that there are not, in the same envelope", async () => {
    const { ask } = await open();
    const unknown = await ask("GET", "/nope");
    expect([unknown.status, unknown.json.error.code]).toEqual([404, "INVALID_REQUEST"]);
    const wrong = await ask("GET", WRITE, writeOf([[1, 1, 1, "a"]]));
    expect([wrong.status, wrong.headers.allow]).toEqual([405, "POST"]);
  });

  test("metadata that cannot be decoded", async () => {
    const { ask, put } = await open();
    await put([{ path: "feature-groups/user_stats/v2", value: Buffer.from("{") }]);
    const { status, json } = await ask("GET", READ, readOf([[1, 1]]));
    expect(status).toBe(500);
    const cause = expect.stringContaining("feature-groups/user_stats/v2");
    expect(json).toEqual(envelope("DarwinOfsV2-UNKNOWN-EXCEPTION", "Something went wrong", cause));
  });
});

describe("limits", () => {
  test("are off by default and named where they are hit", async () => {
    const { ask } = await open({
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

describe("health and metrics", () => {
  test("need no body and tell of the registry and the store", async () => {
    const { ask } = await open();
    expect((await ask("GET", "/health")).json).toEqual({ status: "UP" });
    const { status, json } = await ask("GET", "/healthcheck");
    expect([status, json]).toEqual([200, { data: { registry: "UP", store: "UP" } }]);
    const ready = await ask("GET", "/ready");
    expect(ready.json.checks["row registry"]).toMatchObject({ status: "ok" });
    expect(ready.json.checks["row stores"]).toMatchObject({ status: "ok" });
  });

  test("count by feature group and version, whatever callers send", async () => {
    const { ask } = await open();
    await ask(
      "POST",
      WRITE,
      writeOf(
        [
          [1, 1, 1, "a"],
          [1, "x", 1, "a"],
        ],
        { runId: "run-77" },
      ),
    );
    await ask(
      "GET",
      READ,
      readOf([
        [1, 1],
        [2, 2],
      ]),
    );
    await ask("GET", READ, readOf([[1, 1]], { featureGroupName: "nope" }));
    const { text } = await ask("GET", "/metrics");
    const labels = '{feature_group_name="user_stats",feature_group_version="v2"}';
    for (const name of ["write_success", "write_failed", "read_success", "read_failed"]) {
      expect(text).toContain(`ofs_feature_group_${name}_total${labels} 1`);
    }
    const calls =
      'ofs_grpc_server_requests_total{method="/feature-group/read-features",caller_id="unknown"';
    expect(text).toContain(`${calls},status="OK"} 1`);
    expect(text).toContain(`${calls},status="InvalidArgument"} 1`);
    expect(text).not.toMatch(/run-77|nope/);
  });
});
