import { MemoryRegistrySource } from "@ofs/registry";
import { describe, expect, test } from "vitest";
import { groupOf } from "../../../../packages/rows/test/support/row-objects.ts";
import {
  ENTITIES,
  envelope,
  GROUPS,
  MULTI,
  PARTITION,
  partitionOf,
  READ,
  readOf,
  WRITE,
  writeOf,
} from "./contract/row-world.ts";
import { type RowServer, startRowServer } from "./support/row-server.ts";

async function open(env: Record<string, string> = {}): Promise<RowServer> {
  const server = await startRowServer(env);
  await server.register(ENTITIES, GROUPS);
  return server;
}

describe("a registry in pieces", () => {
  test("metadata that cannot be decoded", async () => {
    const { ask, put } = await open();
    await put([{ path: "feature-groups/user_stats/v2", value: Buffer.from("{") }]);
    const { status, json } = await ask("GET", READ, readOf([[1, 1]]));
    expect(status).toBe(500);
    const cause = expect.stringContaining("feature-groups/user_stats/v2");
    expect(json).toEqual(envelope("DarwinOfsV2-UNKNOWN-EXCEPTION", "Something went wrong", cause));
  });

  test("a group without the record of its latest version", async () => {
    const { ask, put } = await open();
    await put([{ path: "versions/user_stats", value: undefined }]);
    const { status, json } = await ask("GET", READ, readOf([[1, 1]]));
    const code = "FEATURE-GROUP-VERSION-NOT-FOUND-EXCEPTION";
    expect([status, json]).toEqual([404, envelope(code, "feature group version not found")]);
    const named = await ask("GET", READ, readOf([[1, 1]], { featureGroupVersion: "v1" }));
    expect(named.status).toBe(200);
  });

  test("a registry that has never been reached", async () => {
    const source = new MemoryRegistrySource({});
    source.goDown("it is away");
    const { ask } = await startRowServer({}, { rowRegistrySource: source });
    const code = "OFS-V2-METASTORE-UNAVAILABLE-EXCEPTION";
    for (const [path, body] of [
      [READ, readOf([[1, 1]])],
      [WRITE, writeOf([[1, 1, 1, "a"]])],
      [PARTITION, partitionOf([1])],
    ] as const) {
      const { status, json } = await ask("POST", path, body);
      const expected = envelope(code, "metastore unavailable", expect.any(String));
      expect([status, json]).toEqual([500, expected]);
    }
  });
});

describe("a group that is read from one tenant and written to another", () => {
  test.each([
    [undefined, 1],
    ["true", 1],
    ["TRUE", 1],
    ["false", 0],
  ])("is written to both unless replicate-write says otherwise: %s", async (header, count) => {
    const row = await startRowServer();
    const group = (name: string, read: string, write: string) =>
      groupOf(name, "user", { wins: "BIGINT", badge: "TEXT" }, { tenant: { read, write } });
    await row.register(ENTITIES, [group("user_stats", "near", "far")]);
    const headers = header === undefined ? {} : { "replicate-write": header };
    const { json } = await row.ask("POST", WRITE, writeOf([[1, 1, 1, "a"]]), headers);
    expect(json.data.successfulRows).toHaveLength(1);
    const countOf = async (): Promise<number> =>
      (await row.ask("GET", READ, readOf([[1, 1]]))).json.data.successfulKeys.length;
    expect(await countOf()).toBe(count);
    await row.register(ENTITIES, [group("user_stats", "far", "far")]);
    expect(await countOf()).toBe(1);
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
