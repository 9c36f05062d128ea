import { seededRandom, waitUntil } from "@ofs/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { blockOf, recordOf } from "../records.ts";
import { block, readLocal, TestCluster } from "./peer-fixtures.ts";

const { OFS_PROPERTY_RUNS = "2000", OFS_HOSTILE_SEED = "20" } = process.env;
const SEED = Number(OFS_HOSTILE_SEED) || 20;
/** Few enough for the socket's buffer: what does not arrive attacks nobody. */
const BURST = 40;

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.create();
});

afterEach(() => cluster.close());

test("mutated datagrams: each is counted, what is held stays right and bounded", {
  timeout: 600_000,
}, async () => {
  const ours = await cluster.open(0);
  cluster.connect([ours], [0, 1]);
  // Longer than those of the samples: the protocol knows no sender, so who names this key may change it.
  const key = cluster.keyOf(ours, 0, 100_000);
  ours.fill(key, [1], [block(1)], 60, ours.position());
  const record = recordOf({ 7: blockOf(1.5), 8: blockOf(2) });
  const ttl = Buffer.from([0, 0, 0, 0, 0, 0, 0, 60]);
  const zero = Buffer.alloc(1);
  const samples = [
    Buffer.from("user:x"),
    Buffer.concat([zero, Buffer.from("user:y"), zero, ttl, record]),
    Buffer.concat([zero, Buffer.from("user:z"), zero, ttl, Buffer.from([1])]),
    Buffer.concat([Buffer.from("user:x"), zero, record]),
  ];
  const random = seededRandom(SEED);
  const socket = await cluster.openRaw(4, () => undefined, 0);
  const total = (): number => {
    const { accepted, refused, served } = ours.stats().counts;
    const counts = [accepted, refused, served].flatMap((group) => Object.values(group));
    return counts.reduce((sum: number, count: number) => sum + count, 0);
  };
  for (let sent = 0; sent < Math.min(Number(OFS_PROPERTY_RUNS), 20_000); ) {
    const before = total();
    for (let i = 0; i < BURST; i++, sent++) {
      socket.send(mutate(random.pick(samples), random), cluster.port, "127.0.0.1");
    }
    await waitUntil(() => total() - before === BURST, {
      what: `burst at ${sent}, seed ${SEED}`,
      intervalMs: 1,
    });
    expect(readLocal(ours, key, cluster.clock.nowMs, 1)).toEqual([1]);
  }
});

function mutate(sample: Buffer, random: ReturnType<typeof seededRandom>): Buffer {
  const roll = random.next();
  if (roll < 0.2) return sample.subarray(0, random.integer(0, sample.length));
  if (roll < 0.25)
    return Buffer.concat([sample, Buffer.alloc(random.pick([1, 4_000, 5_000]), 0x61)]);
  const bytes = Buffer.from(sample);
  for (let i = random.integer(1, 5); i > 0; i--) {
    bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
  }
  return bytes;
}
