import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Authority, type Certificate, createAuthority } from "../support/certificates.ts";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import { ECHO, openTestFront, type TestFront } from "../support/test-front.ts";

let folder: string;
let authority: Authority;
let stranger: Authority;
let opened: TestFront;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-tls-"));
  authority = createAuthority();
  stranger = createAuthority("stranger");
  const server = authority.issue("server");
  await writeFile(join(folder, "server.pem"), server.cert);
  await writeFile(join(folder, "server.key"), server.key);
  await writeFile(join(folder, "ca.pem"), authority.cert);
});

afterEach(() => opened.front.drain(AbortSignal.timeout(2_000)));
afterAll(() => rm(folder, { recursive: true }));

async function openTls(needsClientCertificate: boolean): Promise<void> {
  opened = await openTestFront(
    {},
    {
      tls: {
        certFile: join(folder, "server.pem"),
        keyFile: join(folder, "server.key"),
        clientCaFile: needsClientCertificate ? join(folder, "ca.pem") : undefined,
      },
    },
  );
}

function clientWith(own?: Certificate): RawClient {
  const root = Buffer.from(authority.cert);
  const channel = own
    ? credentials.createSsl(root, Buffer.from(own.key), Buffer.from(own.cert))
    : credentials.createSsl(root);
  return new RawClient(opened.port, channel);
}

async function getOverTls(path: string, own?: Certificate): Promise<number | undefined> {
  const request = get({
    host: "localhost",
    port: opened.port,
    path,
    ca: authority.cert,
    cert: own?.cert,
    key: own?.key,
    agent: false,
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode;
}

test("gRPC and HTTP/1.1 are served over TLS on one port", async () => {
  await openTls(false);
  const client = clientWith();
  expect((await client.call(ECHO, Buffer.from("hi"))).response.toString()).toBe("hi");
  expect(await getOverTls("/health/self")).toBe(200);
  client.close();
});

test("plain text on a TLS port is refused", async () => {
  await openTls(false);
  const client = new RawClient(opened.port);
  const options = { deadline: Date.now() + 5_000 };
  expect((await failureOf(client.call(ECHO, undefined, {}, options)))[0]).toBe(14);
  client.close();
  expect(await opened.metrics.metrics()).toMatch(
    /ofs_connection_faults_total\{reason="tls"\} [1-9]/,
  );
});

test("with a client authority only its certificates are admitted", async () => {
  await openTls(true);
  const known = authority.issue("ranker");
  const admitted = clientWith(known);
  expect((await admitted.call(ECHO, Buffer.from("hi"))).response.toString()).toBe("hi");
  admitted.close();
  expect(await getOverTls("/health/self", known)).toBe(200);
  for (const own of [undefined, stranger.issue("ranker")]) {
    const refused = clientWith(own);
    const options = { deadline: Date.now() + 5_000 };
    expect((await failureOf(refused.call(ECHO, undefined, {}, options)))[0]).toBe(14);
    refused.close();
  }
  await expect(getOverTls("/health/self")).rejects.toThrow();
});

test("a certificate that cannot be read is an error at start", async () => {
  const missing = join(folder, "missing.pem");
  const tls = { certFile: missing, keyFile: missing, clientCaFile: undefined };
  await expect(openTestFront({}, { tls })).rejects.toThrow(/missing\.pem/);
  await openTls(false);
});
