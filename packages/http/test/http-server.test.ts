import { setTimeout as pause } from "node:timers/promises";
import { createLogger } from "@ofs/platform";
import { KeptConnection, starve } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AdminGuard, HttpServer, jsonReply } from "../src/index.ts";

/** Longer than a connection is kept for its next request. */
const LINGER_IS_OVER_MS = 1_200;

let server: HttpServer;
let client: KeptConnection;

beforeEach(async () => {
  const routes = [
    { method: "GET", path: "/now", isAdmin: false, handle: () => jsonReply(200, { is: "here" }) },
  ] as const;
  server = await HttpServer.listen(routes, {
    host: "127.0.0.1",
    port: 0,
    tls: undefined,
    guard: new AdminGuard(undefined),
    log: createLogger({ service: "test", level: "DISABLED" }),
  });
  client = await KeptConnection.open(server.port);
  client.send("/now");
  expect(await client.answer()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: keep-alive/i);
});

afterEach(async () => {
  client.close();
  await server.close(AbortSignal.abort());
});

describe("the end of a server", () => {
  it("leaves a kept connection the time for one more request", async () => {
    const closed = server.close(AbortSignal.timeout(10_000));
    client.send("/now");
    expect(await client.answer()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close/i);
    await closed;
  });

  it("answers what arrived while the process had no core", async () => {
    const closed = server.close(AbortSignal.timeout(10_000));
    await pause(50);
    await starve(LINGER_IS_OVER_MS, () => client.send("/now"));
    expect(await client.answer()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close/i);
    await closed;
  });

  it("closes connections that stay idle", async () => {
    await server.close(AbortSignal.timeout(10_000));
    client.send("/now");
    await expect(client.answer()).rejects.toThrow();
  });

  it("does not wait when the time is over", async () => {
    const startedAtMs = performance.now();
    await server.close(AbortSignal.abort());
    expect(performance.now() - startedAtMs).toBeLessThan(LINGER_IS_OVER_MS);
  });
});
