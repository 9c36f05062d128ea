import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import type { EtcdTls } from "@ofs/registry";
import { createTestCertificates, serverAddress } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Cleanup, testRoot } from "../support/etcd.ts";

const { signal } = new AbortController();
const cleanup = new Cleanup();
const server = new Cleanup();
let port = 0;
let tls: Required<EtcdTls>;

/** etcd behind a relay that speaks TLS and asks for the client's certificate. */
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "ofs-registry-tls-"));
  server.add(folder, (each) => rm(each, { recursive: true }));
  const files = await createTestCertificates(folder);
  const ca = await readFile(files.ca);
  const [cert, key] = await Promise.all([files.server.cert, files.server.key].map(readPem));
  const options = { ca, cert, key, requestCert: true, rejectUnauthorized: true };
  const target = serverAddress("etcd");
  const relay = createServer({ ...options, ALPNProtocols: ["h2"] }, (socket: TLSSocket) => {
    const upstream = connect(target.port, target.host);
    socket.pipe(upstream).pipe(socket);
    socket.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    upstream.on("error", () => socket.destroy()).on("close", () => socket.destroy());
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  server.add(relay, (each) => once(each.close(), "close"));
  port = (relay.address() as AddressInfo).port;
  tls = { ca, cert: await readPem(files.client.cert), key: await readPem(files.client.key) };
});

afterEach(() => cleanup.run());
afterAll(() => server.run());

function readPem(file: string): Promise<Buffer> {
  return readFile(file);
}

describe("etcd over TLS", () => {
  it.each(["https://localhost", "localhost"])(
    "%s works with the right certificates",
    async (host) => {
      const source = cleanup.source(`${host}:${port}`, testRoot(), { tls });
      const registry = await cleanup.registry(source);
      await source.write([{ path: "p2p-enabled-percentage", value: Buffer.from("9") }]);
      await registry.waitFor((now) => now.peerCachePercentage === 9, 10_000);
      await source.write([{ path: "p2p-enabled-percentage", value: undefined }]);
    },
  );

  it.each<[string, string, () => EtcdTls | undefined]>([
    ["the client's certificate", "https", () => ({ ca: tls.ca })],
    ["the authority's certificate", "https", () => undefined],
    ["TLS", "http", () => undefined],
  ])("does not work without %s", async (_, scheme, options) => {
    const source = cleanup.source(`${scheme}://localhost:${port}`, testRoot(), {
      tls: options(),
      callTimeoutMs: 2_000,
    });
    await expect(source.load(signal)).rejects.toMatchObject({ name: "FeatureStoreError" });
  });
});
