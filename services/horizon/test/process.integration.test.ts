import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { startProcess, type TestProcess } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ONBOARDING } from "./support/onboarding.ts";
import { Operator } from "./support/operator.ts";

const PACKAGE = join(import.meta.dirname, "..");
const NODE_OPTIONS = ["--conditions=@ofs/source", "--import", "tsx"];
const SERVING = /"port":(\d+),"msg":"serving"/;
const ADMIN = /administrator (\S+), password (\S+) \(shown this once\)/;

let folder: string;
const started: TestProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ofs-horizon-"));
});

afterEach(async () => {
  for (const process of started.splice(0)) await process.kill();
  rmSync(folder, { recursive: true });
});

async function start(): Promise<{ readonly server: TestProcess; readonly origin: string }> {
  const server = await startProcess({
    script: "src/main.ts",
    nodeOptions: NODE_OPTIONS,
    args: [],
    env: {
      OFS_DATA_FOLDER: folder,
      APP_HOST: "127.0.0.1",
      APP_PORT: "0",
      APP_LOG_LEVEL: "INFO",
      IN_MEMORY_CACHE_ACTIVE_CONFIG_IDS: "3",
      DISTRIBUTED_CACHE_ACTIVE_CONFIG_IDS: "2",
    },
    cwd: PACKAGE,
  });
  started.push(server);
  await server.waitForLine(SERVING);
  return { server, origin: `http://127.0.0.1:${SERVING.exec(server.output)?.[1]}` };
}

describe("the control plane's process", () => {
  it("takes an entity into the registry, where others find it after its end", async () => {
    const { server, origin } = await start();
    const [, email = "", madePassword] = ADMIN.exec(server.output) ?? [];
    const operator = await Operator.signIn(origin, { email, madePassword });
    for (const { submit, decide, body } of ONBOARDING) {
      const submitted = await operator.call("POST", submit, body);
      const decision = { "request-id": submitted.body["request-id"], status: "APPROVED" };
      const decided = await operator.call("POST", decide, decision);
      expect(decided.body).toMatchObject({ status: "APPROVED" });
    }
    expect(await server.stop()).toMatchObject({ code: 0 });

    const environment = openEmbeddedEnvironment(folder);
    const source = new EmbeddedRegistrySource(environment);
    const { entries } = await source.load(AbortSignal.timeout(10_000));
    await source.close();
    await environment.close();
    const group = "entities/user/feature-groups/core";
    expect(Buffer.from(entries.get(`${group}/active-version`) ?? []).toString()).toBe("1");
    expect(Buffer.from(entries.get(`${group}/features/1/labels`) ?? []).toString()).toBe("ctr");
    expect([...entries.keys()]).toContain("storage/stores/1");
    expect([...entries.keys()]).toContain("security/writer/user_job");
  });

  it("says all that is wrong with its environment, and ends", async () => {
    const server = await startProcess({
      script: "src/main.ts",
      nodeOptions: NODE_OPTIONS,
      args: [],
      env: { APP_PORT: "x", OFS_DATA_FOLDER: undefined, JWT_SECRET: undefined },
      cwd: PACKAGE,
    });
    started.push(server);
    expect(await server.exited).toMatchObject({ code: 1 });
    for (const name of ["APP_PORT", "JWT_SECRET", "MYSQL_MASTER_HOST", "ETCD_SERVER"]) {
      expect(server.output).toContain(name);
    }
  });
});
