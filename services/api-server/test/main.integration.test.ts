import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startProcess, type TestProcess } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RawClient } from "./support/grpc-client.ts";

const HEALTH_CHECK = "/grpc.health.v1.Health/Check";

let folder: string;
let started: TestProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "ofs-main-"));
});

afterEach(async () => {
  await started?.kill();
  started = undefined;
  await rm(folder, { recursive: true });
});

async function start(env: Record<string, string>, readyUrl?: string): Promise<TestProcess> {
  started = await startProcess({
    script: join(import.meta.dirname, "../src/main.ts"),
    nodeOptions: ["--conditions=@ofs/source", "--import", "tsx"],
    env: { APP_HOST: "127.0.0.1", ...env },
    ...(readyUrl === undefined ? {} : { ready: { http: readyUrl } }),
  });
  return started;
}

describe("the process", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("serves, and exits with 0 on %s", async (signal) => {
    const port = await freePort();
    const env = { APP_PORT: String(port), OFS_DATA_FOLDER: folder };
    const server = await start(env, `http://127.0.0.1:${port}/ready`);
    const client = new RawClient(port);
    expect([...(await client.call(HEALTH_CHECK)).response]).toEqual([8, 1]);
    client.close();
    server.signal(signal);
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  test("names every fault of its environment and exits with 1", async () => {
    const server = await start({ APP_PORT: "http", STORAGE_SCYLLA_ACTIVE_CONFIG_IDS: "1" });
    expect((await server.exited).code).toBe(1);
    for (const name of ["APP_PORT", "ETCD_SERVER", "STORAGE_SCYLLA_1_KEYSPACE"]) {
      expect(server.output).toContain(name);
    }
  });
});
