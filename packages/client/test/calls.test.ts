import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createClient, OfsClientError } from "@ofs/client";
import { describe, expect, test } from "vitest";
import { FakeServer, failureOf, METHODS, Refusal, type SeenCall } from "./fake-server.ts";
import { RAW, REQUEST, useFakeServer } from "./use-fake-server.ts";

const server = useFakeServer();

/** Holds calls of a method back until the client gives up. */
function holdBack(method: SeenCall["method"]): void {
  server.intercept = async (call) => {
    if (call.method === method) await call.cancelled;
  };
}

/** A way to the server that counts the bytes that clients send. */
async function countBytes(target: string): Promise<{ address: string; stop: () => number }> {
  const [host, port] = target.split(":") as [string, string];
  let count = 0;
  const sockets: Socket[] = [];
  const proxy = createServer((socket) => {
    const onward = connect(Number(port), host);
    sockets.push(socket, onward);
    socket.on("data", (bytes) => {
      count += bytes.length;
    });
    socket.pipe(onward).pipe(socket);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const stop = (): number => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    return count;
  };
  return { address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, stop };
}

describe("deadlines", () => {
  test("are sent with the call: the client's, or the call's own", async () => {
    const client = server.client({ deadlineMs: 20_000 });
    const before = Date.now();
    await client.retrieveRaw(RAW);
    await client.retrieveRaw(RAW, { deadlineMs: 90_000 });
    const [first, second] = server.calls.map(({ deadlineMs }) => deadlineMs - before);
    expect(first).toBeGreaterThan(15_000);
    expect(first).toBeLessThan(25_000);
    expect(second).toBeGreaterThan(85_000);
    client.close();
  });

  test("are five seconds unless told otherwise", async () => {
    const client = server.client();
    const before = Date.now();
    await client.ping();
    const remaining = (server.calls[0]?.deadlineMs ?? 0) - before;
    expect(remaining).toBeGreaterThan(4000);
    expect(remaining).toBeLessThan(6000);
    client.close();
  });

  test.each([
    ["retrieve", METHODS.retrieve],
    ["retrieve", METHODS.describe],
    ["retrieveDecoded", METHODS.decoded],
  ] as const)("end %s that waits for %s", async (name, method) => {
    holdBack(method);
    const client = server.client();
    const error = await failureOf(client[name](REQUEST, { deadlineMs: 30 }));
    expect(error).toMatchObject({ name: "OfsClientError", code: "DEADLINE_EXCEEDED" });
    client.close();
  });

  test("end a persist, whose rows are then not known to be stored", async () => {
    holdBack(METHODS.persist);
    const client = server.client();
    await client.describe();
    const rows = [{ keys: ["1", "x"], values: { scores: { ctr: 1 } } }];
    const error = await failureOf(client.persist({ entity: "user", rows }, { deadlineMs: 60 }));
    expect(error).toMatchObject({ name: "PersistError", code: "DEADLINE_EXCEEDED" });
    client.close();
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 31])("of %d ms are refused", async (deadlineMs) => {
    const client = server.client();
    const error = await failureOf(client.ping({ deadlineMs }));
    expect(error).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect((error as OfsClientError).details).toContain("deadlineMs");
    client.close();
  });
});

describe("cancellation", () => {
  test("reaches the server and rejects with the caller's reason", async () => {
    const client = server.client();
    const abort = new AbortController();
    const cancelled = new Promise<void>((resolve) => {
      server.intercept = async (call) => {
        abort.abort(new Error("user has left"));
        await call.cancelled;
        resolve();
      };
    });
    const error = await failureOf(client.retrieveRaw(RAW, { signal: abort.signal }));
    expect(error).toMatchObject({ code: "CANCELLED", cause: new Error("user has left") });
    await cancelled;
    client.close();
  });

  test("before the call means that nothing is sent", async () => {
    const client = server.client();
    const error = await failureOf(client.retrieve(REQUEST, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: "CANCELLED" });
    expect(server.calls).toHaveLength(0);
    client.close();
  });

  test("of one of two callers that wait for a schema leaves the other alone", async () => {
    const client = server.client();
    const abort = new AbortController();
    let release = (): void => undefined;
    server.intercept = async ({ method }) => {
      if (method !== METHODS.describe) return;
      await new Promise<void>((resolve) => {
        release = resolve;
        abort.abort();
      });
    };
    const given = failureOf(client.retrieve(REQUEST, { signal: abort.signal }));
    const other = client.retrieve(REQUEST);
    expect(await given).toMatchObject({ code: "CANCELLED" });
    release();
    expect((await other).rows).toHaveLength(1);
    expect(server.callsOf(METHODS.describe)).toHaveLength(1);
    client.close();
  });

  test("ends the wait before a retry", async () => {
    const abort = new AbortController();
    server.intercept = () => {
      setImmediate(() => abort.abort());
      throw new Refusal("UNAVAILABLE", "restarting");
    };
    const retry = { attempts: 100, baseDelayMs: 4000, maxDelayMs: 4000 };
    const client = server.client({ retry });
    const error = await failureOf(client.ping({ signal: abort.signal }));
    expect(error).toMatchObject({ code: "CANCELLED" });
    client.close();
  });

  test("a failed batch cancels the others", async () => {
    const client = server.client({ retrieveBatchSize: 1, concurrency: 2 });
    const held: SeenCall[] = [];
    server.intercept = async (call) => {
      if (held.push(call) === 1) await call.cancelled;
      else throw new Refusal("RESOURCE_EXHAUSTED", "too busy");
    };
    const keys = ["1", "2", "3"].map((id) => [id, "Oslo"]);
    const error = await failureOf(client.retrieveRaw({ ...RAW, keys }));
    expect(error).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    await held[0]?.cancelled;
    expect(server.calls).toHaveLength(2);
    client.close();
  });
});

describe("a client", () => {
  test("pings: resolves if the server serves, else UNAVAILABLE", async () => {
    const client = server.client();
    await client.ping();
    server.healthStatus = 2;
    expect(await failureOf(client.ping())).toMatchObject({
      code: "UNAVAILABLE",
      details: "the server's health is NOT_SERVING",
    });
    client.close();
  });

  test("refuses calls once it is closed, and may be closed twice", async () => {
    const client = server.client();
    client.close();
    client.close();
    expect(await failureOf(client.ping())).toMatchObject({
      code: "FAILED_PRECONDITION",
      details: "the client is closed",
    });
  });

  test("says UNAVAILABLE where nobody listens", async () => {
    const gone = await FakeServer.start();
    gone.stop();
    const client = gone.client();
    expect(await failureOf(client.ping())).toMatchObject({ code: "UNAVAILABLE" });
    client.close();
  });

  test("compresses requests when asked to", async () => {
    const keys = Array.from({ length: 50 }, () => ["1", "x".repeat(200)]);
    const sent: number[] = [];
    for (const compression of ["none", "gzip"] as const) {
      const wire = await countBytes(server.address);
      const client = server.client({ address: wire.address, compression });
      expect((await client.retrieveRaw({ ...RAW, keys })).rows).toHaveLength(50);
      client.close();
      sent.push(wire.stop());
    }
    expect(sent[0]).toBeGreaterThan(10_000);
    expect(sent[1]).toBeLessThan(3000);
  });

  test("refuses answers that are larger than it takes", async () => {
    server.column = () => Buffer.alloc(5000);
    const client = server.client({ maxReceiveBytes: 4000 });
    expect(await failureOf(client.retrieveRaw(RAW))).toMatchObject({ code: "RESOURCE_EXHAUSTED" });
    client.close();
  });

  const good = { address: "localhost:1", callerId: "a", callerToken: "b" };
  test.each([
    ["address", { ...good, address: "" }],
    ["callerId", { ...good, callerId: "" }],
    ["callerToken", { ...good, callerToken: undefined as unknown as string }],
    ["callerId and callerToken", { ...good, callerToken: "new\nline" }],
    ["deadlineMs", { ...good, deadlineMs: 0 }],
    ["retrieveBatchSize", { ...good, retrieveBatchSize: 1.5 }],
    ["concurrency", { ...good, concurrency: 0 }],
    ["persistBatchBytes", { ...good, persistBatchBytes: 4 * 1024 * 1024 }],
    ["maxReceiveBytes", { ...good, maxReceiveBytes: -1 }],
    ["schemaRefreshMs", { ...good, schemaRefreshMs: Number.NaN }],
    ["retry.attempts", { ...good, retry: { attempts: 0 } }],
    ["retry.baseDelayMs", { ...good, retry: { baseDelayMs: -1 } }],
    ["retry.maxDelayMs", { ...good, retry: { maxDelayMs: -1 } }],
    ["tls.cert and tls.key", { ...good, tls: { cert: "x" } }],
    ["tls:", { ...good, tls: { cert: "x", key: "y" } }],
  ])("is not made with a bad %s", (name, options) => {
    expect(() => createClient(options)).toThrow(OfsClientError);
    expect(() => createClient(options)).toThrow(name);
  });

  test("never shows the token in an error", () => {
    try {
      createClient({ ...good, callerToken: "top\nsecret" });
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("secret");
      expect(String((error as Error).cause)).not.toContain("secret");
    }
  });
});
