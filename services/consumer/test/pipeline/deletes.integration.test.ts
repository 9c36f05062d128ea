import { randomUUID } from "node:crypto";
import { RECORD_OPERATION } from "@ofs/ingest";
import { serverAddress } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keysOnly, numbers } from "./messages.ts";
import { TestRegistry } from "./registry.ts";
import { ApiProcess, ConsumerProcess } from "./services.ts";
import { headerText, TestTopic } from "./topic.ts";

/** Deletes through real Kafka from real Cassandra and Redis; values are read through a built api-server and its caches. */
const STARTING_MS = 120_000;
const CALLING_MS = 60_000;
const STORES = ["scylla", "redis"] as const;
const DELETE = [RECORD_OPERATION.header, Buffer.from(RECORD_OPERATION.delete)] as const;

/** What is read of a key that was never written. */
const NOTHING = 0;

let registry: TestRegistry | undefined;
let api: ApiProcess;
let topic: TestTopic;
let consumer: ConsumerProcess;

beforeAll(async () => {
  registry = await TestRegistry.open(`deletes_${randomUUID().replaceAll("-", "")}`);
  for (const store of STORES) await registry.add(`in_${store}`, { store, isCached: true });
  api = await ApiProcess.start(registry.environment());
  topic = await TestTopic.create(serverAddress("kafka").text);
  consumer = await ConsumerProcess.start({ ...registry.environment(), ...topic.environment() });
}, STARTING_MS);

afterAll(async () => {
  await consumer?.process.kill();
  await topic?.close();
  await api?.close();
  await registry?.close();
}, STARTING_MS);

const atMs = (ms: number) => ["write-time", Buffer.from(String(ms))] as const;

describe.each(STORES.map((store) => `in_${store}`))("a delete of an entity %s", (entity) => {
  it(
    "is read at once, and keeps older writes out",
    async () => {
      const key = randomUUID();
      await topic.produce([numbers(entity, { [key]: 5 })]);
      await consumer.whenDone();
      for (let read = 0; read < 2; read++)
        expect(await api.read(entity, [key])).toEqual({ [key]: 5 });

      await topic.produce([keysOnly(entity, [key])], { headers: [DELETE] });
      await consumer.whenDone();
      expect(await api.read(entity, [key])).toEqual({ [key]: NOTHING });
      const older = [atMs(Date.now() - 60_000)];
      await topic.produce([numbers(entity, { [key]: 6 })], { headers: older });
      await consumer.whenDone();
      expect(await api.read(entity, [key])).toEqual({ [key]: NOTHING });

      await api.write(entity, key, 7);
      expect(await api.read(entity, [key])).toEqual({ [key]: 7 });
    },
    CALLING_MS,
  );

  it(
    "counts by its time among the writes of its key, whatever comes first",
    async () => {
      const now = Date.now();
      const [first, last, tie] = [randomUUID(), randomUUID(), randomUUID()];
      const write = (key: string, ms: number) =>
        topic.produce([numbers(entity, { [key]: 5 })], { headers: [atMs(ms)] });
      const remove = (key: string, ms: number) =>
        topic.produce([keysOnly(entity, [key])], { headers: [DELETE, atMs(ms)] });
      await Promise.all([
        remove(first, now - 10).then(() => write(first, now - 9)),
        remove(last, now - 9).then(() => write(last, now - 10)),
        remove(tie, now - 10).then(() => write(tie, now - 10)),
      ]);
      await consumer.whenDone();
      expect(await api.read(entity, [first, last, tie])).toEqual({
        [first]: 5,
        [last]: NOTHING,
        [tie]: NOTHING,
      });
    },
    CALLING_MS,
  );
});

describe("a record with an operation that nobody knows", () => {
  it(
    "becomes a dead letter that names it",
    async () => {
      const headers = [[RECORD_OPERATION.header, Buffer.from("upsert")] as const];
      await topic.produce([numbers("in_redis", { odd: 5 })], { headers });
      await consumer.whenDone();
      const [letter, ...others] = await topic.letters();
      if (letter === undefined) throw new Error("no letter");
      expect(others).toEqual([]);
      expect(headerText(letter, "dlq-field")).toBe("operation");
      expect(headerText(letter, "dlq-error")).toContain('header operation: "upsert" is not known');
      expect(await api.read("in_redis", ["odd"])).toEqual({ odd: NOTHING });
    },
    CALLING_MS,
  );
});
