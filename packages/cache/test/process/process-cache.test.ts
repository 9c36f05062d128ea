import { ArenaProcessCache } from "@ofs/cache";
import { Block, NEGATIVE_BLOCK } from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const FP32_CODE = 4;

function block(value: number, expiryAtSeconds = 0, sizeBytes = 4): Block {
  return new Block(1, expiryAtSeconds, FP32_CODE, new Uint8Array(sizeBytes).fill(value));
}

/** What a block says, wherever its payload lies. */
const plain = (cell: Block | undefined) =>
  cell === undefined || cell === NEGATIVE_BLOCK
    ? cell
    : new Block(
        cell.schemaVersion,
        cell.expiryAtSeconds,
        cell.dataTypeCode,
        Uint8Array.from(cell.payload),
      );

function createCache(maxSizeBytes = 100_000) {
  const clock = { nowMs: 1_000_000 };
  const cache = new ArenaProcessCache({ maxSizeBytes, monotonicNow: () => clock.nowMs });
  const read = (key: string, ...ids: number[]) => {
    const cells = new Array<Block | undefined>(ids.length).fill(undefined);
    cache.read(key, ids, cells, 0, clock.nowMs, clock.nowMs);
    return cells.map(plain);
  };
  const fill = (key: string, id: number, value: Block, ttlMs = 0) =>
    cache.fill(key, [id], [value], ttlMs, cache.position());
  return { cache, clock, read, fill };
}

describe("ArenaProcessCache", () => {
  test("keeps the groups of a key one by one", () => {
    const { read, fill } = createCache();
    fill("user:1", 0, block(1));
    fill("user:1", 7, NEGATIVE_BLOCK);
    expect(read("user:1", 7, 0, 3)).toEqual([NEGATIVE_BLOCK, block(1), undefined]);
    expect(read("user:2", 0)).toEqual([undefined]);
  });

  test("leaves cells alone that are set already, and looks up at the base", () => {
    const { cache, clock, fill } = createCache();
    fill("k", 0, block(1));
    fill("k", 1, block(2));
    const cells = [undefined, undefined, block(9), undefined];
    expect(cache.read("k", [0, 1], cells, 2, clock.nowMs, clock.nowMs)).toBe(1);
    expect(cells.map(plain)).toEqual([undefined, undefined, block(9), block(2)]);
  });

  test("is bounded in bytes, whatever is filled", () => {
    const { cache, fill } = createCache(20_000);
    for (let i = 0; i < 500; i++) fill(`k${i}`, i % 3, block(1, 0, i));
    const { sizeBytes, itemCount, evictedCount } = cache.stats();
    expect(sizeBytes).toBeLessThanOrEqual(20_000);
    expect(itemCount).toBeGreaterThan(10);
    expect(evictedCount).toBeGreaterThan(100);
  });

  test("what is larger than the whole cache is not kept", () => {
    const { cache, fill, read } = createCache(5_000);
    fill("k", 0, block(1, 0, 6_000));
    expect(read("k", 0)).toEqual([undefined]);
    expect(cache.stats().itemCount).toBe(0);
  });

  test("does not retain the large buffer that a small block was cut from", () => {
    const { read, fill } = createCache();
    const large = new Uint8Array(1_000_000);
    fill("k", 0, new Block(1, 0, FP32_CODE, large.subarray(10, 14)));
    expect(read("k", 0)[0]?.payload.buffer.byteLength).toBe(4);
  });

  test("clear drops everything and refuses fills that were under way", () => {
    const { cache, read, fill } = createCache();
    fill("k", 0, block(1));
    const position = cache.position();
    cache.clear();
    cache.fill("k", [0], [block(1)], 0, position);
    expect(read("k", 0)).toEqual([undefined]);
  });

  test("counts hits, misses and expiries", () => {
    const { cache, clock, read, fill } = createCache();
    fill("k", 0, block(1), 10);
    read("k", 0, 1);
    clock.nowMs += 10;
    read("k", 0);
    expect(cache.stats()).toMatchObject({ hitCount: 1, missCount: 2, expiredCount: 1 });
  });
});

type Step =
  | { kind: "read"; key: number; group: number }
  | {
      kind: "fill";
      key: number;
      group: number;
      value: number;
      ttlSeconds: number;
      expiresInSeconds: number;
      isStale: boolean;
    }
  | { kind: "invalidate"; key: number }
  | { kind: "tick"; ms: number };

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("read" as const), key: fc.nat(3), group: fc.nat(2) }),
  fc.record({
    kind: fc.constant("fill" as const),
    key: fc.nat(3),
    group: fc.nat(2),
    value: fc.nat(255),
    ttlSeconds: fc.nat(5),
    expiresInSeconds: fc.nat(5),
    isStale: fc.boolean(),
  }),
  fc.record({ kind: fc.constant("invalidate" as const), key: fc.nat(3) }),
  fc.record({ kind: fc.constant("tick" as const), ms: fc.nat(3000) }),
);

/** What the cache should do, on a map. A stale fill is one whose read began before the last invalidation. */
class Model {
  readonly subject = createCache(1_000_000);
  readonly #held = new Map<string, { block: Block; entryEndsMs: number }>();
  #beforeInvalidation = this.subject.cache.position();
  #invalidatedKey = -1;

  apply(step: Step): void {
    if (step.kind === "tick") this.subject.clock.nowMs += step.ms;
    else if (step.kind === "invalidate") this.#invalidate(step.key);
    else if (step.kind === "fill") this.#fill(step);
    else {
      const expected = [this.#expected(`${step.key}/${step.group}`)];
      expect(this.subject.read(`k${step.key}`, step.group)).toEqual(expected);
    }
  }

  #invalidate(key: number): void {
    this.#beforeInvalidation = this.subject.cache.position();
    this.#invalidatedKey = key;
    this.subject.cache.invalidate(`k${key}`);
    for (const group of [0, 1, 2]) this.#held.delete(`${key}/${group}`);
  }

  #fill(step: Extract<Step, { kind: "fill" }>): void {
    const { cache, clock } = this.subject;
    const expiry =
      step.expiresInSeconds === 0 ? 0 : Math.floor(clock.nowMs / 1000) + step.expiresInSeconds;
    const filled = block(step.value, expiry);
    const position = step.isStale ? this.#beforeInvalidation : cache.position();
    cache.fill(`k${step.key}`, [step.group], [filled], step.ttlSeconds * 1000, position);
    if (step.isStale && step.key === this.#invalidatedKey) return;
    const entryEndsMs = step.ttlSeconds === 0 ? Infinity : clock.nowMs + step.ttlSeconds * 1000;
    this.#held.set(`${step.key}/${step.group}`, { block: filled, entryEndsMs });
  }

  #expected(name: string): Block | undefined {
    const held = this.#held.get(name);
    const { nowMs } = this.subject.clock;
    if (held === undefined || nowMs >= held.entryEndsMs) return undefined;
    const { expiryAtSeconds } = held.block;
    return expiryAtSeconds === 0 || nowMs <= expiryAtSeconds * 1000 ? held.block : undefined;
  }
}

test("model: a value is served if and only if it is live, current and was filled last", () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 60 }), (sequence) => {
      const model = new Model();
      for (const step of sequence) model.apply(step);
    }),
    { numRuns: 300 },
  );
});
