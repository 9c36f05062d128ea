import { createServer } from "node:net";
import { createClient } from "@ofs/client";
import { waitUntil } from "@ofs/testkit";
import { expect, test } from "vitest";

/** grpc-js by itself would need 13 s for these: its pauses begin at a second and grow to two minutes. */
const ATTEMPTS = 6;
const WITHIN_MS = 11_000;

test("a server that is away is tried again every two seconds", { timeout: 20_000 }, async () => {
  let attempts = 0;
  const server = createServer((socket) => {
    attempts += 1;
    socket.destroy();
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  const client = createClient({ address: `127.0.0.1:${port}`, callerId: "c", callerToken: "t" });
  try {
    await expect(client.ping()).rejects.toThrow();
    await waitUntil(async () => attempts >= ATTEMPTS, {
      what: `${ATTEMPTS} attempts`,
      timeoutMs: WITHIN_MS,
    });
  } finally {
    client.close();
    server.close();
  }
});
