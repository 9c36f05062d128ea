import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArenaProcessCache, LocalInvalidationBus } from "@ofs/cache";
import { createLogger } from "@ofs/platform";
import { persist, retrieve } from "@ofs/proto";
import type { StoreDefinition } from "@ofs/registry";
import {
  type BlockStore,
  EmbeddedBlockStore,
  type EmbeddedEnvironment,
  openEmbeddedEnvironment,
} from "@ofs/store";
import {
  DISTRIBUTED_CONF_ID,
  entityTree,
  PROCESS_CONF_ID,
  type RegistryEntries,
  seededRandom,
} from "@ofs/testkit";
import fc from "fast-check";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEngine, type Engine } from "../../src/index.ts";
import { MemoryBlockStore } from "../fakes/memory-block-store.ts";
import { query, snapshotOf } from "../harness.ts";
import { TimedDistributedCache } from "./timed-distributed-cache.ts";

const RUNS = 40;
/** Ahead of the machine's clock, whose deadlines the embedded store keeps. */
const START_MS = Math.floor(Date.now() / 1000) * 1000 + 86_400_000;
const HOUR_MS = 3_600_000;

const GROUP_TTL_SECONDS = { second: 1, seconds: 3, forever: 0 } as const;
const GROUPS = Object.keys(GROUP_TTL_SECONDS) as (keyof typeof GROUP_TTL_SECONDS)[];
/** Entities by caches and the TTL of their entries: shorter and longer than the blocks'. */
const ENTITIES = [1, 2, 60].flatMap((ttlSeconds) =>
  [0b00, 0b01, 0b10, 0b11].map((use) => ({
    label: `ttl_${ttlSeconds}_use_${use}`,
    ttlSeconds,
    caches: { process: (use & 1) > 0, distributed: (use & 2) > 0 },
  })),
);

type Step =
  | { readonly kind: "write"; readonly group: number }
  | { readonly kind: "read"; readonly process: number }
  | { readonly kind: "pass"; readonly ms: number }
  /** The clock on the wall is set; no time passes. */
  | { readonly kind: "jump"; readonly ms: number }
  /** To so many milliseconds from the expiry of a group, as time passes or as the clock is set. */
  | { readonly kind: "edge"; readonly group: number; readonly ms: number; readonly isSet: boolean }
  | { readonly kind: "sweep" };

const group = fc.nat(GROUPS.length - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("write" as const), group }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("read" as const), process: fc.nat(1) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.integer({ min: 0, max: 2500 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("jump" as const),
      ms: fc.constantFrom(HOUR_MS, -HOUR_MS, 1000, -1000, 1, -1),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("edge" as const),
      group,
      ms: fc.constantFrom(-1, 0, 1, 999, 1000),
      isSet: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("sweep" as const) }) },
);

function createTree(): RegistryEntries {
  const tree: RegistryEntries = {};
  for (const { label, ttlSeconds, caches } of ENTITIES) {
    const groups = Object.fromEntries(
      GROUPS.map((name, id) => [
        name,
        {
          id,
          type: "Int32",
          versions: [{ v: {} }],
          ttlSeconds: GROUP_TTL_SECONDS[name],
          ...caches,
        },
      ]),
    );
    Object.assign(tree, entityTree(label, ["id"], groups));
    for (const cache of ["in-memory-cache", "distributed-cache"]) {
      tree[`entities/${label}/${cache}/ttl-in-seconds`] = String(ttlSeconds);
      tree[`entities/${label}/${cache}/jitter-percentage`] = "50";
    }
  }
  return tree;
}

interface Written {
  readonly value: number;
  /** 0 = never. */
  readonly expiryMs: number;
  /** Whether someone saw it expired, so that caches may say *nothing there* though the clock has gone back. */
  wasSeenExpired: boolean;
}

/** Two processes on one store, and what they must answer. */
class World {
  nowMs = START_MS;
  monotonicMs = 1000;
  readonly #engines: readonly Engine[];
  readonly #sweep: ((nowMs: number) => Promise<unknown>) | undefined;
  #written = new Map<number, Written>();
  #entity = "";
  #key = "";
  #count = 0;

