import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { entityTree, killAfter, seededRandom } from "@ofs/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DEFAULT_TOPIC } from "../../src/config/kafka-settings.ts";
import { FEATURE, GROUP, KEY, numbers } from "../pipeline/messages.ts";
import { CALLER, CALLER_TOKEN } from "../pipeline/registry.ts";
import { FleetProcess } from "./fleet-process.ts";

const { OFS_CRASH_ROUNDS = "5" } = process.env;
const ROUNDS = Number(OFS_CRASH_ROUNDS);
const SEED = 20_251_122;

/** From the moment that a fleet is ready. */
const MAX_LIFE_MS = 1000;

const ENTITY = "user";
const PRODUCERS = 6;
const KEYS_PER_PRODUCER = 5;
const TIMEOUT_MS = 60_000 + ROUNDS * 15_000;

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ofs-crash-"));
  const environment = openEmbeddedEnvironment(folder);
  const source = new EmbeddedRegistrySource(environment);
  const tree = {
    [`security/reader/${CALLER}`]: JSON.stringify({ token: CALLER_TOKEN }),
    "storage/stores/1": JSON.stringify({ "db-type": "embedded", "conf-id": 0, table: "t" }),
    ...entityTree(ENTITY, [KEY], {
      [GROUP]: { id: 0, type: "Int64", versions: [{ [FEATURE]: {} }] },
    }),
    [`entities/${ENTITY}/in-memory-cache/enabled`]: "false",
    [`entities/${ENTITY}/distributed-cache/enabled`]: "false",
  };
  await source.write(
    Object.entries(tree).map(([path, text]) => ({ path, value: Buffer.from(text) })),
  );
  await source.close();
  await environment.close();
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Writes rising numbers to keys of its own, one message after the other, whatever fleet there is. */
class Producer {
  /** Newest number of each key that was acknowledged. */
  readonly acknowledged = new Map<string, number>();
  readonly #name: string;
  #value = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Newest number that was tried, acknowledged or not. */
  get tried(): number {
    return this.#value;
  }

  async produceUntilGone(fleet: FleetProcess): Promise<void> {
    for (;;) {
      const value = ++this.#value;
      const key = `${this.#name}-${value % KEYS_PER_PRODUCER}`;
      if (!(await fleet.produce(DEFAULT_TOPIC, key, numbers(ENTITY, { [key]: value })))) return;
      this.acknowledged.set(key, value);
    }
  }
}

/** Each key has its newest acknowledged number, or a newer one whose acknowledgement did not get out. */
async function check(fleet: FleetProcess, producers: readonly Producer[]): Promise<void> {
  await fleet.whenDone();
  for (const { acknowledged, tried } of producers) {
    const stored = await fleet.read(ENTITY, [...acknowledged.keys()]);
    for (const [key, value] of acknowledged) {
      expect(stored.get(key), key).toBeGreaterThanOrEqual(value);
      expect(stored.get(key), key).toBeLessThanOrEqual(tried);
      expect((stored.get(key) ?? 0) % KEYS_PER_PRODUCER, key).toBe(value % KEYS_PER_PRODUCER);
    }
  }
  expect(await fleet.letterCount(DEFAULT_TOPIC)).toBe(0);
}

test(
  `a fleet killed at any moment has, in the end, the newest acknowledged value of every key (${ROUNDS} rounds)`,
  async () => {
    const random = seededRandom(SEED);
    const producers = Array.from({ length: PRODUCERS }, (_, index) => new Producer(`p${index}`));
    for (let round = 0; round < ROUNDS; round++) {
      const fleet = await FleetProcess.start(folder);
      // Every other time it is killed with work left from the round before.
      if (round % 2 === 0) await check(fleet, producers);
      const producing = producers.map((producer) => producer.produceUntilGone(fleet));
      const { signal } = await killAfter(fleet.process, { random, maxMs: MAX_LIFE_MS });
      expect(signal).toBe("SIGKILL");
      await Promise.all(producing);
      fleet.disconnect();
    }
    const last = await FleetProcess.start(folder);
    await check(last, producers);
    const { code } = await last.process.stop();
    last.disconnect();
    expect(code).toBe(0);
    const keyCount = producers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
    expect(keyCount).toBeGreaterThan(PRODUCERS);
  },
  TIMEOUT_MS,
);
