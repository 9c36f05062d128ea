import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { EtcdRegistrySource } from "@ofs/registry";
import { serverAddress } from "@ofs/testkit";
import { afterAll, beforeEach, expect, test } from "vitest";
import { AppliedRevisions } from "../../src/rows/publication/served.ts";
import { silentLog } from "../database/new-requests.ts";

const TIMEOUT_MS = 60_000;
/** Well above the second that is waited at most. */
const PATIENCE_MS = 30_000;
/** Long enough for several looks, and well below that second. */
const LATE_MS = 300;

const root = `/row/test-${randomBytes(6).toString("hex")}/runtime/applied`;
const source = new EtcdRegistrySource({ endpoints: serverAddress("etcd").text, root });
const served = new AppliedRevisions(source, silentLog);
const paths = ["api-server/one", "consumer/two"];

async function say(path: string, revision: number | undefined): Promise<void> {
  const value = revision === undefined ? undefined : Buffer.from(String(revision));
  await source.write([{ path, value }]);
}

beforeEach(async () => {
  for (const path of paths) await say(path, undefined);
}, TIMEOUT_MS);

afterAll(async () => {
  for (const path of paths) await say(path, undefined);
  await source.close();
}, TIMEOUT_MS);

test(
  "it waits until all instances have the revision",
  async () => {
    await say("api-server/one", 10);
    await say("consumer/two", 9);
    let isSaid = false;
    const waiting = served.waitFor(10).then(() => isSaid);
    await delay(LATE_MS);
    isSaid = true;
    await say("consumer/two", 10);
    expect(await waiting).toBe(true);
  },
  TIMEOUT_MS,
);

test(
  "without instances, or with one that hangs, it does not wait for ever",
  async () => {
    await served.waitFor(10);
    await say("api-server/one", 1);
    const startedAtMs = performance.now();
    await served.waitFor(10);
    expect(performance.now() - startedAtMs).toBeLessThan(PATIENCE_MS);
  },
  TIMEOUT_MS,
);

test(
  "a registry that is away holds nothing up",
  async () => {
    const away = new EtcdRegistrySource({ endpoints: "127.0.0.1:1", root });
    await new AppliedRevisions(away, silentLog).waitFor(10);
    await expect(away.load(AbortSignal.timeout(PATIENCE_MS))).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    await away.close();
  },
  TIMEOUT_MS,
);
