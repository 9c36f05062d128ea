import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startUdpProxy, type UdpProxy } from "../../src/faults/udp-proxy.ts";
import { waitUntil } from "../../src/wait-until.ts";

const QUIET_MS = 150;

let echo: Socket;
let proxy: UdpProxy;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  echo = await bound();
  echo.on("message", (bytes, { port, address }) => echo.send(bytes, port, address));
  const target = { host: "127.0.0.1", port: echo.address().port };
  proxy = await startUdpProxy({ target, seed: 3 });
});

afterEach(async () => {
  await proxy.close();
  for (const socket of sockets) socket.close();
});

async function bound(): Promise<Socket> {
  const socket = createSocket("udp4");
  sockets.push(socket);
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

class Client {
  readonly received: Buffer[] = [];
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (bytes) => this.received.push(bytes));
  }

  get texts(): string[] {
    return this.received.map(String);
  }

  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.send(text, proxy.port, proxy.host, () => resolve());
    });
  }

  async sendNumbers(count: number): Promise<void> {
    for (let number = 0; number < count; number += 1) await this.send(String(number));
  }

  /** Waits for a number of answers. */
  async receives(count: number): Promise<string[]> {
    await waitUntil(() => this.received.length >= count, { what: `${count} datagrams` });
    return this.texts;
  }
}

async function open(): Promise<Client> {
  return new Client(await bound());
}

function quietly(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, QUIET_MS));
}

test("answers go back to the client that asked", async () => {
  const [one, other] = [await open(), await open()];
  await Promise.all([one.send("one"), other.send("other")]);
  expect(await one.receives(1)).toEqual(["one"]);
  expect(await other.receives(1)).toEqual(["other"]);
  expect(proxy.counters).toEqual({
    clients: 2,
    receivedFromClients: 2,
    sentToTarget: 2,
    receivedFromTarget: 2,
    sentToClients: 2,
  });
});

test("drops a share, in the direction asked for", async () => {
  const client = await open();
  proxy.inject({ dropShare: 0.5 }, "toTarget");
  await client.sendNumbers(100);
  await waitUntil(() => proxy.counters.receivedFromClients === 100, { what: "all datagrams" });
  const { sentToTarget } = proxy.counters;
  expect(sentToTarget).toBeGreaterThan(25);
  expect(sentToTarget).toBeLessThan(75);
  expect((await client.receives(sentToTarget)).length).toBe(sentToTarget);
  proxy.inject({ dropShare: 1 }, "toClient");
  await client.send("lost");
  await waitUntil(() => proxy.counters.receivedFromTarget > sentToTarget, { what: "the answer" });
  await quietly();
  expect(client.texts).not.toContain("lost");
});

test("delays, and heals", async () => {
  const client = await open();
  proxy.inject({ delayMs: 60 });
  const startMs = performance.now();
  await client.send("late");
  await client.receives(1);
  expect(performance.now() - startMs).toBeGreaterThanOrEqual(118);
  proxy.heal();
  await client.send("early");
  expect(await client.receives(2)).toEqual(["late", "early"]);
});

test("duplicates", async () => {
  const client = await open();
  proxy.inject({ duplicateShare: 1 }, "toClient");
  await client.send("twice");
  expect(await client.receives(2)).toEqual(["twice", "twice"]);
});

test("reorders neighbours and loses none", async () => {
  const client = await open();
  proxy.inject({ reorderShare: 0.5 }, "toTarget");
  await client.sendNumbers(20);
  const texts = await client.receives(20);
  const sent = Array.from({ length: 20 }, (_, number) => String(number));
  expect(texts).not.toEqual(sent);
  expect([...texts].sort()).toEqual([...sent].sort());
});

test("a datagram that nobody overtakes goes on alone", async () => {
  const client = await open();
  proxy.inject({ reorderShare: 1 }, "toTarget");
  await client.send("alone");
  expect(await client.receives(1)).toEqual(["alone"]);
});

test("flips one bit", async () => {
  const client = await open();
  proxy.inject({ corruptShare: 1 }, "toTarget");
  await client.send("\0\0\0\0");
  await client.receives(1);
  const bytes = [...(client.received[0] ?? [])].filter((byte) => byte !== 0);
  expect(bytes.length).toBe(1);
  expect((bytes[0] ?? 0) & ((bytes[0] ?? 0) - 1)).toBe(0);
});

test("truncates", async () => {
  const client = await open();
  proxy.inject({ truncateShare: 1 }, "toTarget");
  await client.send("0123456789");
  const [text = "none"] = await client.receives(1);
  expect(text.length).toBeLessThan(10);
  expect("0123456789".startsWith(text)).toBe(true);
});

test("a share above one is refused by name", () => {
  expect(() => proxy.inject({ dropShare: 1.5 })).toThrow("dropShare must be between 0 and 1");
});
