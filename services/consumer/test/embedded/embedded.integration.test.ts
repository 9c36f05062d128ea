import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedRegistrySource, openEmbeddedEnvironment } from "@ofs/store";
import { entityTree, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEFAULT_TOPIC } from "../../src/config/kafka-settings.ts";
import { FEATURE, GROUP, KEY, numbers } from "../pipeline/messages.ts";
import { CALLER, CALLER_TOKEN } from "../pipeline/registry.ts";
import { ApiProcess, ConsumerProcess } from "../pipeline/services.ts";

/** The built consumer on a data folder: log, stores and registry, no server beside it. */
const ENTITY = "user";
const INGEST = `/ingest/${DEFAULT_TOPIC}`;
const POISON = Buffer.from([0xff, 0xff, 0xff]);

let folder: string;
const opened: { close(): Promise<unknown> }[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ofs-consumer-"));
  await register(ENTITY);
});

afterEach(async () => {
  for (const one of opened.splice(0).toReversed()) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

async function register(entity: string): Promise<void> {
  const environment = openEmbeddedEnvironment(folder);
  const source = new EmbeddedRegistrySource(environment);
  const tree = {
    [`security/reader/${CALLER}`]: JSON.stringify({ token: CALLER_TOKEN }),
    "storage/stores/1": JSON.stringify({ "db-type": "embedded", "conf-id": 0, table: "t" }),
    ...entityTree(entity, [KEY], {
      [GROUP]: { id: 0, type: "Int64", versions: [{ [FEATURE]: {} }] },
    }),
    [`entities/${entity}/in-memory-cache/enabled`]: "false",
    [`entities/${entity}/distributed-cache/enabled`]: "false",
  };
  const changes = Object.entries(tree);
  await source.write(changes.map(([path, text]) => ({ path, value: Buffer.from(text) })));
  await source.close();
  await environment.close();
}

async function start(env: Record<string, string> = {}): Promise<ConsumerProcess> {
  const consumer = await ConsumerProcess.start({ OFS_DATA_FOLDER: folder, ...env });
  opened.push({ close: () => consumer.process.kill() });
  return consumer;
}

/** What an api-server on the same folder reads. */
async function read(entity: string, keys: readonly string[]): Promise<Record<string, unknown>> {
  const api = await ApiProcess.start({ OFS_DATA_FOLDER: folder });
  try {
    return await api.read(entity, keys);
  } finally {
    await api.close();
  }
}

/** Adds one message as it is. */
async function produce(consumer: ConsumerProcess, message: Uint8Array, key = "k"): Promise<number> {
  const path = `${INGEST}?key=${encodeURIComponent(key)}`;
  const { status } = await consumer.post(path, message, "application/octet-stream");
  return status;
}

describe("the consumer on a data folder", () => {
  it("makes dead letters of poison at head, middle, tail and alone, and stores the rest", async () => {
    const consumer = await start();
    const cases = {
      head: [POISON, 1, 2],
      middle: [1, POISON, 2],
      tail: [1, 2, POISON],
      alone: [POISON, POISON],
    } as const;
    for (const [key, messages] of Object.entries(cases)) {
      for (const one of messages) {
        const message = typeof one === "number" ? numbers(ENTITY, { [key]: one }) : one;
        expect(await produce(consumer, message, key)).toBe(200);
      }
      await consumer.whenDone();
    }
    const { body } = await consumer.call(`/dlq/${DEFAULT_TOPIC}`);
    const keys = body.letters.map(({ key }: { key: string }) => key);
    expect(keys.sort()).toEqual(["alone", "alone", "head", "middle", "tail"]);
    expect(body.letters[0]).toMatchObject({ code: "INVALID_ARGUMENT", attempts: 1 });
    expect((await consumer.call("/ready")).status).toBe(200);
    expect(await consumer.stop()).toBe(0);
    const expected = { head: 2, middle: 2, tail: 2, alone: 0 };
    expect(await read(ENTITY, Object.keys(expected))).toEqual(expected);
  });

  it("waits for an entity that is registered later", async () => {
    const consumer = await start();
    await produce(consumer, numbers("late", { a: 1 }));
    await consumer.whenReady(200, /"waitingRecords":1/);
    await register("late");
    await consumer.whenDone();
    expect((await consumer.call(`/dlq/${DEFAULT_TOPIC}`)).body.letters).toEqual([]);
    expect(await consumer.stop()).toBe(0);
    expect(await read("late", ["a"])).toEqual({ a: 1 });
  });

  it("keeps what it acknowledged when it is stopped under load", async () => {
    const first = await start();
    const acknowledged = new Map<string, number>();
    let isStopping = false;
    const load = async (producer: number): Promise<void> => {
      for (let value = 1; !isStopping; value++) {
        const key = `p${producer}-${value % 20}`;
        try {
          const status = await produce(first, numbers(ENTITY, { [key]: value }), key);
          if (status === 200) acknowledged.set(key, value);
        } catch {
          return; // the port is closed: nothing was acknowledged
        }
      }
    };
    const producers = [0, 1, 2, 3].map(load);
    await waitUntil(() => acknowledged.size >= 60, { what: "60 keys" });
    expect(await first.stop()).toBe(0);
    isStopping = true;
    await Promise.all(producers);
    expect(acknowledged.size).toBeGreaterThanOrEqual(60);

    const second = await start();
    await second.whenDone();
    expect(await second.stop()).toBe(0);
    const stored = await read(ENTITY, [...acknowledged.keys()]);
    for (const [key, value] of acknowledged) {
      // A message may have come in whose acknowledgement did not get out.
      expect(stored[key], key).toBeGreaterThanOrEqual(value);
      expect(stored[key], key).toBeLessThanOrEqual(value + 20);
    }
  });

  it("does not start where another one has the log", async () => {
    await start();
    const second = ConsumerProcess.start({ OFS_DATA_FOLDER: folder }, false);
    await expect(second).rejects.toThrow(/embedded log in .* is in use: process \d+ has it open/);
  });

  it("wants the token where one is set", async () => {
    const token = "operators-only-token";
    const consumer = await start({ ADMIN_TOKEN: token });
    expect((await consumer.call("/lag")).status).toBe(401);
    const { status } = await consumer.call("/lag", { headers: { "ofs-admin-token": token } });
    expect(status).toBe(200);
    expect(consumer.process.output).not.toContain(token);
  });
});
