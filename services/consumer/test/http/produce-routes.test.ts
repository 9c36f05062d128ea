import { SinkError } from "@ofs/ingest";
import { decodePersistQuery } from "@ofs/proto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { produceRoutes } from "../../src/http/produce-routes.ts";
import { message } from "../support/letters.ts";
import { MemoryLog, readTopic } from "../support/memory-log.ts";
import { startTestHttp, type TestHttp } from "../support/test-http.ts";

const JSON_MESSAGE = {
  entity_label: "user",
  keys_schema: ["user_id"],
  feature_group_schema: [{ label: "counts", feature_labels: ["clicks"] }],
  data: [{ key_values: ["1"], feature_values: [{ values: { int64_values: [7] } }] }],
};

let log: MemoryLog;
let http: TestHttp;

beforeEach(async () => {
  log = new MemoryLog();
  log.addTopic("features", 1);
  const topics = [readTopic("features", log), readTopic("rows", log, { dialect: "row" })];
  http = await startTestHttp(produceRoutes({ topics: () => topics, maxRequestBytes: 5_000 }));
});

afterEach(() => http.close());

function post(type: string, body: string | Uint8Array, query = "") {
  const headers = { "content-type": type };
  return http.call(`/ingest/features${query}`, { method: "POST", headers, body });
}

const entities = () =>
  log.produced.map(({ value }) => decodePersistQuery(value as Uint8Array).entityLabel);
const keys = () => log.produced.map(({ key }) => key && Buffer.from(key).toString());

describe("POST /ingest/{topic}", () => {
  it("takes the JSON form of a persist", async () => {
    const { status, body } = await post("application/json", JSON.stringify(JSON_MESSAGE), "?key=k");
    expect([status, body]).toEqual([200, { records: [{ partition: 0, offset: 0 }] }]);
    expect([entities(), keys()]).toEqual([["user"], ["k"]]);
  });

  it("takes lines of it, encoded messages among them, each with its own key", async () => {
    const base64 = Buffer.from(message("2", "item")).toString("base64");
    const lines = [{ ...JSON_MESSAGE, key: "a" }, { message_base64: base64 }];
    const text = `${lines.map((line) => JSON.stringify(line)).join("\n")}\n\n`;
    const { body } = await post("application/x-ndjson; charset=utf-8", text, "?key=common");
    expect(body.records).toEqual([
      { partition: 0, offset: 0 },
      { partition: 0, offset: 1 },
    ]);
    expect([entities(), keys()]).toEqual([
      ["user", "item"],
      ["a", "common"],
    ]);
  });

  it("takes the encoded message, with a write time", async () => {
    await post("application/x-protobuf", Buffer.from(message("1")), "?write_time_ms=1600000000000");
    expect(entities()).toEqual(["user"]);
    expect(log.produced[0]?.headers).toEqual([["write-time", Buffer.from("1600000000000")]]);
  });

  it("takes deletes, which need keys alone", async () => {
    const keys = { ...JSON_MESSAGE, feature_group_schema: [], data: [{ key_values: ["1"] }] };
    const { status } = await post("application/json", JSON.stringify(keys), "?operation=delete");
    expect(status).toBe(200);
    expect(entities()).toEqual(["user"]);
    expect(log.produced[0]?.headers).toEqual([["operation", Buffer.from("delete")]]);
    const odd = await post("application/json", JSON.stringify(keys), "?operation=upsert");
    expect([odd.status, odd.body.error]).toEqual([400, "operation must be delete, not 'upsert'"]);
  });

  it("takes any bytes as what they are", async () => {
    await post("application/octet-stream", Buffer.from("poison"));
    expect(Buffer.from(log.produced[0]?.value ?? []).toString()).toBe("poison");
  });

  it.each([
    ["application/json", "{", 400, /Invalid request body/],
    ["application/json", '{"entity_label": 1}', 400, /entity_label must be a string, not 1/],
    ["application/json", "{}", 400, /entity_label must not be empty/],
    [
      "application/x-ndjson",
      `${JSON.stringify(JSON_MESSAGE)}\n{"data": 1}`,
      400,
      /line 2: .*data must be a list/,
    ],
    ["application/x-ndjson", "\n", 400, /the body has no line/],
    ["application/x-protobuf", "poison", 400, /the body is no persist\.Query/],
    ["text/plain", "x", 400, /content-type must be .*, not 'text\/plain'/],
    ["application/octet-stream", "x".repeat(5_001), 413, /larger than 5000 bytes/],
  ])("refuses %s %j", async (type, text, status, error) => {
    const answer = await post(type, text);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatch(error);
    expect(log.produced).toEqual([]);
  });

  it("refuses topics that nobody reads, and fields that do not exist", async () => {
    const init = { method: "POST", body: "{}" };
    expect((await http.call("/ingest/other", init)).body.error).toMatch(/nobody reads topic other/);
    expect((await post("application/json", "{}", "?ky=1")).body.error).toMatch(/no field 'ky'/);
  });

  it.each([
    ["UNAVAILABLE", 503],
    ["TOO_LARGE", 400],
  ] as const)("says that the log did not take it: %s", async (code, status) => {
    log.failure = { afterCalls: 0, error: new SinkError(code, "the log says no") };
    const answer = await post("application/json", JSON.stringify(JSON_MESSAGE));
    expect(answer).toMatchObject({ status, body: { error: "the log says no" } });
  });
});

