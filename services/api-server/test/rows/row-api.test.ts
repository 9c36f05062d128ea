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

describe("the published example", () => {
  test("write, then read", async () => {
    const { ask } = await openUserStats();
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
    const { ask } = await openUserStats();
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
    const { ask } = await openUserStats();
    const values = '[[7.0e1,1,9007199254740993,"a"],["70",1,1e3,"\\u0041"]]';
    const body = `{"featureGroupName":"user_stats","features":{"names":${JSON.stringify(NAMES)},"values":${values}}}`;
    const { text } = await ask("POST", WRITE, body);
    expect(text).toContain('"failedRows":[[7.0e1,1,9007199254740993,"a"],["70",1,1e3,"A"]]');
  });

  test("names of members match in any case, and unknown ones are ignored", async () => {
    const { ask } = await openUserStats();
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
    const { ask } = await openUserStats();
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
    const { ask } = await openUserStats();
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
    const row = await openUserStats();
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
    const { ask } = await openUserStats();
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
    const { ask } = await openUserStats();
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

describe("health and metrics", () => {
  test("need no body and tell of the registry and the store", async () => {
    const { ask } = await openUserStats();
    expect((await ask("GET", "/health")).json).toEqual({ status: "UP" });
    const { status, json } = await ask("GET", "/healthcheck");
    expect([status, json]).toEqual([200, { data: { registry: "UP", store: "UP" } }]);
    const ready = await ask("GET", "/ready");
    expect(ready.json.checks["row registry"]).toMatchObject({ status: "ok" });
    expect(ready.json.checks["row stores"]).toMatchObject({ status: "ok" });
  });

  test("count by feature group and version, whatever callers send", async () => {
    const { ask } = await openUserStats();
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
