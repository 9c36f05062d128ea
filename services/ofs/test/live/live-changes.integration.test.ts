import { type OfsClient, OfsClientError } from "@ofs/client";
import { waitUntil } from "@ofs/testkit";
import { describe, expect, type TestContext, test } from "vitest";
import { startEmbeddedFleet } from "./embedded-fleet.ts";
import {
  connect,
  isSameRow,
  messageOf,
  type Row,
  readRow,
  STEADY,
  writeRow,
} from "./feature-rows.ts";
import { changesOf, type LiveChange } from "./live-changes.ts";
import type { LiveFleet } from "./live-fleet.ts";
import { startServerFleet } from "./server-fleet.ts";
import { SteadyLoad } from "./steady-load.ts";

const TIMEOUT_MS = 300_000;
const ROUNDS = 3;

/** Two seconds are what is promised; a busy machine may take longer. What was measured is told as an annotation. */
const LIVE_WITHIN_MS = 10_000;
/** Between two looks. */
const INTERVAL_MS = 5;

/** What a process says that does not know the new schema yet, or no longer has the old one. */
const UNKNOWN: ReadonlySet<string> = new Set(["INVALID_ARGUMENT", "NOT_FOUND"]);

/** Milliseconds from the approval's answer on. */
interface Measured {
  /** Until each api-server reads by the new schema. */
  readonly servedMs: readonly number[];
  /** Until a message with the new schema can be read back from each api-server. */
  readonly consumedMs: number;
}

/** @returns undefined if the place, or one of the labels, is unknown */
async function readKnown(
  client: OfsClient,
  { place }: LiveChange,
  key: string,
  labels: readonly string[],
) {
  try {
    return await readRow(client, place, key, labels);
  } catch (error) {
    if (error instanceof OfsClientError && UNKNOWN.has(error.code)) return undefined;
    throw error;
  }
}

async function isServed(client: OfsClient, change: LiveChange): Promise<boolean> {
  const { goneLabel, shows } = change;
  const row = await readKnown(client, change, shows.key, Object.keys(shows.row));
  if (row === undefined || !isSameRow(row, shows.row)) return false;
  if (goneLabel === undefined) return true;
  return (await readKnown(client, change, shows.key, [goneLabel])) === undefined;
}

async function hasWritten(client: OfsClient, change: LiveChange, key: string): Promise<boolean> {
  const row = await readKnown(client, change, key, Object.keys(change.written));
  return row !== undefined && isSameRow(row, change.written);
}

/** Keys of rows that a change's schema was used for: by way of the log, and by each api-server. */
function keysOf({ name, round }: LiveChange, clients: readonly OfsClient[]) {
  const key = `${name} ${round}`;
  return { consumed: `${key} log`, written: clients.map((_, index) => `${key} api ${index}`) };
}

/** @returns milliseconds since `startMs` */
async function timeUntil(
  startMs: number,
  what: string,
  check: () => Promise<boolean>,
): Promise<number> {
  await waitUntil(check, { what, timeoutMs: LIVE_WITHIN_MS, intervalMs: INTERVAL_MS });
  return performance.now() - startMs;
}

async function carryOut(
  fleet: LiveFleet,
  clients: readonly OfsClient[],
  change: LiveChange,
): Promise<Measured> {
  const { name, place, requests, written } = change;
  for (const request of requests) {
    await fleet.operator.approve(request, await fleet.operator.submit(request));
  }
  const startMs = performance.now();
  const keys = keysOf(change, clients);
  const consuming = async (): Promise<number> => {
    await fleet.produce(messageOf(place, keys.consumed, written));
    const all = clients.map((client) =>
      timeUntil(startMs, `${name}: its first message`, () =>
        hasWritten(client, change, keys.consumed),
      ),
    );
    return Math.max(...(await Promise.all(all)));
  };
  const serving = clients.map((client, index) =>
    timeUntil(startMs, `${name}: api-server ${index}`, () => isServed(client, change)),
  );
  const [consumedMs, servedMs] = await Promise.all([consuming(), Promise.all(serving)]);
  for (const [index, key] of keys.written.entries()) {
    const client = clients[index] as OfsClient;
    await writeRow(client, place, key, written);
    expect(await hasWritten(client, change, key)).toBe(true);
  }
  return { servedMs, consumedMs };
}

/** Rows of all versions that there have been, by what their group has still. */
async function expectReadable(
  clients: readonly OfsClient[],
  changes: readonly LiveChange[],
): Promise<void> {
  for (const change of changes) {
    const { consumed, written } = keysOf(change, clients);
    const isSteady = change.place === STEADY;
    const { a, b } = change.written;
    const expected: Row = isSteady ? { a: Number(a), b: Number(b) } : change.written;
    for (const client of clients) {
      for (const key of [consumed, ...written]) {
        const row = await readRow(client, change.place, key, Object.keys(expected));
        expect({ key, row }).toEqual({ key, row: expected });
      }
    }
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function inWords(name: string, measured: readonly Measured[]): string {
  const served = measured.flatMap(({ servedMs }) => servedMs);
  const consumed = measured.map(({ consumedMs }) => consumedMs);
  const words = (values: readonly number[]): string =>
    `${median(values).toFixed()} ms (at most ${Math.max(...values).toFixed()})`;
  return `${name}: served after ${words(served)}, consumed after ${words(consumed)}`;
}

/** @returns times by the change's name */
async function carryOutAll(
  fleet: LiveFleet,
  clients: readonly OfsClient[],
): Promise<ReadonlyMap<string, readonly Measured[]>> {
  const measured = new Map<string, Measured[]>();
  const done: LiveChange[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const change of changesOf(fleet.stores, round)) {
      const times = await carryOut(fleet, clients, change);
      measured.set(change.name, [...(measured.get(change.name) ?? []), times]);
      done.push(change);
      await expectReadable(clients, done);
    }
  }
  return measured;
}

async function changeUnderLoad(
  fleet: LiveFleet,
  clients: readonly OfsClient[],
  context: TestContext,
): Promise<void> {
  const load = new SteadyLoad(fleet, clients);
  await load.start();
  let measured: ReadonlyMap<string, readonly Measured[]>;
  try {
    measured = await carryOutAll(fleet, clients);
  } finally {
    await load.stop();
  }
  for (const [name, times] of measured) await context.annotate(inWords(name, times));
  await context.annotate(`meanwhile ${JSON.stringify(load.counts)}`);
  expect(load.failures).toEqual([]);
  const { reads, writes, records } = load.counts;
  for (const count of [reads, writes, records]) expect(count).toBeGreaterThan(ROUNDS);
  await waitUntil(() => load.isConsumed(), {
    what: "all messages of the load",
    timeoutMs: LIVE_WITHIN_MS,
  });
  expect(await fleet.letterCount()).toBe(0);
}

describe.each([
  ["two api-servers and a consumer over etcd, Cassandra, Redis and Kafka", startServerFleet],
  ["a fleet in one process", startEmbeddedFleet],
])("%s", (_, start) => {
  test(
    "serve changes within seconds of their approval, and nothing that was asked meanwhile fails",
    async (context) => {
      const fleet = await start();
      const clients = fleet.addresses.map((address) => connect(address));
      try {
        await changeUnderLoad(fleet, clients, context);
      } finally {
        for (const client of clients) client.close();
        await fleet.close();
      }
    },
    TIMEOUT_MS,
  );
});
