import { retrieve } from "@ofs/proto";
import { connectRedis, connectScylla } from "@ofs/store";
import { type PrivateServer, type SeededRandom, serverAddress, startRedis } from "@ofs/testkit";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { queryOf } from "../scenarios/scenario-client.ts";
import { failureOf, RawClient } from "../support/grpc-client.ts";
import { columnsOf, writeRow } from "./canary.ts";
import { FEATURES, VICTIM } from "./hostile-tree.ts";
import { runCases } from "./run-cases.ts";
import { pickBlockDamage, RECORD_DAMAGES, withBlocks } from "./stored-records.ts";
import { Target } from "./target.ts";

const RETRIEVE = "/retrieve.FeatureService/RetrieveFeatures";
const FAILED_PRECONDITION = 9;
const NO_CACHES = { process: false, distributed: false };
const LANES = 8;
const KEYS_PER_LANE = 4;
const PARTS = {
  redis: { fraction: 0.75, firstIndex: 0 },
  scylla: { fraction: 0.25, firstIndex: 1_000_000 },
};

const GROUPS = Object.keys(FEATURES);

let target: Target;
let client: RawClient;

async function openTarget(opened: Target): Promise<void> {
  target = opened;
  client = new RawClient(target.port);
  for (let k = 0; k < LANES * KEYS_PER_LANE; k++) {
    await target.server.client.persist(writeRow([`d${k}`], k, VICTIM));
  }
}

afterEach(async () => {
  client.close();
  await target.close();
});

describe("Redis as the store", () => {
  let redis: PrivateServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis.close();
  });

  test("damaged records and blocks", { timeout: 300_000 }, async () => {
    const address = redis.address.text;
    await openTarget(
      await Target.start("redis_standalone", NO_CACHES, {
        STORAGE_REDIS_STANDALONE_4_ADDR: address,
      }),
    );
    const store = connectRedis({ kind: "standalone", address, db: 0 });
    await store.ping();
    const get = async (key: string): Promise<Buffer> => {
      const [value] = await store.read([`${VICTIM}:${key}`]);
      return value as Buffer;
    };
    const set = async (key: string, value: Buffer): Promise<void> => {
      await store.run([{ command: "set", keys: [`${VICTIM}:${key}`], args: [value] }]);
    };
    const wholes = new Map<string, Buffer>();
    for (let k = 0; k < LANES * KEYS_PER_LANE; k++) wholes.set(`d${k}`, await get(`d${k}`));
    try {
      await vandalize(PARTS.redis, async (random, key, number) => {
        const whole = wholes.get(key) as Buffer;
        if (random.next() < 0.4) {
          const { kind, apply } = random.pick(RECORD_DAMAGES);
          await set(key, apply(whole, random));
          const [code] = await failureOf(read(key));
          return { kind, fault: code === FAILED_PRECONDITION ? undefined : `code ${code}` };
        }
        const { kind, apply } = pickBlockDamage(random);
        const damagedId = random.integer(1, GROUPS.length);
        const change = (id: number, block: Buffer): Buffer =>
          id === damagedId ? apply(block, random) : block;
        await set(key, withBlocks(whole, change));
        return {
          kind: `${kind} in group ${damagedId}`,
          fault: await faultOfRead(key, number, damagedId),
        };
      });
    } finally {
      await store.close();
    }
    await target.assertUnharmed();
  });
});

describe("Cassandra as the store", () => {
  test("damaged cells", { timeout: 300_000 }, async () => {
    await openTarget(await Target.start("scylla", NO_CACHES));
    const { host, port } = serverAddress("cassandra");
    const scylla = await connectScylla({ contactPoints: [host], port, keyspace: "ofs_scenarios" });
    const table = `${target.server.name}_${VICTIM}`;
    const columns = GROUPS.map((_, i) => `seg_${(i + 1) * 10}`).join();
    const select = `SELECT ${columns} FROM ${table} WHERE id = ?`;
    const insert = `INSERT INTO ${table} (id,${columns}) VALUES (?,?,?,?,?,?)`;
    const prepared = { prepare: true };
    const wholes = new Map<string, Buffer[]>();
    for (let k = 0; k < LANES * KEYS_PER_LANE; k++) {
      const { rows } = await scylla.client.execute(select, [`d${k}`], prepared);
      wholes.set(`d${k}`, rows[0]?.values() as Buffer[]);
    }
    try {
      await vandalize(PARTS.scylla, async (random, key, number) => {
        const { kind, apply } = pickBlockDamage(random);
        const damagedId = random.integer(1, GROUPS.length);
        const blocks = (wholes.get(key) as Buffer[]).map((block, i) =>
          i + 1 === damagedId ? apply(block, random) : block,
        );
        await scylla.client.execute(insert, [key, ...blocks], prepared);
        const fault = await faultOfRead(key, number, damagedId);
        return { kind: `${kind} in group ${damagedId}`, fault };
      });
    } finally {
      await scylla.close();
    }
    await target.assertUnharmed();
  });
});

type Vandalism = (
  random: SeededRandom,
  key: string,
  number: number,
) => Promise<{ readonly kind: string; readonly fault: string | undefined }>;

/** Each lane has keys of its own, so that what one damages no other reads. */
function vandalize(part: (typeof PARTS)["redis"], attempt: Vandalism): Promise<void> {
  const options = { surface: "stored blocks", target, lanes: LANES, part } as const;
  return runCases(options, (random, lane, index) => {
    const number = lane * KEYS_PER_LANE + (index % KEYS_PER_LANE);
    return attempt(random, `d${number}`, number);
  });
}

function read(key: string): ReturnType<RawClient["call"]> {
  const query = queryOf(VICTIM, ["id"], FEATURES, [[key]]);
  const request = retrieve.Query.encode(query).finish();
  return client.call(RETRIEVE, request, target.headers, { deadline: Date.now() + 20_000 });
}

/** Defaults, and counted, for the damaged group; every other group as it was written. */
async function faultOfRead(
  key: string,
  number: number,
  damagedId: number,
): Promise<string | undefined> {
  const { response, trailers } = await read(key);
  const columns = retrieve.Result.decode(response).rows[0]?.columns ?? [];
  const seen = columns.map((column) => Buffer.from(column).toString("hex"));
  const label = GROUPS[damagedId - 1] as string;
  const first = GROUPS.slice(0, damagedId - 1).flatMap((group) => FEATURES[group]).length;
  const width = FEATURES[label]?.length as number;
  const wanted = columnsOf(number);
  wanted.splice(first, width, ...new Array<string>(width).fill(DEFAULT_HEX[label] as string));
  if (seen.join() !== wanted.join()) return `answered ${seen.join()} for ${wanted.join()}`;
  const degraded = trailers.get("ofs-degraded-cells").join();
  return degraded === String(width) ? undefined : `${degraded} degraded cells`;
}

const DEFAULT_HEX: Readonly<Record<string, string>> = {
  ints: "00000000",
  floats: "00000000",
  texts: Buffer.from("none").toString("hex"),
  vectors: "00".repeat(12),
  flags: "00",
};
