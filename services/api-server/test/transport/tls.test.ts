import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { createTestCertificates, type KeyPair, type TestCertificates } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import { ECHO, openerOver, type TestFront, TRANSPORTS } from "../support/test-front.ts";

describe.each(TRANSPORTS)("%s", (transport) => {
  const openTestFront = openerOver(transport);
  /** Certificate and key, PEM. */
  interface Identity {
    readonly cert: Buffer;
    readonly key: Buffer;
  }

  let folder: string;
  let certificates: TestCertificates;
  let authority: Buffer;
  let known: Identity;
  /** Signed by an authority that the server does not know. */
  let stranger: Identity;
  let opened: TestFront;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "ofs-tls-"));
    certificates = await createTestCertificates(join(folder, "own"));
    authority = await readFile(certificates.ca);
    known = await readIdentity(certificates.client);
    const others = await createTestCertificates(join(folder, "others"));
    stranger = await readIdentity(others.client);
  });

  afterEach(() => opened.front.drain(AbortSignal.timeout(2_000)));
  afterAll(() => rm(folder, { recursive: true }));

  async function readIdentity({ cert, key }: KeyPair): Promise<Identity> {
    return { cert: await readFile(cert), key: await readFile(key) };
  }

  async function openTls(needsClientCertificate: boolean): Promise<void> {
    const { server, ca } = certificates;
    const clientCaFile = needsClientCertificate ? ca : undefined;
    const tls = { certFile: server.cert, keyFile: server.key, clientCaFile };
    opened = await openTestFront({}, { tls });
  }

  function clientWith(own?: Identity): RawClient {
    return new RawClient(opened.port, credentials.createSsl(authority, own?.key, own?.cert));
  }

  async function getOverTls(path: string, own?: Identity): Promise<number | undefined> {
    const request = get({
      host: "localhost",
      port: opened.port,
      path,
      ca: authority,
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

  test("a client that offers both HTTP/2 and HTTP/1.1 gets HTTP paths answered", async () => {
    await openTls(false);
    const session = connect(`https://localhost:${opened.port}`, {
      ca: authority,
      ALPNProtocols: ["h2", "http/1.1"],
    });
    const stream = session.request({ ":path": "/health/self" });
    const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
    expect(headers[":status"]).toBe(200);
    expect(session.alpnProtocol).toBe("h2");
    stream.resume();
    session.close();
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
    const admitted = clientWith(known);
    expect((await admitted.call(ECHO, Buffer.from("hi"))).response.toString()).toBe("hi");
    admitted.close();
    expect(await getOverTls("/health/self", known)).toBe(200);
    for (const own of [undefined, stranger]) {
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
});
