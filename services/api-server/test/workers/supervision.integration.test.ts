import { once } from "node:events";
import { createServer } from "node:net";
import { startProcess, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BUILT } from "../scenarios/server-under-test.ts";
import { type Caller, grpcCaller, httpCaller, Load } from "./load.ts";
import {
  type Host,
  isRunning,
  openSite,
  PROCESS_TEST_TIMEOUT_MS,
  type Site,
  seriesOf,
} from "./workers-under-test.ts";

const LIMIT = { timeout: PROCESS_TEST_TIMEOUT_MS };

let site: Site;
const callers: Caller[] = [];

beforeEach(async () => {
  site = await openSite();
});

afterEach(async () => {
  for (const caller of callers.splice(0)) caller.close();
  await site.close();
});

/** Connections of both kinds; they spread over the workers. */
function connect(pairCount = 4): Caller[] {
  const pairs = Array.from({ length: pairCount }, () => [
    grpcCaller(site.port),
    httpCaller(site.port),
  ]);
  callers.push(...pairs.flat());
  return pairs.flat();
}

async function waitForOthers(host: Host, before: readonly number[]): Promise<number[]> {
  return waitUntil(
    async () => {
      const pids = await host.workerPids();
      const isReplaced = pids.length === before.length && !pids.every((p) => before.includes(p));
      return isReplaced ? pids : undefined;
    },
    { what: "a replacement", timeoutMs: 90_000 },
  );
}

test("a worker that is killed fails only its own calls in flight, and is back", LIMIT, async () => {
  const host = await site.start(2);
  const before = await host.workerPids();
  // One loop a connection: at most one call of each is in flight.
  const opened = connect();
  const load = new Load(opened, 1);
  await load.succeed(100);
  const [victim] = before;
  process.kill(victim as number, "SIGKILL");
  await waitForOthers(host, before);
  await host.waitForReady(2);
  await load.succeed(100);
  await load.stop();
  // The victim's connections fail once at most; those of the other worker, about half of them, never.
  expect(Math.max(...load.failuresByLoop)).toBeLessThanOrEqual(1);
  expect(load.failuresByLoop).toContain(0);
  await load.verify(opened[0] as Caller);
  expect(host.process.isRunning).toBe(true);
  const text = await host.scrape();
  expect(seriesOf(text, "ofs_worker_restarts_total", 'reason="killed"')).toBe(1);
});

test("SIGHUP under load replaces every worker without a failed call", LIMIT, async () => {
  const host = await site.start(2);
  const before = await host.workerPids();
  const load = new Load(connect(), 2);
  await load.succeed(100);
  host.process.signal("SIGHUP");
  await waitUntil(
    async () => {
      const text = await host.scrape();
      return seriesOf(text, "ofs_worker_reloads_total", 'result="done"') === 1;
    },
    { what: "the end of the rolling restart", timeoutMs: 120_000 },
  );
  await load.succeed(100);
  await load.stop();
  expect(load.failures).toEqual([]);
  const after = await host.workerPids();
  expect(after).toHaveLength(2);
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
  await load.verify(callers[0] as Caller);
});

test("a worker that hangs is replaced, and the others serve on", LIMIT, async () => {
  const host = await site.start(2);
  const before = await host.workerPids();
  process.kill(before[0] as number, "SIGSTOP");
  const after = await waitForOthers(host, before);
  expect(after).not.toContain(before[0]);
  await host.waitForReady(2);
  const text = await host.scrape();
  expect(seriesOf(text, "ofs_worker_restarts_total", 'reason="hung"')).toBe(1);
});

describe("nobody is left behind", () => {
  test("when the primary is killed, the workers drain and end", LIMIT, async () => {
    const host = await site.start(2);
    const workers = await host.workerPids();
    const load = new Load(connect(), 1);
    await load.succeed(100);
    process.kill(host.process.pid, "SIGKILL");
    await waitUntil(() => !workers.some(isRunning), { what: "their end", timeoutMs: 60_000 });
    await load.stop();
    expect(load.failures).toEqual([]);
  });

  test.each(["SIGTERM", "SIGINT"] as const)(
    "when the whole group gets %s",
    LIMIT,
    async (signal) => {
      const host = await site.start(2);
      const workers = await host.workerPids();
      const load = new Load(connect(), 1);
      await load.succeed(100);
      process.kill(-host.process.pid, signal);
      expect(await host.process.exited).toEqual({ code: 0, signal: null });
      await load.stop();
      expect(load.failures).toEqual([]);
      expect(workers.filter(isRunning)).toEqual([]);
    },
  );
});

describe("a start that fails ends the primary with 1 and the reason", () => {
  test("a taken port", LIMIT, async () => {
    const taken = createServer().listen(site.port, "127.0.0.1");
    await once(taken, "listening");
    const failed = await startProcess({
      ...BUILT,
      env: {
        WORKERS: "2",
        APP_HOST: "127.0.0.1",
        APP_PORT: String(site.port),
        ETCD_SERVER: "127.0.0.1:1",
      },
    });
    expect(await failed.exited).toEqual({ code: 1, signal: null });
    expect(failed.output).toContain("EADDRINUSE");
    taken.close();
  });

  test("certificates that no worker can read", LIMIT, async () => {
    const failed = await startProcess({
      ...BUILT,
      env: {
        WORKERS: "2",
        APP_HOST: "127.0.0.1",
        APP_PORT: String(site.port),
        ETCD_SERVER: "127.0.0.1:1",
        TLS_CERT_FILE: "/nowhere/cert.pem",
        TLS_KEY_FILE: "/nowhere/key.pem",
      },
    });
    expect(await failed.exited).toEqual({ code: 1, signal: null });
    expect(failed.output).toContain("no worker could start");
    expect(failed.output).toContain("/nowhere/cert.pem");
  });

  test("more than one worker on a data folder", LIMIT, async () => {
    const failed = await startProcess({
      ...BUILT,
      env: { WORKERS: "2", OFS_DATA_FOLDER: "/nowhere" },
    });
    expect(await failed.exited).toEqual({ code: 1, signal: null });
    expect(failed.output).toContain("the embedded store has one writer");
  });
});
