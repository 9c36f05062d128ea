import { randomUUID } from "node:crypto";
import type { persist } from "@ofs/proto";
import { entityTree, type PrivateServer, startRedis, waitUntil } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { writeOf } from "../scenarios/scenario-client.ts";
import {
  type Changes,
  COMMON_TREE,
  LiveServer,
  Opened,
  RegistryHome,
  type WrittenRow,
} from "./support/live-server.ts";

const GROUP = "entities/item/feature-groups/slow";
const ASKED = { slow: ["a", "b"], quick: ["c"] };

const opened = new Opened();
let redis: PrivateServer;
let home: RegistryHome;
let server: LiveServer;

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

function hex(...values: number[]): string[] {
  return values.map((value) => int32(value).toString("hex"));
}

/** Group `slow` lives in the Redis that is held up, `quick` in the process's own store. */
const TREE = {
  ...COMMON_TREE,
  ...entityTree("item", ["id"], {
    slow: {
      id: 0,
      type: "Int32",
      storeId: "2",
      versions: [{ a: { default: int32(-1) }, b: { default: int32(-2) } }],
    },
    quick: { id: 1, type: "Int32", storeId: "1", versions: [{ c: { default: int32(-3) } }] },
  }),
};

beforeAll(async () => {
  redis = opened.add(await startRedis());
  home = opened.add(new RegistryHome());
  await home.write(TREE);
  server = opened.add(await LiveServer.start({ home, redis: redis.address }));
});

afterAll(() => opened.close());

/** Deletes what the test added and writes the first tree again. */
afterEach(async () => {
  const { entries } = await home.source.load(new AbortController().signal);
  const extra = [...entries.keys()].filter((path) => !(path in TREE));
  const deletions = Object.fromEntries(extra.map((path) => [path, undefined]));
  await server.waitForRevision(await home.write({ ...TREE, ...deletions }));
});

/** Makes the changes while the call waits for the store, and returns how the call ended. */
async function duringChange<T>(call: () => Promise<T>, ...changes: Changes[]): Promise<T> {
  redis.pause();
  try {
    const outcome = call();
    // Looked at below; until then nobody else does.
    outcome.catch(() => undefined);
    const isWaiting = async () => (await server.metric("ofs_grpc_server_requests_in_flight")) === 1;
    await waitUntil(isWaiting, { what: "the call to be at work", intervalMs: 2 });
    for (const each of changes) await server.waitForRevision(await home.write(each));
    redis.resume();
    return await outcome;
  } finally {
    redis.resume();
  }
}

const read = (...keys: string[]) =>
  server.client.hex("item", ["id"], ASKED, ...keys.map((key) => [key]));

async function writtenKey(): Promise<string> {
  const key = randomUUID();
  const values: persist.IValues[] = [{ int32Values: [1, 2] }, { int32Values: [3] }];
  await server.client.persist(writeOf("item", ["id"], ASKED, [[key], ...values]));
  return key;
}

/** Version 2: other defaults, other order, a feature between the two. */
function secondVersion(): Changes {
  const meta = (sequence: number, value: number) => ({
    sequence,
    "default-value": int32(value).toString("base64"),
  });
  return {
    [`${GROUP}/features/2/labels`]: "b,x,a",
    [`${GROUP}/features/2/feature-meta`]: JSON.stringify({
      b: meta(0, -20),
      x: meta(1, -30),
      a: meta(2, -10),
    }),
    [`${GROUP}/active-version`]: "2",
  };
}

const REMOVED = Object.fromEntries(
  Object.keys(TREE)
    .filter((path) => path.startsWith(GROUP))
    .map((path) => [path, undefined]),
);
const ENTITY_REMOVED = Object.fromEntries(
  Object.keys(TREE)
    .filter((path) => path.startsWith("entities/"))
    .map((path) => [path, undefined]),
);

/** What a later read answers: rows of the written key and of one without data, or a status. */
const CHANGES: readonly (readonly [string, Changes, readonly string[][] | number])[] = [
  ["the active version", secondVersion(), [hex(1, 2, 3), hex(-10, -20, -3)]],
  ["the store", { [`${GROUP}/store-id`]: "1" }, [hex(-1, -2, 3), hex(-1, -2, -3)]],
  [
    "the cache flags",
    { [`${GROUP}/in-memory-cache-enabled`]: "true" },
    [hex(1, 2, 3), hex(-1, -2, -3)],
  ],
  ["the group's removal", REMOVED, 5],
  ["the entity's removal", ENTITY_REMOVED, 5],
  ["the caller's removal", { "security/reader/scenario": undefined }, 16],
];

describe("a read that waits for its store keeps the registry that it began with", () => {
  test.each(CHANGES)("across a change of %s", async (_, changes, later) => {
    const [written, absent] = [await writtenKey(), randomUUID()];
    const rows = await duringChange(() => read(written, absent), changes);
    expect(rows).toEqual([hex(1, 2, 3), hex(-1, -2, -3)]);
    if (typeof later === "number") {
      await expect(read(written, absent)).rejects.toMatchObject({ code: later });
    } else {
      expect(await read(written, absent)).toEqual(later);
    }
  });

  test("across many changes of the same group", async () => {
    const written = await writtenKey();
    const flips: Changes[] = Array.from({ length: 10 }, (_, i) => ({
      [`${GROUP}/store-id`]: i % 2 === 0 ? "1" : "2",
      [`${GROUP}/ttl-in-seconds`]: String(1_000 + i),
    }));
    const rows = await duringChange(() => read(written), ...flips);
    expect(rows).toEqual([hex(1, 2, 3)]);
  });
});

describe("a write that waits for its store", () => {
  test("is of the version that it began with, and is read as that", async () => {
    const key = randomUUID();
    const write = () => {
      const row: WrittenRow = [[key], { int32Values: [8, 9] }];
      return server.client.persist(writeOf("item", ["id"], { slow: ["a", "b"] }, row));
    };
    expect(await duringChange(write, secondVersion())).toBe("Data Persisted Successfully");
    const rows = await server.client.hex("item", ["id"], { slow: ["x", "b", "a"] }, [key]);
    expect(rows).toEqual([hex(-30, 9, 8)]);
  });
});
