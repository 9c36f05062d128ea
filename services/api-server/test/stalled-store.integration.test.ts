import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type Client, type ClientUnaryCall, Metadata, status } from "@grpc/grpc-js";
import { type PrivateServer, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RETRIEVE_METHOD } from "../src/routes/feature-routes.ts";
import type { ServerUnderTest } from "./scenarios/server-under-test.ts";
import type { RawClient } from "./support/grpc-client.ts";
import {
  closeStalledFleet,
  query,
  STALLED,
  STALLED_CONF_ID,
  type StalledFleet,
  series,
  startStalledFleet,
} from "./support/stalled-fleet.ts";
import { credentialsOf } from "./support/test-api.ts";

const STORE_MAX_IN_FLIGHT = 1_000;

let fleet: StalledFleet;
let redis: PrivateServer;
let server: ServerUnderTest;
let client: RawClient;

beforeAll(async () => {
  fleet = await startStalledFleet({
    MAX_IN_FLIGHT: "1500",
    MAX_CONCURRENT_STREAMS: "5000",
    OVERLOAD_QUEUE_MS: "0",
    STORE_MAX_IN_FLIGHT: String(STORE_MAX_IN_FLIGHT),
  });
  ({ redis, server, client } = fleet);
});

afterAll(() => closeStalledFleet(fleet));

interface Started {
  readonly call: ClientUnaryCall;
  readonly ended: Promise<{ code: number; details: string }>;
}

/** A call that can be cancelled. */
function start(label: string): Started {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(credentialsOf("tester"))) metadata.set(name, value);
  let call: ClientUnaryCall | undefined;
  const ended = new Promise<{ code: number; details: string }>((resolve) => {
    const { client: channel }: { client: Client } = client;
    call = channel.makeUnaryRequest(
      RETRIEVE_METHOD,
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes: Buffer) => bytes,
      query(label),
      metadata,
      (error) => resolve({ code: error?.code ?? status.OK, details: error?.details ?? "" }),
    );
  });
  return { call: call as ClientUnaryCall, ended };
}

/** Calls that are cancelled sooner say nothing of the store; and a window in which that is seen. */
const MIN_WAIT_MS = 300;

const inFlight = () => series(fleet, "ofs_grpc_server_requests_in_flight");
const waiting = () => series(fleet, `ofs_store_in_flight{${STALLED}`);

/** Much shorter than any time-out of the server. */
const NONE_LEFT = { what: "no call in flight", timeoutMs: 20_000 };
const hasNone = async () => (await waiting()) === 0 && (await inFlight()) === 0;

function rssMebibytes(): number {
  const [, kibibytes] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) / 1024;
}

async function hold(count: number): Promise<Started[]> {
  const held = Array.from({ length: count }, () => start("stalled"));
  await waitUntil(async () => (await waiting()) === count, { what: `${count} calls` });
  return held;
}

test("calls on a stalled store fail fast beyond its bound; those on the other store go on", async () => {
  const held = await hold(STORE_MAX_IN_FLIGHT);
  const refused = await Promise.all(Array.from({ length: 100 }, () => start("stalled").ended));
  const details =
    `store 2 (redis_standalone, conf-id ${STALLED_CONF_ID}): too many calls wait for it: ` +
    `the limit STORE_MAX_IN_FLIGHT is ${STORE_MAX_IN_FLIGHT}`;
  expect(refused).toEqual(refused.map(() => ({ code: status.RESOURCE_EXHAUSTED, details })));
  for (let round = 0; round < 10; round++) {
    const good = await Promise.all(Array.from({ length: 50 }, () => start("good").ended));
    expect(good.filter(({ code }) => code !== status.OK)).toEqual([]);
  }
  expect(await waiting()).toBe(STORE_MAX_IN_FLIGHT);
  expect(await series(fleet, `ofs_store_refused_total{${STALLED}`)).toBe(100);
  for (const { call } of held) call.cancel();
  for (const { ended } of held) expect((await ended).code).toBe(status.CANCELLED);
  await waitUntil(hasNone, NONE_LEFT);
});

test("of thousands of calls that their client cancels none stays, fewer and fewer are let in, and memory is bounded", async () => {
  const before = rssMebibytes();
  const limits: number[] = [];
  for (let round = 0; round < 6; round++) {
    let refusedCount = 0;
    const held = Array.from({ length: 1_000 }, () => start("stalled"));
    for (const { ended } of held) {
      void ended.then(({ code }) => {
        if (code === status.RESOURCE_EXHAUSTED || code === status.UNAVAILABLE) refusedCount += 1;
      });
    }
    const isSettled = async () => (await waiting()) === 1_000 - refusedCount;
    await waitUntil(isSettled, { what: "1000 calls that wait or are refused" });
    limits.push(1_000 - refusedCount);
    await delay(MIN_WAIT_MS);
    for (const { call } of held) call.cancel();
    await waitUntil(hasNone, NONE_LEFT);
  }
  for (const [round, limit] of limits.entries()) {
    expect(limit).toBeLessThanOrEqual(round === 0 ? STORE_MAX_IN_FLIGHT : (limits[round - 1] ?? 0));
  }
  expect(limits.at(-1)).toBeLessThan(STORE_MAX_IN_FLIGHT / 2);
  expect(rssMebibytes()).toBeLessThan(before + 150);
});

test("a call whose deadline passes leaves, and the store serves on when it answers again", async () => {
  const late = client.call(RETRIEVE_METHOD, query("stalled"), credentialsOf("tester"), {
    deadline: Date.now() + 200,
  });
  await expect(late).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  await waitUntil(hasNone, NONE_LEFT);
  redis.resume();
  expect((await start("stalled").ended).code).toBe(status.OK);
});
