import { setTimeout as delay } from "node:timers/promises";
import { type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RETRIEVE_METHOD } from "../src/routes/feature-routes.ts";
import {
  closeStalledFleet,
  query,
  STALLED,
  type StalledFleet,
  series,
  startStalledFleet,
} from "./support/stalled-fleet.ts";
import { credentialsOf } from "./support/test-api.ts";

/** Each makes one call after the other: more than the server does in the longest wait. */
const CALLERS = 300;
/** So many keys that the server is busy before this process is. */
const GOOD_QUERY = query("good", 2_000);
const STALLED_QUERY = query("stalled");
const PHASE_MS = 4_000;
const PAUSE_AFTER_REFUSAL_MS = 20;

let fleet: StalledFleet;

beforeAll(async () => {
  fleet = await startStalledFleet({});
});

afterAll(() => closeStalledFleet(fleet));

interface Tally {
  good: number;
  refused: number;
}

/** @param stalledEvery one in so many calls asks the store that has stalled; its caller goes on without an answer */
async function load(stalledEvery: number): Promise<Tally> {
  const tally = { good: 0, refused: 0 };
  const endMs = performance.now() + PHASE_MS;
  let count = 0;
  const call = async (): Promise<void> => {
    count += 1;
    const headers = credentialsOf("tester");
    if (count % stalledEvery === 0) {
      const deadline = Date.now() + 2 * PHASE_MS;
      fleet.client.call(RETRIEVE_METHOD, STALLED_QUERY, headers, { deadline }).catch(() => {});
      return;
    }
    try {
      await fleet.client.call(RETRIEVE_METHOD, GOOD_QUERY, headers);
      tally.good += 1;
    } catch (error) {
      expect((error as ServiceError).code).toBe(status.RESOURCE_EXHAUSTED);
      tally.refused += 1;
      await delay(PAUSE_AFTER_REFUSAL_MS);
    }
  };
  const caller = async (): Promise<void> => {
    while (performance.now() < endMs) await call();
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return tally;
}

test("a busy server answers as many calls as ever while others are stuck at a store", async () => {
  await load(Number.POSITIVE_INFINITY);
  const before = await load(Number.POSITIVE_INFINITY);
  const beside = await load(10);
  expect(before.refused).toBeGreaterThan(0);
  expect(await series(fleet, `ofs_store_in_flight{${STALLED}`)).toBeGreaterThan(50);
  // As many, but for what else the machine does: with a bound that did not grow it would be a tenth.
  expect(beside.good).toBeGreaterThan(before.good * 0.3);
});
