import { FeatureStoreError } from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  PERSIST_METHOD,
  RETRIEVE_DECODED_METHOD,
  RETRIEVE_METHOD,
} from "../../src/routes/feature-routes.ts";
import { DESCRIBE_METHOD } from "../../src/routes/schema-routes.ts";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import {
  credentialsOf,
  digest,
  NOW_SECONDS,
  openTestApi,
  readerOf,
  type TestApi,
} from "../support/test-api.ts";

const CALLER = "online-feature-store-caller-id";
const TOKEN = "online-feature-store-auth-token";

const READERS = [
  readerOf("ranker"),
  readerOf("reader", { mayWrite: false }),
  readerOf("writer", { mayRead: false }),
  readerOf("nobody", { mayRead: false, mayWrite: false }),
  readerOf("scoped", { entities: new Set(["user"]) }),
  readerOf("rotated", {
    credentials: [
      { sha256: digest("new"), untilSeconds: undefined },
      { sha256: digest("old"), untilSeconds: NOW_SECONDS },
      { sha256: digest("older"), untilSeconds: NOW_SECONDS - 1 },
    ],
  }),
];

const ALL_METHODS = [RETRIEVE_METHOD, RETRIEVE_DECODED_METHOD, PERSIST_METHOD, DESCRIBE_METHOD];

let api: TestApi;
let client: RawClient;

beforeEach(async () => {
  api = await openTestApi(READERS, 2);
  client = new RawClient(api.port);
});

afterEach(async () => {
  client.close();
  await api.front.drain(AbortSignal.timeout(2_000));
});

describe.each(ALL_METHODS)("%s", (method) => {
  test.each([
    ["no headers", {}, 3, `${CALLER} header is missing`],
    ["no caller", { [TOKEN]: "x" }, 3, `${CALLER} header is missing`],
    ["no token", { [CALLER]: "ranker" }, 3, `${TOKEN} header is missing`],
    ["an unknown caller", credentialsOf("stranger"), 16, "Invalid auth token"],
    ["a wrong token", credentialsOf("ranker", "wrong"), 16, "Invalid auth token"],
    ["another's token", credentialsOf("ranker", "reader-token"), 16, "Invalid auth token"],
    ["an empty token", credentialsOf("ranker", ""), 16, "Invalid auth token"],
    ["an old token past its time", credentialsOf("rotated", "older"), 16, "Invalid auth token"],
  ])("refuses %s", async (_, headers, code, text) => {
    expect(await failureOf(client.call(method, undefined, headers))).toEqual([code, text]);
    expect(api.engine.calls).toEqual([]);
  });

  test("is UNAVAILABLE before the registry is loaded", async () => {
    api.setSnapshot(undefined);
    const failure = await failureOf(client.call(method, undefined, credentialsOf("ranker")));
    expect(failure).toEqual([14, "the registry has not been loaded yet"]);
  });

  test.each(["new", "old"])("admits the %s token of a rotation", async (token) => {
    await client.call(method, undefined, credentialsOf("rotated", token));
  });
});

describe("access", () => {
  test.each([
    ["reader", RETRIEVE_METHOD, undefined],
    ["reader", RETRIEVE_DECODED_METHOD, undefined],
    ["reader", PERSIST_METHOD, "caller 'reader' has no write access"],
    ["reader", DESCRIBE_METHOD, undefined],
    ["writer", RETRIEVE_METHOD, "caller 'writer' has no read access"],
    ["writer", RETRIEVE_DECODED_METHOD, "caller 'writer' has no read access"],
    ["writer", PERSIST_METHOD, undefined],
    ["writer", DESCRIBE_METHOD, undefined],
    ["nobody", DESCRIBE_METHOD, "caller 'nobody' has no read or write access"],
  ])("%s calls %s", async (caller, method, refusal) => {
    const call = client.call(method, undefined, credentialsOf(caller));
    if (refusal === undefined) await call;
    else expect(await failureOf(call)).toEqual([7, refusal]);
  });

  test("the engine is told who calls and which entities are in scope", async () => {
    await client.call(RETRIEVE_METHOD, Buffer.from("q"), credentialsOf("scoped"), {
      deadline: Date.now() + 5_000,
    });
    const [call] = api.engine.calls;
    expect(call?.method).toBe("retrieve");
    expect(Buffer.from(call?.request ?? []).toString()).toBe("q");
    expect(call?.context.callerId).toBe("scoped");
    expect(call?.context.entities).toEqual(new Set(["user"]));
    expect(call?.context.deadlineMs).toBeLessThan(Date.now() + 5_001);
    expect(call?.context.signal?.aborted).toBe(false);
  });
});

