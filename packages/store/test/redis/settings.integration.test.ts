import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestCertificates, freePort, type PrivateServer, startRedis } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "../../src/redis/connection.ts";
import type { RedisSettings, StandaloneOptions } from "../../src/redis/options.ts";
import { uniqueName } from "../fixtures.ts";
import { ask, KINDS, openConnection } from "./redis-fixtures.ts";

let folder: string;
let socket: string;
let server: PrivateServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-redis-"));
  socket = join(folder, "redis.sock");
  server = await startRedis({ args: ["--unixsocket", socket] });
  const admin = connectRedis({ kind: "standalone", address: server.address.text });
  await admin.ping();
  await ask(admin, "acl", "setuser", "app", "on", ">app-secret", "~*", "+@all");
  await ask(admin, "config", "set", "requirepass", "default-secret");
  await admin.close();
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Writes and reads one key. */
async function roundTrip(options: Partial<StandaloneOptions> = {}): Promise<string> {
  const connection = connectRedis({
    kind: "standalone",
    address: server.address.text,
    password: "default-secret",
    ...options,
  });
  try {
    await connection.ping();
    await ask(connection, "set", "key", "value");
    const [value] = await connection.read(["key"]);
    return String(value);
  } finally {
    await connection.close();
  }
}

test("a password alone is the default user's", async () => {
  expect(await roundTrip()).toBe("value");
});

test("a user name and its password", async () => {
  expect(await roundTrip({ username: "app", password: "app-secret" })).toBe("value");
});

test.each<[string, RedisSettings]>([
  ["no password", { password: undefined }],
  ["another password", { password: "guess" }],
  ["an unknown user", { username: "nobody", password: "app-secret" }],
])("%s is UNAVAILABLE, and not repeated in the message", async (_, settings) => {
  const fault = await roundTrip(settings).catch((error: unknown) => error);
  expect(fault).toMatchObject({ code: "UNAVAILABLE" });
  expect((fault as Error).message).toMatch(/NOAUTH|WRONGPASS/);
  expect((fault as Error).message).not.toMatch(/guess|secret/);
});

test("a unix socket", async () => {
  expect(await roundTrip({ network: "unix", address: socket })).toBe("value");
});

test("without CLIENT SETINFO", async () => {
  expect(await roundTrip({ isIdentityDisabled: true })).toBe("value");
});

test("a database of its own", async () => {
  const options = { kind: "standalone", address: server.address.text, password: "default-secret" };
  const open = (db: number) => connectRedis({ ...(options as StandaloneOptions), db });
  const [zero, three] = [open(0), open(3)];
  try {
    await Promise.all([zero.ping(), three.ping()]);
    await ask(three, "set", "only-in-3", "x");
    expect(await zero.read(["only-in-3"])).toEqual([undefined]);
    expect(String((await three.read(["only-in-3"]))[0])).toBe("x");
  } finally {
    await Promise.all([zero.close(), three.close()]);
  }
});

test("TLS, to a server whose certificate is trusted and to no other", async () => {
  const certificates = await createTestCertificates(join(folder, "certificates"));
  const port = await freePort();
  const { cert, key } = certificates.server;
  const files = [
    "--tls-cert-file",
    cert,
    "--tls-key-file",
    key,
    "--tls-ca-cert-file",
    certificates.ca,
  ];
  const secure = await startRedis({
    args: ["--tls-port", String(port), "--tls-auth-clients", "no", ...files],
  });
  try {
    const options = { address: `127.0.0.1:${port}`, password: undefined };
    const ca = await readFile(certificates.ca);
    expect(await roundTrip({ ...options, tls: { ca } })).toBe("value");
    await expect(roundTrip({ ...options, tls: {} })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("certificate"),
    });
  } finally {
    await secure.close();
  }
});

describe.each(KINDS)("redis %s", (kind) => {
  test("reads more keys than one MGET takes, in order", async () => {
    const connection = await openConnection(kind);
    try {
      const prefix = uniqueName("many");
      const keys = Array.from({ length: 2500 }, (_, i) => `${prefix}-${i}`);
      await connection.run(
        keys.map((key, i) => ({ command: "set", keys: [key], args: [String(i), "EX", "60"] })),
      );
      const asked = [...keys, `${prefix}-absent`].reverse();
      const values = await connection.read(asked);
      expect(values[0]).toBeUndefined();
      expect(values.slice(1).map(String)).toEqual(keys.map((_, i) => String(i)).reverse());
    } finally {
      await connection.close();
    }
  });

  test("nothing asked is nothing answered", async () => {
    const connection = await openConnection(kind);
    expect(await connection.read([])).toEqual([]);
    expect(await connection.run([])).toEqual([]);
    await connection.close();
  });
});

test("a port that is not Redis is UNAVAILABLE", async () => {
  const port = await freePort();
  await expect(
    roundTrip({ address: `127.0.0.1:${port}`, dialTimeoutMs: 200 }),
  ).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
