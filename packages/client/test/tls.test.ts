import { X509Certificate } from "node:crypto";
import { ServerCredentials } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FakeServer, failureOf } from "./fake-server.ts";
import { selfSigned } from "./self-signed.ts";

const HOST = "ofs.test";
const own = selfSigned(HOST);
const other = selfSigned(HOST);
const pair = { cert_chain: Buffer.from(own.cert), private_key: Buffer.from(own.key) };

let server: FakeServer;
let strict: FakeServer;

beforeAll(async () => {
  server = await FakeServer.start(ServerCredentials.createSsl(null, [pair]));
  strict = await FakeServer.start(ServerCredentials.createSsl(Buffer.from(own.cert), [pair], true));
});

afterAll(() => {
  server.stop();
  strict.stop();
});

describe("TLS", () => {
  test("the certificate of these tests is one", () => {
    const certificate = new X509Certificate(own.cert);
    expect(certificate.checkHost(HOST)).toBe(HOST);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  test("works with a certificate that the client trusts", async () => {
    const client = server.client({ tls: { ca: own.cert, serverName: HOST } });
    await client.ping();
    client.close();
  });

  test.each([
    ["the system's certificates only", { serverName: HOST }],
    ["another authority", { ca: other.cert, serverName: HOST }],
    ["another server name", { ca: own.cert, serverName: "other.test" }],
    ["the address as the name", { ca: own.cert }],
  ])("is verified: fails with %s", async (_, tls) => {
    const client = server.client({ tls });
    expect(await failureOf(client.ping({ deadlineMs: 3000 }))).toMatchObject({
      name: "OfsClientError",
      code: "UNAVAILABLE",
    });
    client.close();
  });

  test("is not verified if that is what the caller says", async () => {
    const client = server.client({ tls: { insecureSkipVerify: true } });
    await client.ping();
    client.close();
  });

  test("shows the client's certificate to servers that ask", async () => {
    const client = strict.client({ tls: { ca: own.cert, serverName: HOST, ...own } });
    await client.ping();
    client.close();
    const without = strict.client({ tls: { ca: own.cert, serverName: HOST } });
    expect(await failureOf(without.ping({ deadlineMs: 3000 }))).toMatchObject({
      code: "UNAVAILABLE",
    });
    without.close();
  });

  test("is not spoken unless asked for", async () => {
    const client = server.client();
    expect(await failureOf(client.ping({ deadlineMs: 3000 }))).toBeInstanceOf(Error);
    client.close();
  });
});