describe("POST /ingest/{topic} of rows", () => {
  const V2 = { "sdk-version": "v2", "feature-group-name": "stats" };

  function postRow(body: string, headers: Record<string, string>, query = "") {
    const init = {
      method: "POST",
      body,
      headers: { "content-type": "application/json", ...headers },
    };
    return http.call(`/ingest/rows${query}`, init);
  }

  const values = () => log.produced.map(({ value }) => Buffer.from(value ?? []).toString());

  it("keeps the text of rows as it is, and takes the headers of the request for theirs", async () => {
    const row = '{"id": 9007199254740993, "score": 1.50, "x": NaN}';
    const headers = { ...V2, "feature-group-version": "v3", "run-id": "r1", "x-other": "no" };
    const answer = await postRow(row, { ...headers, "replicated-writes": "false" }, "?key=k");
    expect(answer).toMatchObject({ status: 200, body: { records: [{ partition: 0, offset: 0 }] } });
    expect([values(), keys()]).toEqual([[row], ["k"]]);
    const own = log.produced[0]?.headers.map(([name, text]) => [
      name,
      Buffer.from(text).toString(),
    ]);
    expect(own).toEqual([
      ["sdk-version", "v2"],
      ["feature-group-name", "stats"],
      ["feature-group-version", "v3"],
      ["replicated-writes", "false"],
      ["run-id", "r1"],
    ]);
  });

  it("takes a row a line, and bytes that are none", async () => {
    const type = "application/x-ndjson";
    await postRow('{"id": 1}\n\n {"id": 2} \n', { ...V2, "content-type": type });
    await postRow("poison", { ...V2, "content-type": "application/octet-stream" });
    expect(values()).toEqual(['{"id": 1}', '{"id": 2}', "poison"]);
  });

  it.each([
    ['{"id": ', V2, /^the row is not JSON: .* at position 7$/],
    ["[1]", V2, /^the row is not a JSON object$/],
    [
      '{"id": 1}\n{"id" 2}',
      { ...V2, "content-type": "application/x-ndjson" },
      /^line 2: the row is not JSON/,
    ],
    ["{}", { "sdk-version": "v3" }, /^header sdk-version must be v1 or v2, not 'v3'$/],
    ["{}", { "sdk-version": "v2" }, /^header feature-group-name is required with v2$/],
    ["{}", { "content-type": "application/x-protobuf" }, /^content-type of rows must be/],
  ])("refuses %j with %j", async (body, headers, error) => {
    const answer = await postRow(body, headers);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatch(error);
    expect(log.produced).toEqual([]);
  });
});