test("cells answered by defaults are told in the trailers", async () => {
  api.engine.answer = async () => ({ response: Buffer.from("r"), degradedCellCount: 3 });
  const reply = await client.call(RETRIEVE_METHOD, undefined, credentialsOf("ranker"));
  expect(reply.response.toString()).toBe("r");
  expect(reply.trailers.get("ofs-degraded-cells")).toEqual(["3"]);
  api.engine.answer = () => ({ response: Buffer.from("r"), degradedCellCount: 0 });
  const healthy = await client.call(RETRIEVE_METHOD, undefined, credentialsOf("ranker"));
  expect(healthy.trailers.get("ofs-degraded-cells")).toEqual([]);
});

test("the engine gets the memory of its answer back", async () => {
  const released: Uint8Array[] = [];
  const release = (response: Uint8Array): void => void released.push(response);
  for (const degradedCellCount of [0, 3]) {
    const response = Buffer.from("r");
    api.engine.answer = () => ({ response, degradedCellCount, release });
    await client.call(RETRIEVE_METHOD, undefined, credentialsOf("ranker"));
    expect(released.splice(0)).toEqual([response]);
  }
});

test("calls beyond the limit are refused; the place is free again after an answer or a fault", async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let enteredCount = 0;
  let onBothEntered: () => void = () => undefined;
  const bothEntered = new Promise<void>((resolve) => {
    onBothEntered = resolve;
  });
  api.engine.persisted = async () => {
    enteredCount += 1;
    if (enteredCount === 2) onBothEntered();
    await held;
    if (enteredCount === 2) throw new FeatureStoreError("UNAVAILABLE", "store is down");
    return new Uint8Array(0);
  };
  const persist = () => client.call(PERSIST_METHOD, undefined, credentialsOf("ranker"));
  const first = failureOf(persist());
  const second = failureOf(persist());
  await bothEntered;
  const text = "too many requests in flight: the limit MAX_IN_FLIGHT is 2";
  expect(await failureOf(persist())).toEqual([8, text]);
  expect(await api.series("ofs_grpc_server_requests_in_flight")).toBe("2");
  release();
  expect(await first).toEqual([14, "store is down"]);
  await second;
  await persist();
  expect(await api.series("ofs_grpc_server_requests_in_flight")).toBe("0");
});

