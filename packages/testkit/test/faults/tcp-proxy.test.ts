import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTcpProxy, type TcpProxy } from "../../src/faults/tcp-proxy.ts";
import { waitUntil } from "../../src/wait-until.ts";

const NEVER_MS = 150;

let server: Server;
let proxy: TcpProxy;
let accepted: Socket[];
let clients: Socket[];

beforeEach(async () => {
  accepted = [];
  clients = [];
  server = createServer((socket) => {
    accepted.push(socket);
    socket.on("error", () => undefined); // a reset is what some tests ask for
    socket.on("data", (bytes) => socket.write(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  proxy = await startTcpProxy({ target: { host: "127.0.0.1", port }, seed: 7 });
});

afterEach(async () => {
  for (const socket of [...clients, ...accepted]) socket.destroy();
  await proxy.close();
  server.close();
});

/** A client that keeps what it gets. */
class Client {
  readonly socket: Socket;
  received = Buffer.alloc(0);
  /** `open`, then how it ended. */
  state = "open";

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
    });
    socket.once("end", () => {
      this.state = "end";
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      this.state = String(error.code);
    });
  }

  send(text: string): void {
    this.socket.write(text);
  }

  async receives(text: string): Promise<void> {
    await waitUntil(() => this.received.length >= text.length, { what: text });
    expect(this.received.toString()).toBe(text);
  }

  async ends(how: string): Promise<void> {
    await waitUntil(() => this.state !== "open", { what: `the client's ${how}` });
    expect(this.state).toBe(how);
  }
}

function openAtOnce(): Client {
  const socket = connect(proxy.port, proxy.host);
  clients.push(socket);
  return new Client(socket);
}

async function open(): Promise<Client> {
  const client = openAtOnce();
  await once(client.socket, "connect");
  return client;
}

/** A client whose echo has arrived, so that both halves of its connection exist. */
async function openWarm(): Promise<Client> {
  const client = await open();
  client.send("hi");
  await client.receives("hi");
  client.received = Buffer.alloc(0);
  return client;
}

/** Lets time pass in which something must not happen. */
function quietly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, NEVER_MS));
}

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

test("passes bytes and ends both ways, and counts them", async () => {
  const client = await open();
  client.send("hello");
  await client.receives("hello");
  client.socket.end();
  await client.ends("end");
  await waitUntil(() => proxy.counters.openConnections === 0, { what: "the end of the relay" });
  expect(proxy.counters).toEqual({
    connections: 1,
    openConnections: 0,
    bytesToTarget: 5,
    bytesToClient: 5,
  });
});

test("a target that is not there resets its clients", async () => {
  server.close();
  await openAtOnce().ends("ECONNRESET");
});

test("a target's crash reaches the client as a reset", async () => {
  const client = await openWarm();
  accepted[0]?.resetAndDestroy();
  await client.ends("ECONNRESET");
});

test("delay: bytes are late by so much each way, in order", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "delay", ms: 60, jitterMs: 20 });
  const tookMs = await elapsedMs(async () => {
    for (const letter of "abc") client.send(letter);
    await client.receives("abc");
  });
  expect(tookMs).toBeGreaterThanOrEqual(118);
  await proxy.inject({ kind: "delay", ms: 5000 }, "toTarget");
  client.send("d");
  await quietly();
  await proxy.heal();
  await client.receives("abcd");
});

test("delay in one direction leaves the other alone", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "delay", ms: 1_000 }, "toClient");
  const tookMs = await elapsedMs(async () => {
    client.send("x");
    await client.receives("x");
  });
  expect(tookMs).toBeGreaterThanOrEqual(999);
  expect(tookMs).toBeLessThan(1_950);
});

test("stall: connections are accepted and kept, and all arrives after healing, the end too", async () => {
  const old = await openWarm();
  await proxy.inject({ kind: "stall" });
  const young = await open();
  old.send("old");
  young.send("young");
  old.socket.end();
  await quietly();
  expect([old.received.length, young.received.length, old.state]).toEqual([0, 0, "open"]);
  await proxy.heal();
  await Promise.all([old.receives("old"), young.receives("young")]);
  await old.ends("end");
});

