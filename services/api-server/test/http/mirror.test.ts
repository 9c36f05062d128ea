import { once } from "node:events";
import { connect } from "node:net";
import { FeatureStoreError } from "@ofs/platform";
import { persist, retrieve } from "@ofs/proto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { credentialsOf, openTestApi, readerOf, type TestApi } from "../support/test-api.ts";

const CALLER = "online-feature-store-caller-id";
const TOKEN = "online-feature-store-auth-token";

const RETRIEVE = "/api/v1/features/retrieve";
const DECODED = "/api/v1/features/retrieve/decoded";
const PERSIST = "/api/v1/features/persist";

let api: TestApi;

beforeEach(async () => {
  api = await openTestApi([readerOf("ranker"), readerOf("reader", { mayWrite: false })]);
});

// Without the time that clients have for one more request.
afterEach(() => api.front.drain(AbortSignal.abort()));

function send(path: string, body: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...credentialsOf("ranker"), ...init.headers };
  return fetch(`http://127.0.0.1:${api.port}${path}`, { method: "POST", body, ...init, headers });
}

/** The one persist query that the engine was given. */
function persisted(): persist.Query {
  expect(api.engine.calls).toHaveLength(1);
  return persist.Query.decode(api.engine.calls[0]?.request ?? new Uint8Array(0));
}

async function persistValues(values: string): Promise<Response> {
  return send(PERSIST, `{"data":[{"feature_values":[{"values":${values}}]}]}`);
}

test("retrieve: snake_case in, canonical proto-JSON out", async () => {
  const result = retrieve.Result.encode({
    entityLabel: "user",
    keysSchema: ["user_id"],
    featureSchemas: [
      {
        featureGroupLabel: "scores",
        features: [
          { label: "ctr", columnIdx: 0 },
          { label: "cvr", columnIdx: 1 },
        ],
      },
      { featureGroupLabel: "empty" },
    ],
    rows: [{ keys: ["1"], columns: [Buffer.from([0, 0, 128, 63]), Buffer.alloc(0)] }, {}],
  }).finish();
  api.engine.answer = async () => ({ response: result, degradedCellCount: 1 });
  const response = await send(
    RETRIEVE,
    JSON.stringify({
      entity_label: "user",
      feature_groups: [{ label: "scores", feature_labels: ["ctr", "cvr@DataTypeFP16"] }],
      keys_schema: ["user_id"],
      keys: [{ cols: ["1"] }, { cols: [] }],
      an_unknown_field: { of: ["any", "shape"] },
    }),
  );
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(response.headers.get("ofs-degraded-cells")).toBe("1");
  expect(await response.json()).toEqual({
    entityLabel: "user",
    keysSchema: ["user_id"],
    featureSchemas: [
      {
        featureGroupLabel: "scores",
        features: [{ label: "ctr" }, { label: "cvr", columnIdx: 1 }],
      },
      { featureGroupLabel: "empty" },
    ],
    rows: [{ keys: ["1"], columns: ["AACAPw==", ""] }, {}],
  });
  const query = retrieve.Query.decode(api.engine.calls[0]?.request ?? new Uint8Array(0));
  expect(query).toMatchObject({
    entityLabel: "user",
    featureGroups: [{ label: "scores", featureLabels: ["ctr", "cvr@DataTypeFP16"] }],
    keysSchema: ["user_id"],
    keys: [{ cols: ["1"] }, { cols: [] }],
  });
});

test("retrieve decoded: text columns", async () => {
  const response = retrieve.DecodedResult.encode({
    keysSchema: ["user_id"],
    featureSchemas: [{ featureGroupLabel: "s", features: [{ label: "ctr" }] }],
    rows: [{ keys: ["1"], columns: ["0.5"] }],
  }).finish();
  api.engine.answer = () => ({ response, degradedCellCount: 0 });
  expect(await (await send(DECODED, "{}")).json()).toEqual({
    keysSchema: ["user_id"],
    featureSchemas: [{ featureGroupLabel: "s", features: [{ label: "ctr" }] }],
    rows: [{ keys: ["1"], columns: ["0.5"] }],
  });
  expect(api.engine.calls[0]?.method).toBe("retrieveDecoded");
});

test("persist: every kind of value", async () => {
  const message = "Data Persisted Successfully";
  api.engine.persisted = async () => persist.Result.encode({ message }).finish();
  const response = await send(
    PERSIST,
    JSON.stringify({
      entity_label: "user",
      keys_schema: ["user_id"],
      feature_group_schema: [{ label: "scores", feature_labels: ["ctr"] }],
      data: [
        {
          key_values: ["1"],
          feature_values: [
            {
              values: {
                fp32_values: [0.5, "NaN", "-Infinity", "1e3", -0],
                fp64_values: [1e300],
                int32_values: [-2147483648, "7"],
                uint32_values: [4294967295],
                string_values: ["12345678901234567890", ""],
                bool_values: [true, false],
              },
            },
            { values: { vector: [{ values: { fp32_values: [1, 2] } }, {}] } },
            {},
          ],
        },
      ],
    }),
  );
  expect([response.status, await response.json()]).toEqual([200, { message }]);
  const [row] = persisted().data ?? [];
  expect(row?.keyValues).toEqual(["1"]);
  const [scalars, vectors, none] = row?.featureValues ?? [];
  expect(scalars?.values).toMatchObject({
    fp32Values: [0.5, Number.NaN, Number.NEGATIVE_INFINITY, 1000, 0],
    fp64Values: [1e300],
    int32Values: [-2147483648, 7],
    uint32Values: [4294967295],
    stringValues: ["12345678901234567890", ""],
    boolValues: [true, false],
  });
  expect(vectors?.values?.vector?.[0]?.values?.fp32Values).toEqual([1, 2]);
  expect(none?.values ?? undefined).toBeUndefined();
});

