import { setTimeout as delay } from "node:timers/promises";
import { createClient, type OfsClient } from "@ofs/client";
import { DEFAULT_TOPIC } from "@ofs/consumer";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliRun } from "../support/cli-run.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startTestFleet, type TestFleet } from "../support/test-fleet.ts";

/** What the control plane tells of a real api-server, a real consumer and a real populator. */

const START_MS = 60_000;
const CHANGE_MS = 60_000;
/** Looks are shared for two seconds. */
const POLL_MS = 500;
const READ_COUNT = 20;

// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
type Report = any;

const temporary = temporaryFolder();
let fleet: TestFleet;
let client: OfsClient;
let token: string;

beforeAll(async () => {
  fleet = await startTestFleet(temporary.path);
  const { address } = fleet;
  client = createClient({ address, callerId: "quickstart", callerToken: "quickstart" });
  const { email, madePassword: password } = fleet.firstAdmin ?? {};
  const reply = await fetch(`http://${fleet.horizonAddress}/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  ({ token } = (await reply.json()) as { token: string });
}, START_MS);

afterAll(async () => {
  client.close();
  await fleet.stop();
  temporary.remove();
});

async function get(path: string): Promise<Report> {
  const reply = await fetch(`http://${fleet.horizonAddress}/api/v1/horizon/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

/** Does something before each look, until an answer is as it should be; fails with what it is otherwise. */
async function until(
  path: string,
  isThere: (report: Report) => boolean,
  act: () => Promise<unknown> = async () => undefined,
): Promise<Report> {
  const endsAtMs = performance.now() + CHANGE_MS;
  for (;;) {
    await act();
    const report = await get(path);
    if (isThere(report)) return report;
    if (performance.now() > endsAtMs) throw new Error(`${path}: ${JSON.stringify(report)}`);
    await delay(POLL_MS);
  }
}

async function read(): Promise<void> {
  const features = { ratings: ["imdb_rating"] };
  for (let at = 0; at < READ_COUNT; at += 1) {
    await client.retrieve({ entity: "movie", keys: [["inception"]], features });
  }
}

async function produce(): Promise<void> {
  const row = '{"movie_id": "told", "imdb_rating": 7.5}';
  const { address, consumerAddress } = fleet;
  const args = ["produce", "movie", row, "--address", address, "--consumer", consumerAddress];
  const { exitCode, stderr } = await cliRun(args);
  if (exitCode !== 0) throw new Error(stderr);
}

describe("the state of the fleet", () => {
  it(
    "names all services, ready, with a registry that is the newest",
    async () => {
      const report = await get("fleet");
      expect(report.services).toEqual([
        expect.objectContaining({
          service: "api-server",
          url: `http://${fleet.address}`,
          state: expect.stringMatching(/^(?:ready|warning)$/),
          "metrics-problem": null,
          "registry-state": "current",
          "registry-revision": report["registry-revision"],
        }),
        expect.objectContaining({
          service: "consumer",
          url: `http://${fleet.consumerAddress}`,
          "metrics-problem": null,
          "registry-state": "current",
        }),
        expect.objectContaining({
          service: "populator",
          url: `http://${fleet.populatorAddress}`,
          state: expect.stringMatching(/^(?:ready|warning)$/),
          "metrics-problem": null,
        }),
      ]);
      const [{ "started-at": startedAt }] = report.services;
      expect(Math.abs(Date.parse(startedAt) + process.uptime() * 1000 - Date.now())).toBeLessThan(
        5_000,
      );
    },
    CHANGE_MS,
  );

  it(
    "has rates, times and hits once there are reads",
    async () => {
      const { reads, caches } = await until(
        "fleet",
        (report) => report.reads?.["per-second"] > 0 && report.caches.length > 0,
        read,
      );
      expect(reads["failures-per-second"]).toBe(0);
      expect(reads["p50-seconds"]).toBeGreaterThan(0);
      expect(reads["p99-seconds"]).toBeGreaterThanOrEqual(reads["p50-seconds"]);
      expect(caches).toEqual([{ tier: "in_memory", "hit-ratio": expect.any(Number) }]);
      expect(caches[0]["hit-ratio"]).toBeGreaterThan(0);
    },
    CHANGE_MS * 2,
  );

  it(
    "has the rate and the delay of ingestion, no lag in the end, and dead letters",
    async () => {
      const topicOf = (report: Report) =>
        report.ingest?.topics.find(({ topic }: Report) => topic === DEFAULT_TOPIC);
      const moving = await until(
        "fleet",
        (report) => topicOf(report)?.["records-per-second"] > 0,
        produce,
      );
      expect(topicOf(moving)["delay-p99-seconds"]).toBeGreaterThan(0);
      expect(topicOf(moving)["dead-letter-count"]).toBe(0);
      expect(moving.ingest["rows-per-second"]).toBeGreaterThan(0);
      const consumer = `http://${fleet.consumerAddress}/ingest/${DEFAULT_TOPIC}`;
      const headers = { "content-type": "application/octet-stream" };
      const added = await fetch(consumer, { method: "POST", headers, body: "no message" });
      expect(added.status).toBe(200);
      const done = await until(
        "fleet",
        (report) =>
          topicOf(report)["dead-letter-count"] === 1 && topicOf(report)["lag-records"] === 0,
      );
      expect(done.ingest).toMatchObject({ "halted-partitions": 0, "waiting-records": 0 });
    },
    CHANGE_MS * 3,
  );

  it(
    "knows when a group was last written, and by whom",
    async () => {
      const path = "fleet/last-writes?entity=movie&feature-group=ratings";
      const before = await until(path, ({ groups }) => groups[0]?.["ingested-at"] !== null);
      const [{ "written-at": loadedAt, "ingested-at": ingestedAt }] = before.groups;
      // The sample was written through the api-server.
      expect(Date.parse(loadedAt)).toBeLessThanOrEqual(Date.parse(ingestedAt));
      const features = { ratings: { imdb_rating: 5 } };
      await client.persist({
        entity: "movie",
        rows: [{ keys: { movie_id: "told" }, values: features }],
      });
      const after = await until(path, ({ groups }) => groups[0]["written-at"] > ingestedAt);
      expect(after.groups[0]["ingested-at"]).toBe(ingestedAt);
    },
    CHANGE_MS * 2,
  );

  it("counts what the sample has made", async () => {
    const counts = await get("counts");
    expect(counts).toMatchObject({ entities: 3, stores: 3, faults: 0, "waiting-requests": 0 });
    expect(counts.features).toBeGreaterThan(counts["feature-groups"]);
  });
});
