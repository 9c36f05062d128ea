import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { acceptsConnections, freePort, freePorts } from "../src/free-ports.ts";

test("a free port can be listened on", async () => {
  const port = await freePort();
  expect(await acceptsConnections(port)).toBe(false);
  const server = createServer().listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(await acceptsConnections(port)).toBe(true);
  server.close();
});

test("several ports differ, and their offsets are free too", async () => {
  const ports = await freePorts(20, [10_000]);
  expect(new Set(ports).size).toBe(20);
  for (const port of ports) expect(await acceptsConnections(port + 10_000)).toBe(false);
});

test("an offset past the last port is an error, not an endless search", async () => {
  await expect(freePorts(1, [60_000])).rejects.toThrow("found only 0 of 1 free ports");
});

test("a port that closed accepts no connections", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  expect(await acceptsConnections(port)).toBe(false);
});
