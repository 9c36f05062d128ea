import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MysqlSettings } from "@ofs/database";
import {
  createTestCertificates,
  type PrivateServer,
  runCommand,
  startMariadb,
  type TestCertificates,
} from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../src/database/index.ts";
import { createTestDatabase } from "./mysql-fixtures.ts";
import { silentLog } from "./new-requests.ts";

const folder = mkdtempSync(join(tmpdir(), "ofs-database-tls-"));
let server: PrivateServer;
let certificates: TestCertificates;
let settings: MysqlSettings;

beforeAll(async () => {
  certificates = await createTestCertificates(join(folder, "ours"));
  const { ca, server: pair } = certificates;
  const args = [`--ssl-ca=${ca}`, `--ssl-cert=${pair.cert}`, `--ssl-key=${pair.key}`];
  server = await startMariadb({ args });
  const created = await createTestDatabase(server.address);
  settings = { ...created.settings, host: "localhost", password: "secret" };
  for (const [user, rule] of [
    ["encrypted", "SSL"],
    ["known", "X509"],
  ]) {
    await created.run(
      `create user '${user}'@'%' identified by 'secret' require ${rule}`,
      `grant all on ${settings.database}.* to '${user}'@'%'`,
    );
  }
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const pem = (path: string): string => readFileSync(path, "utf8");

async function tryOpen(change: Partial<MysqlSettings>): Promise<void> {
  const database = await openDatabase({ ...settings, ...change }, silentLog);
  try {
    await database.ping();
  } finally {
    await database.close();
  }
}

test("connections are encrypted, and both sides may show certificates", async () => {
  const ca = pem(certificates.ca);
  const { cert, key } = certificates.client;
  await tryOpen({ username: "encrypted", tls: { ca } });
  await tryOpen({ username: "known", tls: { ca, cert: pem(cert), key: pem(key) } });
});

test("a user who must encrypt, or show a certificate, and does not is refused", async () => {
  const refusal = { code: "FAILED_PRECONDITION" };
  await expect(tryOpen({ username: "encrypted" })).rejects.toMatchObject(refusal);
  const tls = { ca: pem(certificates.ca) };
  await expect(tryOpen({ username: "known", tls })).rejects.toMatchObject(refusal);
});

test("a server with a certificate of another authority is not trusted", async () => {
  const others = await createTestCertificates(join(folder, "others"));
  const opening = tryOpen({ username: "encrypted", tls: { ca: pem(others.ca) } });
  await expect(opening).rejects.toThrow(/not available \(HANDSHAKE_SSL_ERROR\)/);
});

test("a server must be named as in its certificate", async () => {
  const tls = { ca: pem(certificates.ca) };
  const byAddress = tryOpen({ username: "encrypted", host: "127.0.0.1", tls });
  await expect(byAddress).rejects.toThrow(/must be named as its certificate names it/);
});

test.each([
  ["localhost", undefined],
  ["other.example", /not available \(HANDSHAKE_SSL_ERROR\)/],
])("a trusted certificate of %s on localhost", async (name, refusal) => {
  const [cert, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key];
  const names = ["-subj", "/CN=own", "-addext", `subjectAltName=DNS:${name}`];
  await runCommand("openssl", ["req", "-x509", "-days", "2", ...newKey, ...names, "-out", cert]);
  const own = await startMariadb({ args: [`--ssl-cert=${cert}`, `--ssl-key=${key}`] });
  try {
    const created = await createTestDatabase(own.address);
    const change = { ...created.settings, host: "localhost", tls: { ca: pem(cert) } };
    if (refusal === undefined) await tryOpen(change);
    else await expect(tryOpen(change)).rejects.toThrow(refusal);
  } finally {
    await own.close();
  }
});