describe("64-bit integers keep every digit", () => {
  test.each([
    ["int64_values", "[9223372036854775807, -9223372036854775808]"],
    ["int64_values", '["9223372036854775807", "-9223372036854775808"]'],
    ["int64_values", "[9007199254740993, 0, -1]"],
    ["uint64_values", "[18446744073709551615, 9007199254740993]"],
    ["uint64_values", '["18446744073709551615"]'],
  ])("%s %s", async (field, list) => {
    expect((await persistValues(`{"${field}":${list}}`)).status).toBe(200);
    const values = persisted().data?.[0]?.featureValues?.[0]?.values;
    const seen = field === "int64_values" ? values?.int64Values : values?.uint64Values;
    const digits = list.replace(/["[\]\s]/g, "").split(",");
    expect(seen?.map(String)).toEqual(digits);
  });

  test("a long integer in a float field is that number", async () => {
    await persistValues('{"fp64_values":[12345678901234567890, 0.12345678901234567, 1e21]}');
    expect(persisted().data?.[0]?.featureValues?.[0]?.values?.fp64Values).toEqual([
      Number("12345678901234567890"),
      Number("0.12345678901234567"),
      1e21,
    ]);
  });
});

describe("bodies that are refused", () => {
  test.each([
    ["", "Unexpected end of JSON input"],
    ["{", /JSON/],
    ["[]", "the body must be an object, not []"],
    ["null", "the body must be an object, not null"],
    ['{"entity_label":7}', "entity_label must be a string, not 7"],
    ['{"keys_schema":"a"}', 'keys_schema must be a list, not "a"'],
    ['{"keys_schema":["a",null]}', "keys_schema[1] must be a string, not null"],
    ['{"data":[1]}', "data[0] must be an object, not 1"],
  ])("%j", async (body, expected) => {
    const response = await send(PERSIST, body);
    expect(response.status).toBe(400);
    const answer = (await response.json()) as { error: string };
    expect(Object.keys(answer)).toEqual(["error"]);
    expect(answer.error).toMatch(/^Invalid request body: /);
    const text = answer.error.slice("Invalid request body: ".length);
    if (typeof expected === "string") expect(text).toBe(expected);
    else expect(text).toMatch(expected);
    expect(api.engine.calls).toEqual([]);
  });

  test.each([
    ['{"int32_values":[2147483648]}', "int32_values[0] must be an int32, not 2147483648"],
    ['{"int32_values":[1.5]}', "int32_values[0] must be an int32, not 1.5"],
    ['{"uint32_values":[-1]}', "uint32_values[0] must be an uint32, not -1"],
    [
      '{"int64_values":[9223372036854775808]}',
      'int64_values[0] must be an int64, not "9223372036854775808"',
    ],
    ['{"int64_values":["0x10"]}', 'int64_values[0] must be an int64, not "0x10"'],
    ['{"int64_values":[1e300]}', "int64_values[0] must be an int64, not 1e+300"],
    ['{"uint64_values":["-1"]}', 'uint64_values[0] must be an uint64, not "-1"'],
    ['{"fp32_values":["one"]}', 'fp32_values[0] must be a number, not "one"'],
    ['{"fp32_values":[true]}', "fp32_values[0] must be a number, not true"],
    ['{"bool_values":[1]}', "bool_values[0] must be true or false, not 1"],
    ['{"string_values":[1]}', "string_values[0] must be a string, not 1"],
    ['{"vector":[{"values":{"vector":[]}}]}', "vector[0].values.vector: vectors do not nest"],
  ])("%s", async (values, expected) => {
    const response = await persistValues(values);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: `Invalid request body: data[0].feature_values[0].values.${expected}`,
    });
  });

  test("one that is too large, told or not", async () => {
    const body = JSON.stringify({ entity_label: "x".repeat(10_000) });
    const told = await send(PERSIST, body);
    expect(told.status).toBe(413);
    expect(await told.json()).toEqual({
      error: "the request body is larger than 10000 bytes (MAX_REQUEST_BYTES)",
    });
    const chunks = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      },
    });
    const untold = await fetch(`http://127.0.0.1:${api.port}${PERSIST}`, {
      method: "POST",
      headers: credentialsOf("ranker"),
      body: chunks,
      duplex: "half",
    } as RequestInit);
    expect(untold.status).toBe(413);
  });

  test("one that is compressed", async () => {
    const response = await send(PERSIST, "x", { headers: { "content-encoding": "gzip" } });
    expect(response.status).toBe(415);
  });

  test("one that is nested without end", async () => {
    const response = await send(PERSIST, `${"[".repeat(4_000)}${"]".repeat(4_000)}`);
    expect(response.status).toBe(400);
  });
});

