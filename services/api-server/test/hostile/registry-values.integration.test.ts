import type { ServiceError } from "@grpc/grpc-js";
import {
  type PrivateServer,
  type RegistryEntries,
  type SeededRandom,
  startRedis,
  waitUntil,
} from "@ofs/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { queryOf } from "../scenarios/scenario-client.ts";
import { MAX_COLUMN_BYTES } from "../scenarios/scenario-tree.ts";
import { columnsOf } from "./canary.ts";
import { nameOfCase, randomOf, shareOf } from "./hostile-settings.ts";
import { FEATURES, hostileTree, PAIR, SINK, VICTIM } from "./hostile-tree.ts";
import { noise } from "./http2-bytes.ts";
import { Target } from "./target.ts";

const NO_CACHES = { process: false, distributed: false };
/** Values that are changed at once. */
const BATCH = 5;
/** Batches between two repairs. */
const REPAIR_EVERY = 10;

const INTERNAL = 13;
const UNKNOWN = 2;

interface Ready {
  readonly status: string;
  readonly checks: { readonly registry: { readonly detail: { readonly revision: number } } };
}

let redis: PrivateServer;
let target: Target;
let tree: RegistryEntries;

beforeAll(async () => {
  redis = await startRedis();
  target = await Target.start("redis_standalone", NO_CACHES, {
    STORAGE_REDIS_STANDALONE_4_ADDR: redis.address.text,
  });
  const { name } = target.server;
  const store = { "db-type": "redis_standalone", "conf-id": 4, table: name };
  tree = hostileTree({ ...store, "max-column-size-in-bytes": MAX_COLUMN_BYTES }, NO_CACHES);
});

afterAll(async () => {
  await target.close();
  await redis.close();
});

test("values of the registry", { timeout: 300_000 }, async () => {
  const count = shareOf("registry values");
  const warmUpCount = Math.floor((count * 0.3) / BATCH) * BATCH;
  let touched = new Set<string>();
  for (let index = 0; index < count; index += BATCH) {
    const changes: Record<string, string | Buffer | undefined> = {};
    for (let i = 0; i < BATCH; i++) {
      const [path, value] = mutation(randomOf("registry values", index + i));
      changes[path] = value;
      touched.add(path);
    }
    await change(changes);
    await assertNeverOurFault(nameOfCase("registry values", index, Object.keys(changes).join()));
    target.assertWell();
    if ((index / BATCH) % REPAIR_EVERY === REPAIR_EVERY - 1 || index + BATCH >= count) {
      await repair(touched);
      touched = new Set();
    }
    if (index === warmUpCount) await target.markWarm();
  }
  await target.assertUnharmed();
});

test.each([
  ["a number that is none", `entities/${VICTIM}/feature-groups/ints/ttl-in-seconds`, "soon"],
  ["JSON that is cut", `entities/${VICTIM}/feature-groups/texts/features/1/feature-meta`, '{"s":'],
  ["binary", `entities/${VICTIM}/feature-groups/flags/data-type`, Buffer.from([0xff, 0, 0xfe])],
  ["a store that is none", "storage/stores/1", "[]"],
])("%s is named by /ready, and its repair applies at once", async (_, path, value) => {
  await change({ [path]: value });
  const response = await fetch(`http://${target.server.address}/ready`);
  const body = await response.text();
  expect(body).toContain(path);
  expect(JSON.parse(body)).toMatchObject({ status: "warning" });
  await repair(new Set([path]));
});

/** Anything but the canary's own nodes may be broken. */
function mutation(random: SeededRandom): [string, string | Buffer | undefined] {
  const paths = Object.keys(tree).filter((path) => isFair(path));
  const path = random.pick(paths);
  const roll = random.next();
  if (roll < 0.15) return [path, undefined];
  if (roll < 0.25) return [parentOf(path, random), random.pick(ODD_VALUES)];
  if (roll < 0.4) return [`${path}/${random.pick(ODD_NAMES)}`, random.pick(ODD_VALUES)];
  if (roll < 0.45) return [`security/reader/${random.pick(ODD_NAMES)}`, random.pick(ODD_VALUES)];
  if (roll < 0.6) return [path, noise(random, random.integer(1, 200))];
  if (roll < 0.7) return [path, tree[random.pick(paths)]];
  return [path, random.pick(ODD_VALUES)];
}

const FAIR = [VICTIM, SINK, PAIR].map((entity) => `entities/${entity}/`);

function isFair(path: string): boolean {
  // Stores 1 to 3 are those of the three entities; the fourth is the canary's.
  return FAIR.some((root) => path.startsWith(root)) || /^storage\/stores\/[1-3]$/.test(path);
}

/** One of the nodes above, but none that the canary's are below. */
function parentOf(path: string, random: SeededRandom): string {
  const parts = path.split("/");
  return parts.slice(0, random.integer(2, parts.length)).join("/");
}

const ODD_NAMES = [
  "__proto__",
  "constructor",
  "a b",
  "日本",
  "x".repeat(1_000),
  "deep/".repeat(50) + "er",
  "user-x",
  "userX",
  "-",
  "0",
  "\u202e",
];

const ODD_VALUES: readonly (string | Buffer)[] = [
  "",
  " ",
  "null",
  "true",
  "-1",
  "1e9",
  "65536",
  "99999999999999999999",
  "0x10",
  "NaN",
  "{}",
  "[]",
  "{",
  '"text"',
  '{"__proto__":{"x":1}}',
  '{"a":{"sequence":-1,"vector-length":70000}}',
  '{"a":{"sequence":0,"default-value":"***"}}',
  "a,a,a",
  ",,,",
  "DataTypeNope",
  "DataTypeFP32",
  "__proto__",
  "[".repeat(50_000),
  Buffer.from([0]),
  Buffer.from([0xff, 0xfe, 0x00, 0x80]),
  Buffer.alloc(1_000_000, 0x61),
];

/** Writes, and waits until the server has seen it. */
async function change(
  entries: Readonly<Record<string, string | Buffer | undefined>>,
): Promise<void> {
  const before = (await ready()).checks.registry.detail.revision;
  await target.server.writeRegistry(entries);
  await waitUntil(async () => (await ready()).checks.registry.detail.revision > before, {
    what: `the server to see ${Object.keys(entries).join()}`,
    intervalMs: 5,
  });
}

async function ready(): Promise<Ready> {
  const response = await fetch(`http://${target.server.address}/ready`);
  return (await response.json()) as Ready;
}

/** Puts back all that was touched; the victim must then be as it was. */
async function repair(touched: ReadonlySet<string>): Promise<void> {
  await change({
    ...Object.fromEntries([...touched].map((path) => [path, tree[path]])),
    // So that there is a change even where all was well.
    "security/reader/repaired": JSON.stringify({ token: String(Math.random()) }),
  });
  const { client } = target.server;
  await waitUntil(async () => (await ready()).status === "ready", {
    what: "all faults to be gone",
  });
  const [columns] = await client.hex(VICTIM, ["id"], FEATURES, ["k0"]);
  expect(columns).toEqual(columnsOf(1));
}

/** Whatever the registry says, a call gets an answer or a reason. */
async function assertNeverOurFault(what: string): Promise<void> {
  for (const asked of [FEATURES, { ints: ["a"] }, { texts: ["t"] }]) {
    try {
      await target.server.client.retrieve(queryOf(VICTIM, ["id"], asked, [["k0"]]));
    } catch (error) {
      const { code, details } = error as ServiceError;
      expect([INTERNAL, UNKNOWN], `${what}: ${details}`).not.toContain(code);
    }
  }
}