  constructor(store: BlockStore, sweep?: (nowMs: number) => Promise<unknown>) {
    this.#sweep = sweep;
    const snapshot = snapshotOf(createTree());
    const monotonicNow = () => this.monotonicMs;
    const distributed = new TimedDistributedCache(monotonicNow);
    const bus = new LocalInvalidationBus();
    const random = seededRandom(7);
    this.#engines = [0, 1].map(() =>
      createEngine({
        registry: { snapshot: () => snapshot, refresh: async () => {} },
        storeFor: (_definition: StoreDefinition) => store,
        processCaches: new Map([
          [PROCESS_CONF_ID, new ArenaProcessCache({ maxSizeBytes: 1_000_000, monotonicNow })],
        ]),
        distributedCacheFor: (id) => (id === DISTRIBUTED_CONF_ID ? distributed : undefined),
        invalidationChannels: [bus.join()],
        onStoreFailure: "unavailable",
        storeTimeoutMs: 60_000,
        distributedTimeoutMs: 100,
        now: () => this.nowMs,
        monotonicNow,
        random: () => random.next(),
        metrics: new Registry(),
        log: createLogger({ service: "test", level: "DISABLED" }),
      }),
    );
  }

  /** A key that nobody has used. */
  begin(entity: string): void {
    this.#entity = entity;
    this.#count += 1;
    this.#key = `k${this.#count}`;
    this.#written = new Map();
  }

  async apply(step: Step): Promise<void> {
    if (step.kind === "write") await this.#write(step.group);
    else if (step.kind === "read") await this.#read(step.process);
    else if (step.kind === "pass") this.#pass(step.ms);
    else if (step.kind === "jump") this.nowMs += step.ms;
    else if (step.kind === "edge") this.#toEdge(step);
    else await this.#doSweep();
  }

  async #write(group: number): Promise<void> {
    const label = GROUPS[group] as (typeof GROUPS)[number];
    const ttlSeconds = GROUP_TTL_SECONDS[label];
    this.#count += 1;
    const request = persist.Query.encode({
      entityLabel: this.#entity,
      keysSchema: ["id"],
      featureGroupSchema: [{ label, featureLabels: ["v"] }],
      data: [
        { keyValues: [this.#key], featureValues: [{ values: { int32Values: [this.#count] } }] },
      ],
    });
    await this.#engines[0]?.persist(request.finish(), CALL);
    const expiryMs = ttlSeconds === 0 ? 0 : (Math.floor(this.nowMs / 1000) + ttlSeconds) * 1000;
    this.#written.set(group, { value: this.#count, expiryMs, wasSeenExpired: false });
  }

  async #read(process: number): Promise<void> {
    const asked = query(
      this.#entity,
      ["id"],
      Object.fromEntries(GROUPS.map((label) => [label, ["v"]])),
      [this.#key],
    );
    const request = retrieve.Query.encode(asked).finish();
    const { response } = await (this.#engines[process] as Engine).retrieve(request, CALL);
    const columns = retrieve.Result.decode(response).rows[0]?.columns ?? [];
    for (const [g, bytes] of columns.entries()) {
      this.#check(g, Buffer.from(bytes).readInt32LE());
    }
    // Fills come after the answer.
    await new Promise((resolve) => setImmediate(resolve));
  }

  #check(group: number, answer: number): void {
    const written = this.#written.get(group);
    if (written === undefined) {
      expect(answer).toBe(0);
      return;
    }
    const isLive = written.expiryMs === 0 || this.nowMs <= written.expiryMs;
    if (!isLive) written.wasSeenExpired = true;
    if (isLive && written.wasSeenExpired) expect([0, written.value]).toContain(answer);
    else expect(answer).toBe(isLive ? written.value : 0);
  }

  #pass(ms: number): void {
    this.nowMs += ms;
    this.monotonicMs += ms;
  }

  #toEdge({ group, ms, isSet }: Extract<Step, { kind: "edge" }>): void {
    const expiryMs = this.#written.get(group)?.expiryMs ?? 0;
    if (expiryMs === 0) return;
    const byMs = expiryMs + ms - this.nowMs;
    if (isSet || byMs < 0) this.nowMs += byMs;
    else this.#pass(byMs);
  }

  async #doSweep(): Promise<void> {
    if (this.#sweep === undefined) return;
    await this.#sweep(this.nowMs);
    for (const written of this.#written.values()) {
      if (written.expiryMs !== 0 && this.nowMs > written.expiryMs) written.wasSeenExpired = true;
    }
  }
}

const CALL = {
  callerId: "test",
  deadlineMs: Number.POSITIVE_INFINITY,
  signal: undefined,
  entities: undefined,
};

async function expectLaw(world: World, entity: string): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      world.begin(entity);
      for (const each of steps) await world.apply(each);
    }),
    { numRuns: RUNS, seed: 20_260_101 },
  );
}

describe("a value is served if and only if it has not expired", () => {
  test.each(ENTITIES)(
    "store double, $label",
    async ({ label }) => {
      await expectLaw(new World(new MemoryBlockStore()), label);
    },
    60_000,
  );

  describe("embedded store", () => {
    let folder: string;
    let environment: EmbeddedEnvironment;
    let world: World;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "ofs-expiry-"));
      environment = openEmbeddedEnvironment(folder);
      const store = new EmbeddedBlockStore(environment);
      world = new World(store, async (nowMs) => {
        for (;;) if ((await store.sweep(nowMs, 1000)).isRoundComplete) return;
      });
    });

    afterAll(async () => {
      await environment.close();
      await rm(folder, { recursive: true, force: true });
    });

    test.each(ENTITIES.filter(({ ttlSeconds }) => ttlSeconds !== 1))(
      "$label",
      async ({ label }) => {
        await expectLaw(world, label);
      },
      60_000,
    );
  });
});