test("stall: a sender that goes on feels the pressure", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "stall" });
  const block = Buffer.alloc(64 * 1024);
  const sizeBytes = 64 * 1024 * 1024;
  for (let sent = 0; sent < sizeBytes; sent += block.length) client.socket.write(block);
  await quietly();
  expect(client.socket.writableLength).toBeGreaterThan(sizeBytes / 2);
});

test("reset: connections are reset at once, new ones too, until healed", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "reset" });
  await client.ends("ECONNRESET");
  await waitUntil(() => accepted[0]?.destroyed === true, { what: "the reset on the other side" });
  await openAtOnce().ends("ECONNRESET");
  await proxy.heal();
  await openWarm();
});

test("refuse: nobody listens until healed, on the same port", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "refuse" });
  await client.ends("ECONNRESET");
  await expect(open()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await proxy.heal();
  await openWarm();
});

test("resetConnections is over at once: new connections work", async () => {
  const client = await openWarm();
  proxy.resetConnections();
  await client.ends("ECONNRESET");
  await openWarm();
});

test("half-open: no side learns anything, and the connection stays dead after healing", async () => {
  const client = await openWarm();
  const [serverSide] = accepted;
  await proxy.inject({ kind: "halfOpen" });
  client.send("lost");
  serverSide?.resetAndDestroy();
  await quietly();
  expect([client.received.length, client.state]).toEqual([0, "open"]);
  await proxy.heal();
  client.send("lost too");
  await quietly();
  expect([client.received.length, client.state]).toEqual([0, "open"]);
  await openWarm();
});

test("half-open: the server does not learn that its client went", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "halfOpen" });
  client.socket.resetAndDestroy();
  await quietly();
  expect(accepted[0]?.readyState).toBe("open");
});

test("slow drain: a few bytes a tick", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "slowDrain", bytes: 2, everyMs: 40 }, "toTarget");
  const tookMs = await elapsedMs(async () => {
    client.send("12345678");
    await client.receives("12345678");
  });
  expect(tookMs).toBeGreaterThanOrEqual(115);
});

test("bandwidth: bytes per second", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "bandwidth", bytesPerSecond: 100_000 }, "toClient");
  const text = "x".repeat(20_000);
  const tookMs = await elapsedMs(async () => {
    client.send(text);
    await client.receives(text);
  });
  expect(tookMs).toBeGreaterThanOrEqual(180);
  expect(tookMs).toBeLessThan(2000);
});

test("cut: closes after so many bytes, in mid-message", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "cut", afterBytes: 4 }, "toClient");
  client.send("abcdefgh");
  await waitUntil(() => client.state !== "open", { what: "the cut" });
  expect(client.received.toString()).toBe("abcd");
  await waitUntil(() => accepted[0]?.destroyed === true, { what: "the cut on the other side" });
  await proxy.heal();
  await openWarm();
});

test("corrupt: one bit of each so-manieth byte, over pieces too", async () => {
  const client = await openWarm();
  await proxy.inject({ kind: "corrupt", everyBytes: 10 }, "toTarget");
  const sent = Buffer.alloc(50);
  client.socket.write(sent.subarray(0, 15));
  await waitUntil(() => client.received.length === 15, { what: "the first piece" });
  client.socket.write(sent.subarray(15));
  await waitUntil(() => client.received.length === 50, { what: "the second piece" });
  const changed = [...client.received.entries()].filter(([, byte]) => byte !== 0);
  expect(changed.map(([index]) => index)).toEqual([9, 19, 29, 39, 49]);
  for (const [, byte] of changed) expect(byte & (byte - 1)).toBe(0);
});

test("numbers that make no sense are refused by name", async () => {
  await expect(proxy.inject({ kind: "delay", ms: -1 })).rejects.toThrow("delay: ms must be");
  await expect(proxy.inject({ kind: "bandwidth", bytesPerSecond: 0 })).rejects.toThrow(
    "bandwidth: bytesPerSecond must be at least 1, not 0",
  );
});
