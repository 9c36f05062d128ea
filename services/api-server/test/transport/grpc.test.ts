import { once } from "node:events";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { gzipSync } from "node:zlib";
import { compressionAlgorithms, status } from "@grpc/grpc-js";
import {
  type CancelSignal,
  FeatureStoreError,
  type UnaryCall,
  type UnaryReply,
} from "@ofs/platform";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import { ECHO, openerOver, type TestFront, TRANSPORTS } from "../support/test-front.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const openTestFront = openerOver(transport);
  const SLOW = "/test.Service/Slow";
  const FAIL = "/test.Service/Fail";

  let opened: TestFront;
  let client: RawClient;
  let failure: () => Error;
  /** Settles with each call to SLOW. */
  let slow: (call: UnaryCall) => Promise<UnaryReply>;

  beforeEach(async () => {
    slow = (call) =>
      new Promise((_, reject) => {
        call.signal.addEventListener("abort", () => reject(call.signal.reason as Error));
      });
    opened = await openTestFront(
      {
        [SLOW]: (call) => slow(call),
        [FAIL]: () => {
          throw failure();
        },
      },
      { maxRequestBytes: 1_000 },
    );
    client = new RawClient(opened.port);
  });

  afterEach(async () => {
    client.close();
    await opened.front.drain(AbortSignal.timeout(2_000));
  });

  test("answers bytes with bytes and trailers", async () => {
    slow = async (call) => ({
      response: Buffer.concat([call.request, Buffer.from("!")]),
      trailers: { "ofs-degraded-cells": call.header("x-cells") ?? "none" },
    });
    const reply = await client.call(SLOW, Buffer.from("hello"), { "x-cells": "3" });
    expect(reply.response.toString()).toBe("hello!");
    expect(reply.trailers.get("ofs-degraded-cells")).toEqual(["3"]);
  });

  test("an answer that is a view into a larger buffer is sent exactly", async () => {
    slow = async () => ({ response: new Uint8Array([1, 2, 3, 4]).subarray(1, 3) });
    expect([...(await client.call(SLOW)).response]).toEqual([2, 3]);
  });

  test("an unknown method is UNIMPLEMENTED", async () => {
    const [code, text] = await failureOf(client.call("/retrieve.FeatureService/Nothing"));
    expect(code).toBe(status.UNIMPLEMENTED);
    expect(text).toContain("/retrieve.FeatureService/Nothing");
  });

  describe("errors", () => {
    test("one thrown on purpose keeps its code and text", async () => {
      failure = () => new FeatureStoreError("NOT_FOUND", "invalid entity héros: not found");
      expect(await failureOf(client.call(FAIL))).toEqual([5, "invalid entity héros: not found"]);
      expect(opened.lines).toEqual([]);
    });

    test("any other is INTERNAL with a fixed text, and is logged once with its stack", async () => {
      failure = () => new TypeError("secret detail");
      expect(await failureOf(client.call(FAIL))).toEqual([13, "internal error"]);
      expect(opened.lines).toHaveLength(1);
      expect(JSON.parse(opened.lines[0] ?? "")).toMatchObject({
        method: FAIL,
        err: { message: "secret detail", stack: expect.stringContaining("grpc.test.ts") },
      });
    });

    test("a rejected promise is as good as a thrown error", async () => {
      slow = () => Promise.reject(new FeatureStoreError("UNAVAILABLE", "store 1 is down"));
      expect(await failureOf(client.call(SLOW))).toEqual([14, "store 1 is down"]);
    });

    test("a text that is huge or no text at all is made fit for a header", async () => {
      failure = () => new FeatureStoreError("INVALID_ARGUMENT", `\ud800${"x".repeat(100_000)}`);
      const [code, text] = await failureOf(client.call(FAIL));
      expect(code).toBe(3);
      expect(text).toHaveLength(1_024);
      expect(text.startsWith("\ufffdxxx")).toBe(true);
      expect(text.endsWith("...")).toBe(true);
    });
  });

  describe("size", () => {
    test("a request over the limit is RESOURCE_EXHAUSTED; the connection lives on", async () => {
      const [code] = await failureOf(client.call(ECHO, Buffer.alloc(1_001)));
      expect(code).toBe(status.RESOURCE_EXHAUSTED);
      expect((await client.call(ECHO, Buffer.alloc(1_000))).response).toHaveLength(1_000);
    });

    test("a compressed request is taken", async () => {
      const gzip = new RawClient(opened.port, undefined, {
        "grpc.default_compression_algorithm": compressionAlgorithms.gzip,
      });
      const reply = await gzip.call(ECHO, Buffer.from("abc".repeat(100)));
      expect(reply.response.toString()).toBe("abc".repeat(100));
      gzip.close();
    });

    test("a compressed request that grows over the limit is RESOURCE_EXHAUSTED", async () => {
      const session = connectHttp2(`http://localhost:${opened.port}`);
      const packed = gzipSync(Buffer.alloc(1_000_000));
      const frame = Buffer.alloc(5 + packed.length);
      frame.writeUInt8(1, 0);
      frame.writeUInt32BE(packed.length, 1);
      packed.copy(frame, 5);
      const headers = await post(session, ECHO, frame, { "grpc-encoding": "gzip" });
      expect(headers["grpc-status"]).toBe("8");
      session.close();
    });
  });

  describe("time", () => {
    test("the deadline reaches the handler", async () => {
      let deadlineMs = 0;
      slow = async (call) => {
        deadlineMs = call.deadlineMs;
        return { response: call.request };
      };
      const deadline = Date.now() + 5_000;
      await client.call(SLOW, undefined, {}, { deadline });
      expect(Math.abs(deadlineMs - deadline)).toBeLessThan(1_000);
      await client.call(SLOW);
      expect(deadlineMs).toBe(Number.POSITIVE_INFINITY);
    });

    test("past the deadline the caller has DEADLINE_EXCEEDED and the signal aborts", async () => {
      const aborted = new Promise<unknown>((resolve) => {
        slow = (call) =>
          new Promise((_, reject) => {
            call.signal.addEventListener("abort", () => {
              resolve(call.signal.reason);
              reject(call.signal.reason as Error);
            });
          });
      });
      const call = client.call(SLOW, undefined, {}, { deadline: Date.now() + 300 });
      expect((await failureOf(call))[0]).toBe(status.DEADLINE_EXCEEDED);
      expect(await aborted).toMatchObject({ code: expect.stringMatching(/DEADLINE|CANCELLED/) });
    });

    test("a cancelled call aborts the signal", async () => {
      const entered = new Promise<UnaryCall>((resolve) => {
        const wait = slow;
        slow = (call) => {
          resolve(call);
          return wait(call);
        };
      });
      const session = connectHttp2(`http://localhost:${opened.port}`);
      const stream = openStream(session, SLOW);
      stream.end(Buffer.alloc(5));
      const { signal } = await entered;
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener("abort", resolve);
      });
      stream.close(8);
      await aborted;
      expect(signal.reason).toMatchObject({ code: "CANCELLED" });
      session.destroy();
    });

    test("the signal stays quiet once a call is answered", async () => {
      let signal: CancelSignal | undefined;
      slow = async (call) => {
        signal = call.signal;
        return { response: call.request };
      };
      await client.call(SLOW);
      await client.call(SLOW);
      expect(signal?.aborted).toBe(false);
    });
  });

  describe("odd requests do not end the process", () => {
    test.each([
      ["a path that is no method", { ":path": "/é\u00ff%00?a=b" }, "12"],
      ["a timeout that is no time", { "grpc-timeout": "soon" }, "13"],
      ["an encoding nobody knows", { "grpc-encoding": "brotli" }, "12"],
    ])("%s", async (_, extra, expected) => {
      const session = connectHttp2(`http://localhost:${opened.port}`);
      const frame = Buffer.from([1, 0, 0, 0, 0]);
      const headers = await post(session, ECHO, frame, extra);
      expect(headers["grpc-status"]).toBe(expected);
      session.close();
      expect((await client.call(ECHO, Buffer.from("x"))).response.toString()).toBe("x");
    });

    test("another content type is 415", async () => {
      const session = connectHttp2(`http://localhost:${opened.port}`);
      const headers = await post(session, ECHO, Buffer.alloc(5), { "content-type": "text/plain" });
      expect(headers[":status"]).toBe(415);
      session.close();
    });
  });

  function openStream(
    session: ClientHttp2Session,
    path: string,
    extra: Record<string, string> = {},
  ) {
    return session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...extra,
    });
  }

  /** @returns headers and trailers of the answer together */
  async function post(
    session: ClientHttp2Session,
    path: string,
    body: Buffer,
    extra: Record<string, string> = {},
  ): Promise<Record<string, unknown>> {
    const stream = openStream(session, path, extra);
    let seen = {};
    stream.on("response", (headers) => {
      seen = { ...seen, ...headers };
    });
    stream.on("trailers", (headers) => {
      seen = { ...seen, ...headers };
    });
    stream.resume();
    stream.end(body);
    await once(stream, "close");
    return seen;
  }
});
