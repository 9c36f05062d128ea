import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect, createServer, type Socket } from "node:net";
import { createLogger, type UnaryHandler } from "@ofs/platform";
import { waitUntil } from "@ofs/testkit";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RpcServer } from "../../src/transport/rpc-server.ts";
import { SharedPort } from "../../src/transport/shared-port.ts";
import { RawClient } from "../support/grpc-client.ts";
import { createRpcServer, TRANSPORTS } from "../support/test-front.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  /*
   * An exception that escapes here would end the process: the test run reports it as an error of its own.
   */

  const ECHO = "/test.Service/Echo";
  const SLOW = "/test.Service/Slow";
  const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  const { OFS_PROPERTY_RUNS = "60" } = process.env;
  const MAX_RUNS = 30_000;
  const GONE_TIMEOUT_MS = 60_000;

  let server: RpcServer;
  let port: SharedPort;

  beforeEach(async () => {
    server = createRpcServer(
      transport,
      new Map<string, UnaryHandler>([
        [ECHO, (call) => ({ response: call.request })],
        [
          SLOW,
          (call) =>
            new Promise((resolve) => {
              call.signal.addEventListener("abort", () => resolve({ response: call.request }));
            }),
        ],
      ]),
      {
        maxRequestBytes: 10_000,
        maxConcurrentStreams: 100,
        keepaliveTimeMs: 50,
        keepaliveTimeoutMs: 50,
        log: createLogger({ service: "t", level: "DISABLED" }),
      },
    );
    port = await SharedPort.listen({
      host: "127.0.0.1",
      port: 0,
      tls: undefined,
      firstBytesTimeoutMs: 1_000,
      maxConnections: 1_000,
      onHttp1: (socket) => socket.destroy(),
      onHttp2: (socket) => server.accept(socket),
      onFault: () => undefined,
    });
  });

  afterEach(async () => {
    const closed = port.stopAccepting();
    await server.drain();
    port.destroy();
    await closed;
  });

  async function assertAlive(): Promise<void> {
    const client = new RawClient(port.port);
    const deadline = Date.now() + GONE_TIMEOUT_MS;
    const { response } = await client.call(ECHO, Buffer.from("x"), {}, { deadline });
    expect(response.toString()).toBe("x");
    client.close();
  }

  async function assertAllGone(): Promise<void> {
    const isGone = (): boolean => port.connectionCount === 0;
    const what = "all connections to be gone";
    await waitUntil(isGone, { what, timeoutMs: GONE_TIMEOUT_MS, intervalMs: 2 });
  }

  async function open(): Promise<Socket> {
    const socket = connect(port.port, "127.0.0.1");
    socket.on("error", () => socket.destroy());
    await once(socket, "connect");
    return socket;
  }

  test.each([
    ["of an unknown method", { ":path": "/no/such" }],
    ["of another content type", { "content-type": "text/plain" }],
    ["of a known method", {}],
    ["of a method that waits", { ":path": SLOW, "grpc-timeout": "5S" }],
  ])("a call %s that is reset in the same breath", async (_, extra) => {
    const bytes = withResets(await record([extra]));
    const sockets = await Promise.all(Array.from({ length: 20 }, open));
    for (const socket of sockets) socket.resume().write(bytes);
    await assertAlive();
    for (const socket of sockets) socket.destroy();
    await assertAllGone();
  });

  test("a connection that broke the protocol is noticed to be gone", async () => {
    const socket = await open();
    // A SETTINGS frame on a stream: Node stops reading, and does not tell.
    socket.write(
      Buffer.concat([PREFACE, EMPTY_SETTINGS, Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 1])]),
    );
    await once(socket, "data");
    socket.destroy();
    await assertAllGone();
  });

  test("mutated conversations", async () => {
    const good = await record([
      {},
      { "grpc-timeout": "5S" },
      { "grpc-encoding": "gzip" },
      { "content-type": "text/plain" },
      { ":path": SLOW, "grpc-timeout": "20m" },
      { ":path": "/no/such" },
    ]);
    const mutation = fc.record({
      changes: fc.array(
        fc.tuple(fc.integer({ min: PREFACE.length, max: good.length - 1 }), fc.nat({ max: 255 })),
        { minLength: 1, maxLength: 6 },
      ),
      cut: fc.option(fc.integer({ min: 0, max: good.length }), { nil: good.length }),
      split: fc.integer({ min: 0, max: good.length }),
      isReset: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(mutation, async ({ changes, cut, split, isReset }) => {
        const bytes = Buffer.from(good);
        for (const [index, value] of changes) bytes[index] = value;
        const socket = await open();
        socket.resume();
        socket.write(bytes.subarray(0, Math.min(split, cut)));
        await new Promise((turn) => setImmediate(turn));
        socket.write(bytes.subarray(Math.min(split, cut), cut));
        await new Promise((turn) => setImmediate(turn));
        if (isReset) socket.resetAndDestroy();
        else socket.destroy();
      }),
      { numRuns: Math.min(Number(OFS_PROPERTY_RUNS), MAX_RUNS) },
    );
    await assertAllGone();
    await assertAlive();
  }, 600_000);

  /** The conversation with a RST_STREAM frame (type 3) after each HEADERS frame (type 1). */
  function withResets(conversation: Buffer): Buffer {
    const parts = [conversation.subarray(0, PREFACE.length)];
    for (let offset = PREFACE.length; offset < conversation.length; ) {
      const end = offset + 9 + conversation.readUIntBE(offset, 3);
      const frame = conversation.subarray(offset, end);
      parts.push(frame);
      if (frame[3] === 1) {
        const streamId = frame.subarray(5, 9);
        parts.push(Buffer.from([0, 0, 4, 3, 0]), streamId, Buffer.from([0, 0, 0, 8]));
      }
      offset = end;
    }
    return Buffer.concat(parts);
  }

  /** What a client sends that makes such calls, one after the other. */
  async function record(calls: readonly Record<string, string>[]): Promise<Buffer> {
    const sent: Buffer[] = [];
    const tap = createServer((client) => {
      const upstream = connect(port.port, "127.0.0.1");
      client.on("data", (chunk: Buffer) => {
        sent.push(chunk);
        upstream.write(chunk);
      });
      upstream.on("data", (chunk: Buffer) => client.write(chunk));
      client.on("error", () => client.destroy());
      upstream.on("error", () => upstream.destroy());
      client.on("close", () => upstream.destroy());
    });
    tap.listen(0, "127.0.0.1");
    await once(tap, "listening");
    const { port: tapPort } = tap.address() as { port: number };
    const session = connectHttp2(`http://127.0.0.1:${tapPort}`);
    session.on("error", () => session.destroy());
    for (const extra of calls) {
      const stream = session.request({
        ":method": "POST",
        ":path": ECHO,
        "content-type": "application/grpc",
        te: "trailers",
        ...extra,
      });
      stream.on("error", () => stream.destroy());
      stream.resume();
      stream.end(Buffer.alloc(20));
      await once(stream, "close");
    }
    session.destroy();
    await new Promise((resolve) => tap.close(resolve));
    return Buffer.concat(sent);
  }
});
