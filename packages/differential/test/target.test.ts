import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServerCredentials } from "@grpc/grpc-js";
import { Target } from "@ofs/differential";
import { createTestCertificates, type TestCertificates } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeServer, startFakeServer } from "./support/fake-server.ts";

const PERSIST = "/persist.FeatureService/PersistFeatures";
const UNAVAILABLE = 14;

let folder: string;
let certificates: TestCertificates;
let server: FakeServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-differential-"));
  certificates = await createTestCertificates(folder);
  const { cert, key } = certificates.server;
  const pair = { cert_chain: await readFile(cert), private_key: await readFile(key) };
  server = await startFakeServer({}, ServerCredentials.createSsl(null, [pair]));
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function codeWith(tlsCaFile: string | undefined): Promise<number> {
  const { address } = server;
  const target = new Target({ address, callerId: "c", token: "t", tlsCaFile, deadlineMs: 5_000 });
  try {
    return (await target.call(PERSIST, new Uint8Array(0), {})).code;
  } finally {
    target.close();
  }
}

describe("a server with TLS", () => {
  it("is reached with its authority", async () => {
    expect(await codeWith(certificates.ca)).toBe(0);
  });

  it("is not reached without, or with another one: that is an answer, too", async () => {
    expect(await codeWith(undefined)).toBe(UNAVAILABLE);
    expect(await codeWith(certificates.client.cert)).toBe(UNAVAILABLE);
  });
});