describe("errors", () => {
  test.each([
    [{ [TOKEN]: "t" }, 400, { error: `${CALLER} header is missing` }],
    [{ [CALLER]: "ranker" }, 400, { error: `${TOKEN} header is missing` }],
    [credentialsOf("ranker", "wrong"), 401, { error: "Invalid auth token" }],
    [credentialsOf("stranger"), 401, { error: "Invalid auth token" }],
  ])("of credentials come before those of the body: %j", async (headers, status, expected) => {
    const url = `http://127.0.0.1:${api.port}${PERSIST}`;
    const response = await fetch(url, { method: "POST", body: "not even JSON", headers });
    expect([response.status, await response.json()]).toEqual([status, expected]);
  });

  test("of access", async () => {
    const response = await send(PERSIST, "{}", { headers: credentialsOf("reader") });
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      error: "caller 'reader' has no write access",
      code: "PermissionDenied",
    });
  });

  test.each([
    ["INVALID_ARGUMENT", 400, "InvalidArgument"],
    ["NOT_FOUND", 404, "NotFound"],
    ["FAILED_PRECONDITION", 412, "FailedPrecondition"],
    ["RESOURCE_EXHAUSTED", 429, "ResourceExhausted"],
    ["UNAVAILABLE", 503, "Unavailable"],
    ["DEADLINE_EXCEEDED", 504, "DeadlineExceeded"],
  ] as const)("of the engine: %s is %i", async (code, status, name) => {
    api.engine.answer = () => Promise.reject(new FeatureStoreError(code, "why"));
    const response = await send(RETRIEVE, "{}");
    expect([response.status, await response.json()]).toEqual([
      status,
      { error: "why", code: name },
    ]);
  });

  test("of ours: 500 with a fixed text, logged once", async () => {
    api.engine.answer = () => Promise.reject(new TypeError("secret detail"));
    const response = await send(RETRIEVE, "{}");
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: "internal error", code: "Internal" });
    expect(api.lines.filter((line) => line.includes("secret detail"))).toHaveLength(1);
    expect(api.lines.join("\n")).not.toContain("trace_id");
  });

  test("of ours: the line leads to the call's trace, where it has one", async () => {
    api.engine.answer = () => Promise.reject(new TypeError("secret detail"));
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    await send(RETRIEVE, "{}", { headers: { traceparent } });
    const [span] = api.tracer.spans;
    const lines = api.lines.filter((line) => line.includes("secret detail"));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { trace_id: "0af7651916cd43dd8448eb211c80319c", span_id: span?.spanId },
    ]);
    expect(span).toMatchObject({ isEnded: true, failure: new TypeError("secret detail") });
  });
});

test("calls over HTTP are counted like those over gRPC", async () => {
  const series = (caller: string, status: string) =>
    api.series(
      `ofs_grpc_server_requests_total{method="/retrieve.FeatureService/RetrieveFeatures",caller_id="${caller}",status="${status}"}`,
    );
  await send(RETRIEVE, "{}");
  await send(RETRIEVE, "nonsense");
  await send(RETRIEVE, "{}", { headers: { [TOKEN]: "wrong" } });
  expect(await series("ranker", "OK")).toBe("1");
  expect(await series("ranker", "InvalidArgument")).toBe("1");
  expect(await series("unknown", "Unauthenticated")).toBe("1");
});

test.each([
  ["GET", RETRIEVE, 405, "POST"],
  ["PUT", PERSIST, 405, "POST"],
  ["POST", "/ready", 405, "GET, HEAD"],
  ["GET", "/", 404, null],
  ["POST", `${RETRIEVE}/`, 404, null],
])("%s %s is %i", async (method, path, status, allow) => {
  const response = await fetch(`http://127.0.0.1:${api.port}${path}`, { method });
  expect([response.status, response.headers.get("allow")]).toEqual([status, allow]);
  expect(await response.json()).toEqual({ error: expect.any(String) });
});

test("a caller that goes away aborts the signal", async () => {
  const aborted = new Promise<unknown>((resolve) => {
    api.engine.answer = () =>
      new Promise((_, reject) => {
        const { signal } = api.engine.calls[0]?.context ?? {};
        socket.destroy();
        signal?.addEventListener("abort", () => {
          resolve(signal.reason);
          reject(signal.reason as Error);
        });
      });
  });
  const socket = connect(api.port, "127.0.0.1");
  await once(socket, "connect");
  const headers = Object.entries(credentialsOf("ranker")).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.write(
    `POST ${RETRIEVE} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n${headers.join("\r\n")}\r\n\r\n{}`,
  );
  expect(await aborted).toMatchObject({ code: "CANCELLED" });
});
