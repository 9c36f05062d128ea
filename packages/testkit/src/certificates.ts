import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./install/run-command.ts";

const VALID_DAYS = "2";
const SERVER_EXTENSIONS = "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:0:0:0:0:0:0:0:1";

export interface KeyPair {
  /** Path of the PEM certificate. */
  readonly cert: string;
  /** Path of the PEM private key. */
  readonly key: string;
}

export interface TestCertificates {
  /** Path of the PEM certificate of the authority that signed the others. */
  readonly ca: string;
  /** For `localhost`, `127.0.0.1` and `::1`. */
  readonly server: KeyPair;
  /** Common name `test-client`. */
  readonly client: KeyPair;
}

/**
 * Makes a certificate authority and what it signs for mutual TLS, valid for two days, through the
 * `openssl` command. A second call with another folder makes an authority that the first one's
 * peers must refuse.
 *
 * @param folder made when absent
 */
export async function createTestCertificates(folder: string): Promise<TestCertificates> {
  await mkdir(folder, { recursive: true });
  const ca: KeyPair = { cert: join(folder, "ca.pem"), key: join(folder, "ca.key") };
  const request = ["req", "-x509", "-subj", "/CN=test-ca", "-days", VALID_DAYS];
  await openssl([...request, ...newKey(ca.key), "-out", ca.cert]);
  const server = await createSigned(ca, folder, "server", "localhost", SERVER_EXTENSIONS);
  const usage = "extendedKeyUsage=clientAuth";
  const client = await createSigned(ca, folder, "client", "test-client", usage);
  return { ca: ca.cert, server, client };
}

async function createSigned(
  ca: KeyPair,
  folder: string,
  name: string,
  commonName: string,
  extensions: string,
): Promise<KeyPair> {
  const pair = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const request = join(folder, `${name}.csr`);
  const extensionFile = join(folder, `${name}.ext`);
  await writeFile(extensionFile, `${extensions}\n`);
  await openssl(["req", "-subj", `/CN=${commonName}`, ...newKey(pair.key), "-out", request]);
  const signer = ["-CA", ca.cert, "-CAkey", ca.key, "-CAcreateserial", "-days", VALID_DAYS];
  const files = ["-in", request, "-extfile", extensionFile, "-out", pair.cert];
  await openssl(["x509", "-req", ...signer, ...files]);
  await rm(request);
  await rm(extensionFile);
  return pair;
}

function newKey(path: string): string[] {
  return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path];
}

async function openssl(args: readonly string[]): Promise<void> {
  await runCommand("openssl", args);
}
