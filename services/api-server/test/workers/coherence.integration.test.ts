import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Caller, grpcCaller } from "./load.ts";
import {
  type Host,
  openSite,
  PROCESS_TEST_TIMEOUT_MS,
  type Site,
  seriesOf,
} from "./workers-under-test.ts";

/** The Redis behind these servers is shared. */
const KEY = randomUUID();
const CONNECTIONS = 8;
const ROUNDS = 150;

const LIMIT = { timeout: PROCESS_TEST_TIMEOUT_MS };

let site: Site;
let host: Host;
const callers: Caller[] = [];

beforeEach(async () => {
  site = await openSite(true);
  host = await site.start(2);
  callers.push(...Array.from({ length: CONNECTIONS }, () => grpcCaller(site.port)));
  // Both workers have the key in memory from now on.
  await readEverywhere(KEY);
});

afterEach(async () => {
  for (const caller of callers.splice(0)) caller.close();
  await site.close();
});

function readEverywhere(key: string): Promise<number[]> {
  return Promise.all(callers.map((caller) => caller.read(key)));
}

test(
  "what one worker has written, the other answers at once, in spite of its cache",
  LIMIT,
  async () => {
    let staleRounds = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const writer = callers[round % CONNECTIONS] as Caller;
      await writer.write(KEY, round);
      const answers = await readEverywhere(KEY);
      if (answers.some((answer) => answer !== round)) staleRounds += 1;
    }
    const text = await host.scrape();
    // A worker that a busy machine keeps from running for 100 ms is not waited for: that is counted, and normally never.
    expect(staleRounds).toBeLessThanOrEqual(seriesOf(text, "ofs_worker_bus_late_total"));
    expect(seriesOf(text, "ofs_feature_retrieve_cache_hit_total")).toBeGreaterThan(0);
  },
);

test("one scrape is the sum of all workers", LIMIT, async () => {
  const calls = 40;
  await Promise.all(
    callers.flatMap((caller) => Array.from({ length: calls }, () => caller.read(KEY))),
  );
  const expected = CONNECTIONS * (calls + 1);
  const method = 'method="/retrieve.FeatureService/RetrieveFeatures"';
  // Whichever worker is asked.
  for (const text of await Promise.all([host.scrape(), host.scrape(), host.scrape()])) {
    expect(seriesOf(text, "ofs_grpc_server_requests_total", method)).toBe(expected);
    expect(seriesOf(text, "ofs_grpc_server_request_latency_seconds_count", method)).toBe(expected);
    expect(seriesOf(text, "ofs_connections")).toBeGreaterThanOrEqual(CONNECTIONS);
    expect(seriesOf(text, "ofs_in_memory_cache_max_size_bytes")).toBe(20_000_000);
    expect(seriesOf(text, "ofs_ready")).toBe(1);
    expect(seriesOf(text, "ofs_workers", 'state="ready"')).toBe(2);
    expect(seriesOf(text, "ofs_workers_configured")).toBe(2);
    expect(seriesOf(text, "process_start_time_seconds")).toBeLessThan(Date.now() / 1_000 + 1);
  }
});

test("counters do not go back when a worker dies or does not answer", LIMIT, async () => {
  const before = await host.scrape();
  const method = 'method="/retrieve.FeatureService/RetrieveFeatures"';
  const count = seriesOf(before, "ofs_grpc_server_requests_total", method);
  expect(count).toBe(CONNECTIONS);
  const [first, second] = (await host.workerPids()) as [number, number];
  process.kill(first, "SIGKILL");
  await host.waitForReady(2);
  const afterDeath = await host.scrape();
  expect(seriesOf(afterDeath, "ofs_grpc_server_requests_total", method)).toBe(count);
  process.kill(second, "SIGSTOP");
  try {
    const withoutOne = await host.scrape();
    expect(seriesOf(withoutOne, "ofs_grpc_server_requests_total", method)).toBe(count);
    expect(seriesOf(withoutOne, "ofs_worker_scrapes_missed_total")).toBe(1);
  } finally {
    process.kill(second, "SIGCONT");
  }
});
