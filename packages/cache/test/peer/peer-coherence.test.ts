import type { RingPeerCache } from "@ofs/cache";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { block, readThrough, TestCluster } from "./peer-fixtures.ts";

const { OFS_PROPERTY_RUNS = "25" } = process.env;
/** Real datagrams: more than this takes minutes. */
const RUNS_MAX = 300;

const NODES = 3;
const KEYS = 2;
/** What the channel may take; together with the age of a fill it is less than a tombstone's life. */
const CHANNEL_MS_MAX = 4_000;

const is = <K extends string>(kind: K) => fc.constant(kind);
const node = fc.nat({ max: NODES - 1 });
const key = fc.nat({ max: KEYS - 1 });
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: is("write"), node, key, isOwnerTold: fc.boolean() }) },
  // Between the two, other things happen: the value may be old when it is filled.
  { weight: 3, arbitrary: fc.record({ kind: is("beginRead"), node, key }) },
  { weight: 3, arbitrary: fc.record({ kind: is("endRead"), index: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: is("deliver"), node, key }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: is("wait"), ms: fc.integer({ min: 1, max: 12_000 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: is("check"), node, key }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Read {
  readonly node: number;
  readonly key: number;
  readonly position: number;
  readonly version: number;
}

let cluster: TestCluster;

beforeEach(async () => {
  cluster = await TestCluster.create();
});

afterEach(() => cluster.close());

/** A store, nodes before it, and a channel between them that takes its time. */
class World {
  readonly #caches: readonly RingPeerCache[];
  readonly #names: readonly string[];
  /** Keys that nobody fills, one of each node: asking for it shows that all sent before has arrived. */
  readonly #probes: readonly string[];
  readonly #stored = new Array<number>(KEYS).fill(1);
  /** The newest version of each key that all nodes have heard of. */
  readonly #settled = new Array<number>(KEYS).fill(1);
  readonly #heard: number[][] = Array.from({ length: NODES }, () => new Array(KEYS).fill(1));
  #reads: Read[] = [];

  constructor(caches: readonly RingPeerCache[], run: number) {
    this.#caches = caches;
    const [first] = caches as [RingPeerCache];
    this.#names = Array.from({ length: KEYS }, (_, i) => `run-${run}:${i}`);
    this.#probes = caches.map((_, i) => cluster.keyOf(first, i));
  }

  async act(next: Step): Promise<void> {
    if (next.kind === "wait") this.#wait(next.ms);
    else if (next.kind === "endRead") this.#endRead(next.index);
    else if (next.kind === "write") this.#write(next.node, next.key, next.isOwnerTold);
    else if (next.kind === "beginRead") this.#beginRead(next.node, next.key);
    else if (next.kind === "deliver") this.#deliver(next.node, next.key);
    else await this.check(next.node, next.key);
    await this.#arrive();
  }

  /** Whatever a node answers from its cache or a peer's is as new as what all have heard of. */
  async check(at: number, which: number): Promise<void> {
    const cache = this.#caches[at] as RingPeerCache;
    const name = this.#names[which] as string;
    const [version] = await readThrough(cache, name, cluster.clock.nowMs, 0);
    if (version !== undefined)
      expect(version).toBeGreaterThanOrEqual(this.#settled[which] as number);
  }

  settle(): void {
    for (let n = 0; n < NODES; n++) for (let k = 0; k < KEYS; k++) this.#deliver(n, k);
  }

  #write(at: number, which: number, isOwnerTold: boolean): void {
    const version = (this.#stored[which] as number) + 1;
    this.#stored[which] = version;
    const cache = this.#caches[at] as RingPeerCache;
    const name = this.#names[which] as string;
    if (isOwnerTold) cache.invalidateOwners([name]);
    else cache.invalidate(name);
    this.#hear(at, which);
  }

  #beginRead(at: number, which: number): void {
    const position = (this.#caches[at] as RingPeerCache).position();
    const version = this.#stored[which] as number;
    this.#reads.push({ node: at, key: which, position, version });
  }

  #endRead(index: number): void {
    const [read] = this.#reads.splice(index % Math.max(1, this.#reads.length), 1);
    if (read === undefined) return;
    const cache = this.#caches[read.node] as RingPeerCache;
    const name = this.#names[read.key] as string;
    cache.fill(name, [0], [block(read.version)], 600, read.position);
  }

  #deliver(at: number, which: number): void {
    if (this.#heard[at]?.[which] === this.#stored[which]) return;
    (this.#caches[at] as RingPeerCache).invalidate(this.#names[which] as string);
    this.#hear(at, which);
  }

  #hear(at: number, which: number): void {
    (this.#heard[at] as number[])[which] = this.#stored[which] as number;
    this.#settled[which] = Math.min(...this.#heard.map((heard) => heard[which] as number));
  }

  #wait(ms: number): void {
    if (ms > CHANNEL_MS_MAX) {
      cluster.clock.monotonicMs += CHANNEL_MS_MAX;
      this.settle();
    }
    cluster.clock.monotonicMs += ms;
    if (ms <= CHANNEL_MS_MAX) this.settle();
  }

  async #arrive(): Promise<void> {
    for (const cache of this.#caches) await cache.inspect(this.#probes);
  }
}

test("no node answers older than what all have heard of, in any order of events", async () => {
  const open = (index: number) => cluster.open(index, { socketCount: 1, globalTtlSeconds: 3_600 });
  const caches = [await open(0), await open(1), await open(2)];
  cluster.connect(caches, [0, 1, 2]);
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      run += 1;
      const world = new World(caches, run);
      for (const next of steps) await world.act(next);
      world.settle();
      for (let n = 0; n < NODES; n++) for (let k = 0; k < KEYS; k++) await world.check(n, k);
      cluster.clock.monotonicMs += 11_000;
      for (let n = 0; n < NODES; n++) for (let k = 0; k < KEYS; k++) await world.check(n, k);
    }),
    { numRuns: Math.min(Number(OFS_PROPERTY_RUNS), RUNS_MAX) },
  );
  // It would prove little if nothing had been kept.
  const hits = caches
    .map((cache) => cache.stats())
    .map(({ own, global }) => own.hitCount + global.hitCount);
  for (const count of hits) expect(count).toBeGreaterThan(0);
});
