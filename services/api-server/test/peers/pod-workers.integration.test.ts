import { randomUUID } from "node:crypto";
import { waitUntil } from "@ofs/testkit";
import { afterEach, expect, test } from "vitest";
import { grpcCaller } from "../workers/load.ts";
import { type Pods, startPods } from "./pods-under-test.ts";

/** Connections go to the workers in turn, so that some reach each. */
const CALLERS = 4;
const KEYS = 20;
const TIMEOUT_MS = 40_000;

let site: Pods | undefined;

afterEach(async () => {
  await site?.close();
  site = undefined;
});

/** New processes trust nobody for 10 s, and there are two generations of them. */
const TEST_TIMEOUT_MS = 150_000;

test("workers of a pod share its keys; the port passes on", {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  site = await startPods(1, { WORKERS: "2" }, true);
  const [pod] = site.pods;
  if (pod === undefined) throw new Error("no pod");
  // An answer must come within 10 ms, which a busy machine may not manage; a record may take its time.
  const stored = async (): Promise<number> => {
    const count = await pod.series("ofs_p2p_cache_server_values_total", 'result="stored"');
    return Number.isNaN(count) ? 0 : count;
  };
  /** Whether a worker has sent what it read to the other, which holds all keys. */
  const isShared = async (): Promise<boolean> => {
    const before = await stored();
    for (let i = 0; i < CALLERS; i++) {
      const caller = grpcCaller(pod.port);
      const run = randomUUID(); // keys that no worker knows, whichever is asked first
      for (let k = 0; k < KEYS; k++) expect(await caller.read(`${run}-${k}`)).toBe(0);
      caller.close();
    }
    return (await stored()) > before;
  };
  const waitForSharing = async (what: string): Promise<void> => {
    try {
      await waitUntil(isShared, { what, timeoutMs: TIMEOUT_MS });
    } catch (error) {
      throw new Error(`${String(error)}\n${await pod.report()}`, { cause: error });
    }
  };
  await waitForSharing("a worker to send keys to the other");
  pod.process.signal("SIGHUP");
  const isReplaced = async () =>
    (await pod.series("ofs_worker_reloads_total", 'result="done"')) === 1;
  await waitUntil(isReplaced, { what: "the workers to be replaced", timeoutMs: TIMEOUT_MS });
  await waitForSharing("the new workers to share");
});
