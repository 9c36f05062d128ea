import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@ofs/platform";
import {
  createTestCertificates,
  type PrivateServer,
  startMariadb,
  type TestCertificates,
  waitUntil,
} from "@ofs/testkit";
import { Registry } from "prom-client";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { type Horizon, loadConfig, startHorizon } from "../../src/index.ts";
import { createTestDatabase } from "../database/mysql-fixtures.ts";
import { Operator } from "../support/operator.ts";

const READY_MS = 60_000;
const PASSWORD = "secret";
const ADMIN = { email: "tls@example.org", madePassword: "Encrypted-and-known-1" };

const folder = mkdtempSync(join(tmpdir(), "ofs-horizon-tls-"));
let server: PrivateServer;
let certificates: TestCertificates;
let environment: Readonly<Record<string, string>>;
let horizon: Horizon | undefined;

beforeAll(async () => {
  certificates = await createTestCertificates(join(folder, "ours"));
  const { ca, server: pair } = certificates;
  const args = [`--ssl-ca=${ca}`, `--ssl-cert=${pair.cert}`, `--ssl-key=${pair.key}`];
  server = await startMariadb({ args });
  const { run, settings } = await createTestDatabase(server.address);
  await run(
    `create user 'horizon'@'%' identified by '${PASSWORD}' require X509`,
    `grant all on ${settings.database}.* to 'horizon'@'%'`,
  );
  environment = {
    APP_HOST: "127.0.0.1",
    APP_PORT: "0",
    OFS_DATA_FOLDER: folder,
    JWT_SECRET: "a secret that is long enough for tests",
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.madePassword,
    // As its certificate names it.
    MYSQL_MASTER_HOST: "localhost",
    MYSQL_MASTER_PORT: String(server.address.port),
    MYSQL_MASTER_USERNAME: "horizon",
    MYSQL_MASTER_PASSWORD: PASSWORD,
    MYSQL_DB_NAME: settings.database,
  };
});

afterEach(async () => {
  await horizon?.close();
  horizon = undefined;
});

afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(tls: Readonly<Record<string, string>>): Promise<Horizon> {
  horizon = await startHorizon(loadConfig({ ...environment, ...tls }), {
    log: createLogger({ service: "horizon", level: "DISABLED" }),
    metrics: new Registry(),
    onFirstAdmin: () => undefined,
  });
  return horizon;
}

it("reaches a database that asks for a certificate, by the files that the environment names", async () => {
  const { ca, client } = certificates;
  const { port, waitUntilReady } = await start({
    MYSQL_TLS_CA_FILE: ca,
    MYSQL_TLS_CERT_FILE: client.cert,
    MYSQL_TLS_KEY_FILE: client.key,
  });
  await waitUntilReady(READY_MS);
  const operator = await Operator.signIn(`http://127.0.0.1:${port}`, ADMIN);
  expect(await operator.call("GET", "get-store-requests")).toMatchObject({ status: 200, body: [] });
});

it.each([
  ["without TLS", () => ({}), /database refuses/],
  ["without a certificate", () => ({ MYSQL_TLS_CA_FILE: certificates.ca }), /database refuses/],
  [
    "without the files",
    () => ({ MYSQL_TLS_CA_FILE: join(folder, "nowhere.pem") }),
    /ENOENT.*nowhere\.pem/,
  ],
] as const)("does not start %s, and says why", async (_, tls, why) => {
  await expect(start(tls())).rejects.toThrow(why);
});

it("waits for a server whose certificate it can trust", async () => {
  const others = await createTestCertificates(join(folder, "others"));
  const { port } = await start({ MYSQL_TLS_CA_FILE: others.ca });
  const isTold = async (): Promise<boolean> => {
    const ready = await fetch(`http://127.0.0.1:${port}/ready`);
    const { checks } = (await ready.json()) as { checks: { database: unknown } };
    expect(ready.status).toBe(503);
    return JSON.stringify(checks.database).includes("HANDSHAKE_SSL_ERROR");
  };
  await waitUntil(isTold, { what: "/ready to tell of the certificate", timeoutMs: READY_MS });
});