describe("metrics", () => {
  const counter = (method: string, caller: string, status: string) =>
    `ofs_grpc_server_requests_total{method="${method}",caller_id="${caller}",status="${status}"}`;

  test("count answers and faults by method, caller and status", async () => {
    await client.call(RETRIEVE_METHOD, undefined, credentialsOf("ranker"));
    await client.call(RETRIEVE_METHOD, undefined, credentialsOf("ranker"));
    api.engine.answer = () => {
      throw new FeatureStoreError("NOT_FOUND", "invalid entity x");
    };
    await failureOf(client.call(RETRIEVE_METHOD, undefined, credentialsOf("ranker")));
    api.engine.answer = () => Promise.reject(new TypeError("bug"));
    await failureOf(client.call(RETRIEVE_METHOD, undefined, credentialsOf("ranker")));
    expect(await api.series(counter(RETRIEVE_METHOD, "ranker", "OK"))).toBe("2");
    expect(await api.series(counter(RETRIEVE_METHOD, "ranker", "NotFound"))).toBe("1");
    expect(await api.series(counter(RETRIEVE_METHOD, "ranker", "Internal"))).toBe("1");
    expect(
      await api.series(
        `ofs_grpc_server_request_latency_seconds_count{method="${RETRIEVE_METHOD}",caller_id="ranker",status="OK"}`,
      ),
    ).toBe("2");
  });

  test("count refused calls; a caller that is not known is never a label", async () => {
    await failureOf(client.call(RETRIEVE_METHOD));
    await failureOf(client.call(RETRIEVE_METHOD, undefined, credentialsOf("stranger")));
    await failureOf(client.call(RETRIEVE_METHOD, undefined, credentialsOf("ranker", "wrong")));
    await failureOf(client.call(RETRIEVE_METHOD, undefined, credentialsOf("writer")));
    expect(await api.series(counter(RETRIEVE_METHOD, "unknown", "InvalidArgument"))).toBe("1");
    expect(await api.series(counter(RETRIEVE_METHOD, "unknown", "Unauthenticated"))).toBe("2");
    expect(await api.series(counter(RETRIEVE_METHOD, "writer", "PermissionDenied"))).toBe("1");
    expect(await api.metrics.metrics()).not.toContain("stranger");
  });

  test("an answer after the deadline counts as what the caller saw", async () => {
    let release: () => void = () => undefined;
    api.engine.answer = () =>
      new Promise((resolve) => {
        release = () => resolve({ response: new Uint8Array(0), degradedCellCount: 0 });
      });
    const deadline = Date.now() + 50;
    const call = client.call(RETRIEVE_METHOD, undefined, credentialsOf("ranker"), { deadline });
    expect((await failureOf(call))[0]).toBe(4);
    // The server counts from the arrival of the call, so its deadline is a little later than the caller's.
    const serverDeadlineMs = api.engine.calls.at(-1)?.context.deadlineMs ?? 0;
    while (Date.now() <= serverDeadlineMs) await new Promise((turn) => setImmediate(turn));
    release();
    await new Promise((turn) => setImmediate(turn));
    expect(await api.series(counter(RETRIEVE_METHOD, "ranker", "DeadlineExceeded"))).toBe("1");
  });
});

describe("a failure of ours", () => {
  const KEPT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  function logged(): object[] {
    const lines = api.lines.filter((line) => line.includes("a call failed unexpectedly"));
    return lines.map((line) => JSON.parse(line));
  }

  test("is logged once, with its trace where there is one, and is no text for callers", async () => {
    api.engine.answer = () => {
      throw new TypeError("secret detail");
    };
    const call = (headers: Record<string, string>) =>
      failureOf(
        client.call(RETRIEVE_METHOD, Buffer.alloc(0), { ...credentialsOf("ranker"), ...headers }),
      );
    expect(await call({ traceparent: KEPT })).toEqual([13, "internal error"]);
    expect(await call({ traceparent: KEPT.replace(/1$/, "0") })).toEqual([13, "internal error"]);
    expect(await call({})).toEqual([13, "internal error"]);
    const [traced, ...others] = logged();
    const { spanId, traceId } = api.tracer.spans[0] ?? {};
    const about = { method: RETRIEVE_METHOD, err: { type: "TypeError", message: "secret detail" } };
    expect(traced).toMatchObject({ ...about, trace_id: traceId, span_id: spanId });
    expect(others).toMatchObject([about, about]);
    for (const line of others) {
      expect(line).not.toHaveProperty("trace_id");
      expect(line).not.toHaveProperty("span_id");
    }
    expect(api.tracer.spans).toHaveLength(1);
  });

  test("that was told by its code is logged as well; what the world failed at is not", async () => {
    const call = () =>
      failureOf(client.call(RETRIEVE_METHOD, Buffer.alloc(0), credentialsOf("ranker")));
    api.engine.answer = () => Promise.reject(new FeatureStoreError("INTERNAL", "no such plan"));
    expect(await call()).toEqual([13, "no such plan"]);
    expect(logged()).toMatchObject([{ err: { message: "no such plan" } }]);
    api.engine.answer = () => Promise.reject(new FeatureStoreError("UNAVAILABLE", "no store"));
    expect(await call()).toEqual([14, "no store"]);
    expect(logged()).toHaveLength(1);
  });
});
