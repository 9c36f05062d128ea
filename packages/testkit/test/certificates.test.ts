import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect, createServer, type Server } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestCertificates, type TestCertificates } from "../src/certificates.ts";
import { createDataFolder } from "../src/servers/server-node.ts";

let folder: string;
let own: TestCertificates;
let foreign: TestCertificates;
let server: Server;

beforeAll(async () => {
  folder = await createDataFolder("certificates-test");
  own = await createTestCertificates(join(folder, "own"));
  foreign = await createTestCertificates(join(folder, "foreign"));
  const secrets = await readAll(own.ca, own.server.cert, own.server.key);
  server = createServer({ ...secrets, requestCert: true, rejectUnauthorized: true }, (socket) => {
    socket.on("error", () => socket.destroy()); // a refused client may cut the line
    socket.end(String(socket.getPeerCertificate().subject.CN));
  });
  server.on("tlsClientError", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function readAll(ca: string, cert: string, key: string) {
  return { ca: await readFile(ca), cert: await readFile(cert), key: await readFile(key) };
}

/** What the server says to a client with these certificates. */
async function greet(certificates: TestCertificates, ca = own.ca, host = "127.0.0.1") {
  const { cert, key } = certificates.client;
  const { port } = server.address() as AddressInfo;
  const socket = connect({
    ...(await readAll(ca, cert, key)),
    port,
    host,
    servername: "localhost",
  });
  socket.setEncoding("utf8");
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

test("server and client accept each other", async () => {
  expect(await greet(own)).toBe("test-client");
});

test("the server refuses a client of another authority", async () => {
  // Under TLS 1.3 the client's own handshake is over before it hears of the refusal.
  const answer = await greet(foreign).catch((error: Error) => error.message);
  expect(answer).not.toContain("test-client");
});

test("a client of another authority refuses the server", async () => {
  await expect(greet(own, foreign.ca)).rejects.toThrow(/signature|self-signed|unable to/);
});
