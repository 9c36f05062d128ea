import { once } from "node:events";
import { Agent, get as httpGet, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { SharedPort } from "../../src/transport/shared-port.ts";
import { RawClient } from "../support/grpc-client.ts";
import { ECHO, openTestFront, type TestFront } from "../support/test-front.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const EMPTY_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

let opened: TestFront;

beforeEach(async () => {
  opened = await openTestFront();
});

afterEach(async () => {
  await opened.front.drain(AbortSignal.abort());
});

test("gRPC and HTTP/1.1 are served on one port", async () => {
  const client = new RawClient(opened.port);
  const reply = await client.call(ECHO, Buffer.from("hello"));
  expect(reply.response.toString()).toBe("hello");
  const health = await fetch(`http://127.0.0.1:${opened.port}/health/self`);
  expect(await health.json()).toEqual({ message: "true" });
  client.close();
});

test("an HTTP/1.1 connection is kept for the next request", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<number | undefined>();
  for (let round = 0; round < 3; round += 1) {
    const request = httpGet({ port: opened.port, host: "127.0.0.1", path: "/health/self", agent });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    sockets.add(request.socket?.localPort);
    response.resume();
    await once(response, "end");
  }
  expect(sockets.size).toBe(1);
  agent.destroy();
});

test("bytes that arrive one by one are understood", async () => {
  const http = await open(opened.port);
  await sendByteByByte(http, Buffer.from("GET /health/self HTTP/1.1\r\nhost: x\r\n\r\n"));
  expect(await firstBytes(http)).toMatch(/^HTTP\/1.1 200 OK/);
  http.destroy();
  const http2 = await open(opened.port);
  await sendByteByByte(http2, Buffer.concat([Buffer.from(PREFACE), EMPTY_SETTINGS]));
  // A SETTINGS frame (type 4) on stream 0.
  expect([...Buffer.from(await firstBytes(http2), "latin1").subarray(3, 4)]).toEqual([4]);
  http2.destroy();
});

describe("bad peers", () => {
  test.each([
    ["garbage", Buffer.from([0, 1, 2, 3, 255, 254, 13, 10, 13, 10])],
    ["a TLS hello", Buffer.from("16030100c8010000c40303", "hex")],
    ["half a preface and garbage", Buffer.from("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\nyyyyyyyyyyy")],
    ["a preface and a broken frame", Buffer.concat([Buffer.from(PREFACE), Buffer.alloc(50, 0xff)])],
  ])("%s ends that connection only", async (_, bytes) => {
    const socket = await open(opened.port);
    socket.resume();
    const closed = once(socket, "close");
    socket.write(bytes);
    await closed;
    const response = await fetch(`http://127.0.0.1:${opened.port}/health/self`);
    expect(response.status).toBe(200);
  });

  test("a peer that says nothing is cut after the time for the first bytes", async () => {
    const faults: string[] = [];
    const port = await listenAlone({ firstBytesTimeoutMs: 20, onFault: (f) => faults.push(f) });
    const socket = await open(port.port);
    socket.write("P");
    await once(socket.resume(), "close");
    expect(faults).toEqual(["silent"]);
    await port.stopAccepting();
  });

  test("a peer that resets is forgotten", async () => {
    const port = await listenAlone({});
    const socket = await open(port.port);
    socket.write("P");
    await accepted(port);
    socket.resetAndDestroy();
    while (port.connectionCount > 0) await new Promise((turn) => setImmediate(turn));
    await port.stopAccepting();
  });

  test("connections beyond the limit are closed and counted", async () => {
    const faults: string[] = [];
    const port = await listenAlone({ maxConnections: 1, onFault: (f) => faults.push(f) });
    const first = await open(port.port);
    const second = connect(port.port, "127.0.0.1");
    second.on("error", () => second.destroy());
    await once(second.resume(), "close");
    expect(faults).toEqual(["too-many"]);
    first.destroy();
    await port.stopAccepting();
  });
});

test("a head of an HTTP request that never ends is refused in time", async () => {
  const { HttpServer } = await import("../../src/http/http-server.ts");
  const { createLogger } = await import("@ofs/platform");
  const log = createLogger({ service: "t", level: "DISABLED" });
  const server = new HttpServer(new Map(), { log, headersTimeoutMs: 50 });
  const port = await listenAlone({ onHttp1: (socket) => server.accept(socket) });
  const socket = await open(port.port);
  socket.write("GET / HTTP/1.1\r\nx-slow: ");
  expect(await firstBytes(socket)).toMatch(/^HTTP\/1.1 408/);
  socket.destroy();
  await Promise.all([port.stopAccepting(), server.drain()]);
});

test("stopping closes connections that have not said anything", async () => {
  const port = await listenAlone({});
  const socket = await open(port.port);
  const closed = once(socket.resume(), "close");
  await accepted(port);
  await Promise.all([port.stopAccepting(), port.whenClosed(), closed]);
  expect(port.connectionCount).toBe(0);
});

describe("connections that another process hands over", () => {
  /** A source that hands over what it accepts itself. */
  async function openSource(options: Partial<Parameters<typeof SharedPort.listen>[0]>) {
    let take: (socket: Socket) => boolean = () => false;
    const outcomes: boolean[] = [];
    const listener = createServer((socket) => {
      const isTaken = take(socket);
      outcomes.push(isTaken);
      if (!isTaken) socket.destroy();
    });
    listener.listen(0, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address() as AddressInfo;
    const port = await listenAlone({
      source: {
        port: address.port,
        onConnection: (taker) => {
          take = taker;
        },
      },
      ...options,
    });
    return { port, outcomes, close: () => listener.close() };
  }

  test("are served like its own, up to the limit, and not while it stops", async () => {
    const http: Socket[] = [];
    const source = await openSource({ maxConnections: 1, onHttp1: (socket) => http.push(socket) });
    const first = await open(source.port.port);
    first.write("GET / HTTP/1.1\r\n\r\n");
    while (http.length === 0) await new Promise((turn) => setImmediate(turn));
    const second = await open(source.port.port);
    await once(second.resume(), "close");
    http[0]?.destroy();
    await source.port.whenClosed();
    await source.port.stopAccepting();
    const third = await open(source.port.port);
    await once(third.resume(), "close");
    expect(source.outcomes).toEqual([true, false, false]);
    first.destroy();
    source.close();
  });
});

test("a taken port is an error at start", async () => {
  await expect(openTestFront({}, { port: opened.port })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
});

function listenAlone(
  options: Partial<Parameters<typeof SharedPort.listen>[0]>,
): Promise<SharedPort> {
  return SharedPort.listen({
    host: "127.0.0.1",
    port: 0,
    tls: undefined,
    firstBytesTimeoutMs: 5_000,
    maxConnections: 10,
    onHttp1: (socket) => socket.destroy(),
    onHttp2: (socket) => socket.destroy(),
    onFault: () => undefined,
    ...options,
  });
}

/** Resolves when the server has seen a connection: the client's side may be ahead of it. */
async function accepted(port: SharedPort): Promise<void> {
  while (port.connectionCount === 0) await new Promise((turn) => setImmediate(turn));
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

async function sendByteByByte(socket: Socket, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    await new Promise<void>((resolve) => socket.write(Buffer.from([byte]), () => resolve()));
    await new Promise((turn) => setImmediate(turn));
  }
}

async function firstBytes(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, "data")) as [Buffer];
  return chunk.toString("latin1");
}
