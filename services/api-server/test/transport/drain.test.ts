import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { UnaryReply } from "@ofs/platform";
import { KeptConnection, starve, waitUntil } from "@ofs/testkit";
import { afterEach, describe, expect, test } from "vitest";
import type { Front } from "../../src/front.ts";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import { ECHO, openerOver, TRANSPORTS } from "../support/test-front.ts";

/** Of connections that are kept for a next request. */
const LINGER_IS_OVER_MS = 1_200;

describe.each(TRANSPORTS)("%s", (transport) => {
  const openTestFront = openerOver(transport);
  const HELD = "/test.Service/Held";

  const clients: RawClient[] = [];

  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });

  function connectTo(port: number): RawClient {
    const client = new RawClient(port);
    clients.push(client);
    return client;
  }

  /** A handler whose calls wait until they are released. */
  function gate() {
    const waiting: (() => void)[] = [];
    let onEntered: () => void = () => undefined;
    return {
      handler: (): Promise<UnaryReply> =>
        new Promise((resolve) => {
          waiting.push(() => resolve({ response: Buffer.from("done") }));
          onEntered();
        }),
      /** Resolves when `count` calls wait. */
      entered: (count: number): Promise<void> =>
        new Promise((resolve) => {
          onEntered = () => {
            if (waiting.length >= count) resolve();
          };
          onEntered();
        }),
      release(): void {
        for (const resume of waiting.splice(0)) resume();
      },
    };
  }

  test("calls in flight are answered, new ones find nobody", async () => {
    const { handler, entered, release } = gate();
    const { front, port } = await openTestFront({ [HELD]: handler });
    const client = connectTo(port);
    const calls = Array.from({ length: 20 }, () => client.call(HELD));
    await entered(20);
    const drained = front.drain(AbortSignal.timeout(5_000));
    const late = await failureOf(connectTo(port).call(ECHO));
    expect(late[0]).toBe(14);
    release();
    const replies = await Promise.all(calls);
    expect(replies.map((reply) => reply.response.toString())).toEqual(Array(20).fill("done"));
    expect(await drained).toBe(true);
  });

  test("under load no call that was accepted is lost", async () => {
    const { front, port } = await openTestFront({
      [HELD]: async (call) => {
        await new Promise((turn) => setImmediate(turn));
        return { response: call.request };
      },
    });
    let okCount = 0;
    const codes = new Set<number>();
    let isDraining = false;
    const worker = async (client: RawClient): Promise<void> => {
      while (codes.size === 0 || !isDraining) {
        try {
          await client.call(HELD, Buffer.from("x"));
          okCount += 1;
        } catch (error) {
          codes.add((error as { code: number }).code);
          return;
        }
      }
    };
    const shared = [connectTo(port), connectTo(port)];
    const workers = Array.from({ length: 16 }, (_, index) =>
      worker(shared[index % 2] as RawClient),
    );
    while (okCount < 200) await new Promise((turn) => setImmediate(turn));
    isDraining = true;
    expect(await front.drain(AbortSignal.timeout(5_000))).toBe(true);
    await Promise.all(workers);
    // Refused before they reached the server; never cut off half way (CANCELLED, INTERNAL).
    expect([...codes]).toEqual([14]);
  });

  test("a client that does not hang up is cut once its calls are answered", async () => {
    const { front, port } = await openTestFront();
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => socket.destroy());
    const emptySettings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), emptySettings]));
    // The server has answered; the client reads neither that nor GOAWAY nor the end of the connection.
    await once(socket, "readable");
    expect(await front.drain(AbortSignal.timeout(8_000))).toBe(true);
    socket.destroy();
  });

  test("connections that do not end in time are cut", async () => {
    const { handler, entered } = gate();
    const { front, port } = await openTestFront({ [HELD]: handler });
    const call = connectTo(port).call(HELD);
    await entered(1);
    const failed = failureOf(call);
    expect(await front.drain(AbortSignal.timeout(20))).toBe(false);
    expect([1, 13, 14]).toContain((await failed)[0]);
  });

  test("an HTTP request in flight is answered and its connection closed", async () => {
    const { handler, entered, release } = gate();
    const { front, port } = await openTestFront({}, {}, () => ({
      httpRoutes: new Map([
        [
          "/held",
          {
            methods: ["GET"] as const,
            async handle() {
              const { response } = await handler();
              return { status: 200, contentType: "text/plain", body: String(response) };
            },
          },
        ],
      ]),
    }));
    const request = get({ port, host: "127.0.0.1", path: "/held" });
    const answered = once(request, "response") as Promise<[IncomingMessage]>;
    await entered(1);
    const drained = front.drain(AbortSignal.timeout(5_000));
    release();
    const [response] = await answered;
    expect(response.headers.connection).toBe("close");
    response.resume();
    expect(await drained).toBe(true);
  });

  test("an idle HTTP connection gets its next request answered, and is closed then", async () => {
    const { front, port } = await openTestFront();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await health(port, agent);
    expect(first.headers.connection).toBe("keep-alive");
    const drained = front.drain(AbortSignal.timeout(5_000));
    const second = await health(port, agent);
    expect([second.statusCode, second.headers.connection]).toEqual([200, "close"]);
    expect(await drained).toBe(true);
    agent.destroy();
  });

  test("a request that came while the process had no core is answered", async () => {
    const { front, port } = await openTestFront();
    const client = await KeptConnection.open(port);
    client.send("/health/self");
    await client.answer();
    await expectAnswerOf(client, front);
  });

  test("first bytes that came while the process had no core are served", async () => {
    const { front, port, metrics } = await openTestFront();
    const client = await KeptConnection.open(port);
    const isAccepted = async () => /^ofs_connections 1$/m.test(await metrics.metrics());
    await waitUntil(isAccepted, { what: "the connection to be accepted" });
    await expectAnswerOf(client, front);
  });

  test("idle HTTP connections without another request do not hold the drain up", async () => {
    const { front, port } = await openTestFront();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await health(port, agent);
    expect(await front.drain(AbortSignal.timeout(5_000))).toBe(true);
    agent.destroy();
  });

  test("a connection whose first bytes come after the drain has begun is served", async () => {
    const { front, port, metrics } = await openTestFront();
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    while (!/^ofs_connections 1$/m.test(await metrics.metrics())) {
      await new Promise((turn) => setImmediate(turn));
    }
    const drained = front.drain(AbortSignal.timeout(5_000));
    socket.write("GET /health/self HTTP/1.1\r\nhost: x\r\n\r\n");
    const [chunk] = (await once(socket, "data")) as [Buffer];
    expect(chunk.toString()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close/i);
    expect(await drained).toBe(true);
    socket.destroy();
  });

  /** Drains the front; the request comes meanwhile, and the process has no core until all connections have had their time. */
  async function expectAnswerOf(client: KeptConnection, front: Front): Promise<void> {
    const drained = front.drain(AbortSignal.timeout(10_000));
    await pause(50);
    await starve(LINGER_IS_OVER_MS, () => client.send("/health/self"));
    expect(await client.answer()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close/i);
    expect(await drained).toBe(true);
  }

  async function health(port: number, agent: Agent): Promise<IncomingMessage> {
    const request = get({ port, host: "127.0.0.1", path: "/health/self", agent });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    await once(response, "end");
    return response;
  }
});
