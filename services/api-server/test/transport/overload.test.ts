import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { status } from "@grpc/grpc-js";
import type { UnaryHandler, UnaryReply } from "@ofs/platform";
import { seededRandom } from "@ofs/testkit";
import { afterEach, describe, expect, test } from "vitest";
import { RETRIEVE_METHOD } from "../../src/routes/feature-routes.ts";
import {
  type LoadSeen,
  nextLimit,
  nextShare,
  OVERLOAD_TEXT,
  OverloadGuard,
} from "../../src/transport/overload-guard.ts";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import { credentialsOf, openTestApi, readerOf, type TestApi } from "../support/test-api.ts";
import { ECHO, openerOver, type TestFront, TRANSPORTS } from "../support/test-front.ts";

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A guard that says what the test tells it to. */
class StubbornGuard extends OverloadGuard {
  isFull = false;
  readonly entered: number[] = [];
  readonly left: number[] = [];

  override enter(): number | undefined {
    if (this.isFull) return undefined;
    this.entered.push(this.entered.length);
    return this.entered.length - 1;
  }

  override leave(enteredAtMs: number): void {
    this.left.push(enteredAtMs);
  }
}

const busy = (seen: Partial<LoadSeen>): LoadSeen => {
  return { utilization: 1, openCount: 500, meanMs: 200, queueMs: 100, ...seen };
};

test.each([
  ["no limit while calls are in time", Number.POSITIVE_INFINITY, busy({ meanMs: 100 }), Infinity],
  ["what would have been in time", Number.POSITIVE_INFINITY, busy({}), 250],
  ["less while calls are late", 100, busy({}), 90],
  ["more while they are in time", 100, busy({ meanMs: 50 }), 102],
  ["the same while none ends", 100, busy({ meanMs: undefined }), 100],
  ["much more while there is idle time", 100, busy({ utilization: 0.5 }), 111],
  ["none after it has grown", 99_999, busy({ utilization: 0.5 }), Infinity],
  ["no limit, idle", Number.POSITIVE_INFINITY, busy({ utilization: 0.5 }), Infinity],
  ["never so few that nothing moves", 4, busy({ meanMs: 60_000 }), 4],
])("the limit becomes %s", (_, limit, seen, expected) => {
  expect(nextLimit(limit, seen)).toBe(expected);
});

test("a guard that is off, and one that has seen nothing, let everyone in", () => {
  for (const queueMs of [0, 100]) {
    const guard = new OverloadGuard({ queueMs });
    const entered = Array.from({ length: 1_000 }, () => guard.enter());
    expect(entered).not.toContain(undefined);
    expect(guard.openCount).toBe(1_000);
    for (const atMs of entered) guard.leave(atMs as number);
    expect([guard.openCount, guard.refusedCount]).toEqual([0, 0]);
  }
});

test("a process without idle time refuses what would come too late, and lets all in when it is idle again", async () => {
  const guard = new OverloadGuard({ queueMs: 20, random: () => 0 });
  const open: number[] = [];
  const startedAtMs = performance.now();
  // Busy: each turn of the loop is spent, and calls stay open longer than is allowed.
  while (performance.now() - startedAtMs < 5_000 && guard.refusedCount === 0) {
    for (let call = 0; call < 20; call++) {
      const enteredAtMs = guard.enter();
      if (enteredAtMs !== undefined) open.push(enteredAtMs);
    }
    const turnAtMs = performance.now();
    while (performance.now() - turnAtMs < 10);
    if (open.length > 200) guard.leave(open.shift() as number);
    await new Promise((turn) => setImmediate(turn));
  }
  expect(guard.refusedCount).toBeGreaterThan(0);
  for (const enteredAtMs of open) guard.leave(enteredAtMs);
  expect(guard.openCount).toBe(0);
  expect(guard.enter()).toBeDefined();
});

describe.each(TRANSPORTS)("%s", (transport) => {
  const openTestFront = openerOver(transport);
  test.each([
    ["all while turns are short", 1, 10, 50, 1],
    ["less after a long turn", 1, 12.5, 50, 0.8],
    ["half at most after a very long one", 0.8, 1_000, 50, 0.4],
    ["never nearly none", 0.01, 1_000, 50, 0.01],
    ["more after a short one", 0.5, 1, 50, 0.51],
    ["no less because of a few dear calls", 1, 1_000, 4, 1],
  ])("the share that is let in becomes %s", (_, share, turnMs, calls, expected) => {
    expect(nextShare(share, { turnMs, calls, queueMs: 100 })).toBeCloseTo(expected, 10);
  });

  test("calls that are answered at once, more than there is time for: some are let in, so that turns are short", async () => {
    const guard = new OverloadGuard({ queueMs: 50, random: seededRandom(1).next });
    const callMs = 1;
    const turns: { ms: number; admittedCount: number }[] = [];
    const startedAtMs = performance.now();
    while (performance.now() - startedAtMs < 2_000) {
      const turnAtMs = performance.now();
      let admittedCount = 0;
      for (let call = 0; call < 40; call++) {
        const enteredAtMs = guard.enter();
        if (enteredAtMs === undefined) continue;
        const callAtMs = performance.now();
        while (performance.now() - callAtMs < callMs);
        guard.leave(enteredAtMs);
        admittedCount += 1;
      }
      turns.push({ ms: performance.now() - turnAtMs, admittedCount });
      await new Promise((turn) => setImmediate(turn));
    }
    const later = turns.slice(-Math.ceil(turns.length / 2));
    const mean = later.reduce((sum, { admittedCount }) => sum + admittedCount, 0) / later.length;
    // 5 ms of 50 are for a turn: about five calls, were the clock exact and nobody else there.
    expect(turns[0]?.admittedCount).toBe(40);
    expect(mean).toBeGreaterThan(0.5);
    expect(mean).toBeLessThan(15);
  });

  async function openOverloaded(): Promise<{
    opened: TestFront;
    guard: StubbornGuard;
    client: RawClient;
  }> {
    const guard = new StubbornGuard({ queueMs: 1 });
    const opened = await openTestFront({}, {}, () => ({ overload: guard }));
    const client = new RawClient(opened.port);
    closing.push(
      () => opened.front.drain(AbortSignal.timeout(2_000)),
      () => client.close(),
    );
    return { opened, guard, client };
  }

  test("an overloaded server refuses calls, and serves health, reflection's port and metrics", async () => {
    const { opened, guard, client } = await openOverloaded();
    guard.isFull = true;
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
    guard.isFull = false;
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

  test("each call that was let in leaves, however it ends", async () => {
    const { guard, client } = await openOverloaded();
    await client.call(ECHO, Buffer.from("x"));
    await failureOf(client.call("/no.such/Method"));
    while (guard.left.length < 2) await new Promise((turn) => setImmediate(turn));
    expect(guard.left).toEqual(guard.entered);
  });

  test("over HTTP, too: 429 with the reason, before the body is read", async () => {
    const guard = new StubbornGuard({ queueMs: 1 });
    const api = await openTestApi([readerOf("ranker")], 10, guard, transport);
    closing.push(() => api.front.drain(AbortSignal.timeout(2_000)));
    const post = () =>
      fetch(`http://127.0.0.1:${api.port}/api/v1/features/retrieve`, {
        method: "POST",
        headers: credentialsOf("ranker"),
        body: "{}",
      });
    guard.isFull = true;
    const refused = await post();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: OVERLOAD_TEXT });
    expect(api.engine.calls).toEqual([]);
    guard.isFull = false;
    expect((await post()).status).toBe(200);
    expect(guard.left).toEqual(guard.entered);
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
