import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { status } from "@grpc/grpc-js";
import type { UnaryHandler, UnaryReply } from "@ofs/platform";
import { afterEach, describe, expect, test } from "vitest";
import { RETRIEVE_METHOD } from "../../src/routes/feature-routes.ts";
import { CallQueue, OVERLOAD_TEXT } from "../../src/transport/call-queue.ts";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import { credentialsOf, openTestApi, readerOf, type TestApi } from "../support/test-api.ts";
import { ECHO, openerOver, type TestFront, TRANSPORTS } from "../support/test-front.ts";

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A queue that says what the test tells it to. */
class StubbornQueue extends CallQueue {
  isFull = false;

  override get length(): number {
    return this.isFull ? 1 : 0;
  }

  override admits(): boolean {
    return !this.isFull;
  }
}

describe.each(TRANSPORTS)("%s", (transport) => {
  const openTestFront = openerOver(transport);

  async function openOverloaded(): Promise<{
    opened: TestFront;
    queue: StubbornQueue;
    client: RawClient;
  }> {
    const queue = new StubbornQueue({ maxWaitMs: 1 });
    const opened = await openTestFront({}, {}, () => ({ queue }));
    const client = new RawClient(opened.port);
    closing.push(
      () => opened.front.drain(AbortSignal.timeout(2_000)),
      () => client.close(),
    );
    return { opened, queue, client };
  }

  test("an overloaded server refuses calls, and serves health, reflection's port and metrics", async () => {
    const { opened, queue, client } = await openOverloaded();
    queue.isFull = true;
    const calls = Array.from({ length: 200 }, () =>
      failureOf(client.call(ECHO, Buffer.alloc(100_000))),
    );
    for (const failure of await Promise.all(calls)) {
      expect(failure).toEqual([status.RESOURCE_EXHAUSTED, OVERLOAD_TEXT]);
    }
    await client.call("/grpc.health.v1.Health/Check");
    for (const path of ["/health/self", "/ready", "/metrics"]) {
      expect((await fetch(`http://127.0.0.1:${opened.port}${path}`)).status).toBe(200);
    }
    const metrics = await fetch(`http://127.0.0.1:${opened.port}/metrics`);
    expect(await metrics.text()).toMatch(/^ofs_overload_waiting 1$/m);
    queue.isFull = false;
    expect((await client.call(ECHO, Buffer.from("x"))).response.toString()).toBe("x");
  });

  test("a connection has no more calls open than MAX_CONCURRENT_STREAMS", async () => {
    const maxConcurrentStreams = 3;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let openCount = 0;
    let mostOpen = 0;
    const hold: UnaryHandler = async (call) => {
      openCount += 1;
      mostOpen = Math.max(mostOpen, openCount);
      await held;
      openCount -= 1;
      return { response: call.request };
    };
    const opened = await openTestFront({ "/test.Service/Hold": hold }, { maxConcurrentStreams });
    const session = connectHttp2(`http://127.0.0.1:${opened.port}`);
    closing.push(
      () => opened.front.drain(AbortSignal.timeout(2_000)),
      () => session.destroy(),
    );
    await once(session, "remoteSettings");
    expect(session.remoteSettings.maxConcurrentStreams).toBe(maxConcurrentStreams);
    const client = new RawClient(opened.port);
    closing.push(() => client.close());
    const calls = Array.from({ length: 10 }, () => client.call("/test.Service/Hold"));
    while (openCount < maxConcurrentStreams) await new Promise((turn) => setImmediate(turn));
    release();
    await Promise.all(calls);
    expect(mostOpen).toBe(maxConcurrentStreams);
  });

  test("over HTTP, too: 429 with the reason, before the body is read", async () => {
    const queue = new StubbornQueue({ maxWaitMs: 1 });
    const api = await openTestApi([readerOf("ranker")], 10, queue, transport);
    closing.push(() => api.front.drain(AbortSignal.timeout(2_000)));
    const post = () =>
      fetch(`http://127.0.0.1:${api.port}/api/v1/features/retrieve`, {
        method: "POST",
        headers: credentialsOf("ranker"),
        body: "{}",
      });
    queue.isFull = true;
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: OVERLOAD_TEXT });
    expect(api.engine.calls).toEqual([]);
    queue.isFull = false;
    expect((await post()).status).toBe(200);
  });

  test("at five times MAX_IN_FLIGHT exactly the excess is refused, without waiting for what is held", async () => {
    const max = 50;
    const api: TestApi = await openTestApi([readerOf("ranker")], max, undefined, transport);
    const client = new RawClient(api.port);
    closing.push(
      () => api.front.drain(AbortSignal.timeout(2_000)),
      () => client.close(),
    );
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    api.engine.answer = async () => {
      await held;
      return { response: Buffer.from("r"), degradedCellCount: 0 };
    };
    const call = (): Promise<UnaryReply | unknown> =>
      client.call(RETRIEVE_METHOD, Buffer.alloc(1_000), credentialsOf("ranker"));
    for (let round = 0; round < 3; round++) {
      const good: unknown[] = [];
      const refused: [number, string][] = [];
      const calls = Array.from({ length: 5 * max }, () =>
        call().then(
          (reply) => good.push(reply),
          (error: { code: number; details: string }) => refused.push([error.code, error.details]),
        ),
      );
      const heldCalls = max * (round === 0 ? 1 : 0);
      while (refused.length < 4 * heldCalls) await new Promise((turn) => setImmediate(turn));
      if (round === 0) {
        expect(good).toHaveLength(0);
        expect(await api.series("ofs_grpc_server_requests_in_flight")).toBe(String(max));
        const text = `too many requests in flight: the limit MAX_IN_FLIGHT is ${max}`;
        expect(refused).toEqual(refused.map(() => [status.RESOURCE_EXHAUSTED, text]));
      }
      release();
      await Promise.all(calls);
      if (round === 0) expect([good.length, refused.length]).toEqual([max, 4 * max]);
      expect(await api.series("ofs_grpc_server_requests_in_flight")).toBe("0");
    }
    await call();
  });
});
