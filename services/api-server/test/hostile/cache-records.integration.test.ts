import { encodeRecord } from "@ofs/codec";
import { connectRedis, type RedisCommand, type RedisConnection } from "@ofs/store";
import {
  DISTRIBUTED_CONF_ID,
  type PrivateServer,
  type SeededRandom,
  startRedis,
  waitUntil,
} from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { queryOf } from "../scenarios/scenario-client.ts";
import { columnsOf, writeRow } from "./canary.ts";
import { nameOfCase, randomOf, shareOf } from "./hostile-settings.ts";
import { FEATURES, VICTIM } from "./hostile-tree.ts";
import { pickBlockDamage, RECORD_DAMAGES, withBlocks } from "./stored-records.ts";
import { Target } from "./target.ts";

const CACHE_DB = 1;
/** Records that are damaged, and read, together. */
const BATCH = 50;

/** A cache is believed that a block is as short as it says: older schemas make such blocks, too. */
const UNSEEN_IN_CACHES = "cut to the header";

let redis: PrivateServer;
let cache: RedisConnection;
let target: Target;

beforeAll(async () => {
  redis = await startRedis();
  const address = redis.address.text;
  cache = connectRedis({ kind: "standalone", address, db: CACHE_DB });
  await cache.ping();
  const caches = { process: false, distributed: true };
  target = await Target.start("embedded", caches, {
    [`STORAGE_REDIS_STANDALONE_${DISTRIBUTED_CONF_ID}_ADDR`]: address,
  });
});

afterAll(async () => {
  await target.close();
  await cache.close();
  await redis.close();
});

test("records of the distributed cache", { timeout: 300_000 }, async () => {
  const { client } = target.server;
  const keys = Array.from({ length: BATCH }, (_, i) => [`d${i}`]);
  const names = keys.map(([key]) => `${VICTIM}:${key}`);
  for (const [i, key] of keys.entries()) await client.persist(writeRow(key, i, VICTIM));
  // Writes leave tombstones, which nothing may replace for a while.
  await cache.run(names.map((name) => ({ command: "del", keys: [name], args: [] })));
  await client.retrieve(queryOf(VICTIM, ["id"], FEATURES, keys));
  const records = await waitUntil(
    async () => {
      const values = await cache.read(names);
      return values.every((value) => Buffer.isBuffer(value)) ? (values as Buffer[]) : undefined;
    },
    { what: "the cache to be filled" },
  );
  const count = shareOf("cache records");
  for (let index = 0; index < count; index += BATCH) {
    if (index >= count * 0.3 && index - BATCH < count * 0.3) await target.markWarm();
    const kinds = await damage(index, names, records);
    const { rows } = await client.retrieve(queryOf(VICTIM, ["id"], FEATURES, keys));
    for (const [i, row] of rows.entries()) {
      const seen = (row.columns ?? []).map((column) => Buffer.from(column).toString("hex"));
      const what = nameOfCase("cache records", index + i, kinds[i] as string);
      expect(seen, what).toEqual(columnsOf(i));
    }
    target.assertWell();
  }
  await target.assertUnharmed();
});

/** @returns what was done to each record */
async function damage(
  index: number,
  names: readonly string[],
  records: readonly Buffer[],
): Promise<string[]> {
  const kinds: string[] = [];
  const commands = names.flatMap((name, i): RedisCommand[] => {
    const damaged = damagedRecord(records[i] as Buffer, randomOf("cache records", index + i));
    kinds.push(damaged.kind);
    if (damaged.value !== undefined)
      return [{ command: "set", keys: [name], args: [damaged.value] }];
    return [
      { command: "del", keys: [name], args: [] },
      { command: "rpush", keys: [name], args: ["a", "list"] },
    ];
  });
  const replies = await cache.run(commands);
  for (const reply of replies) if (reply instanceof Error) throw reply;
  return kinds;
}

/** `value` undefined: a list in place of the record. */
function damagedRecord(
  record: Buffer,
  random: SeededRandom,
): { readonly kind: string; readonly value: Buffer | undefined } {
  const roll = random.next();
  if (roll < 0.05) return { kind: "a list", value: undefined };
  if (roll < 0.1) return { kind: "another entity's groups", value: foreignRecord(record) };
  if (roll < 0.5) {
    const { kind, apply } = random.pick(RECORD_DAMAGES);
    return { kind, value: apply(record, random) };
  }
  const { kind, apply } = pickBlockDamage(random, UNSEEN_IN_CACHES);
  const damagedId = random.integer(1, Object.keys(FEATURES).length);
  const value = withBlocks(record, (id, block) =>
    id === damagedId ? apply(block, random) : block,
  );
  return { kind: `${kind} in group ${damagedId}`, value };
}

function foreignRecord(record: Buffer): Buffer {
  return Buffer.from(encodeRecord([{ groupId: 11, block: record.subarray(5, 20) }]));
}
