import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AdminGuard, HttpServer } from "@ofs/http";
import { createLogger, Health } from "@ofs/platform";
import { createTestCertificates, type TestCertificates } from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { publicRoutes } from "../../src/http/public-routes.ts";

let folder: string;
let certificates: TestCertificates;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ofs-tls-"));
  certificates = await createTestCertificates(folder);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function get(port: number, ca: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ host: "localhost", port, path: "/health/self", ca, agent: false });
    call.on("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on("error", reject);
    call.end();
  });
}

it("answers over TLS, and to nobody without it", async () => {
  const server = await HttpServer.listen(publicRoutes(new Health(), new Registry()), {
    host: "127.0.0.1",
    port: 0,
    tls: {
      cert: readFileSync(certificates.server.cert),
      key: readFileSync(certificates.server.key),
    },
    guard: new AdminGuard(undefined),
    log: createLogger({ service: "consumer", level: "DISABLED" }),
  });
  try {
    expect(await get(server.port, readFileSync(certificates.ca))).toBe(200);
    await expect(fetch(`http://127.0.0.1:${server.port}/health/self`)).rejects.toThrow();
  } finally {
    await server.close(AbortSignal.timeout(1_000));
  }
});
