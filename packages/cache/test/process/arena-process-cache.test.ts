import { ArenaProcessCache, KeyName, type NameHash } from "@ofs/cache";
import { Block, NEGATIVE_BLOCK } from "@ofs/codec";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const FP32_CODE = 4;
const NOW_MS = 1_000_000;

/** Keys that meet in all their bits, in a few of them, or as they do. */
const HASHES: Readonly<Record<string, NameHash | undefined>> = {
  "one hash for all": () => 7,
  "four hashes": (words, wordCount) => (words[wordCount - 1] as number) & 3,
  "the usual hash": undefined,
};

function createArena(maxSizeBytes: number, hash?: NameHash, monotonicNow = () => NOW_MS) {
  return new ArenaProcessCache({
    maxSizeBytes,
    monotonicNow,
    seed: 12_345,
    ...(hash === undefined ? {} : { hash }),
  });
}

function readOne(cache: ArenaProcessCache, key: string, groupId = 0): Block | undefined {
  const cells: (Block | undefined)[] = [undefined];
  cache.read(key, [groupId], cells, 0, NOW_MS, NOW_MS);
  return cells[0];
}

function fillOne(cache: ArenaProcessCache, key: string, payload: Uint8Array, groupId = 0): void {
  cache.fill(key, [groupId], [new Block(1, 0, FP32_CODE, payload)], 0, cache.position());
}

/** Any text, and texts that differ in little: by length, by a zero at the end, by where a column ends. */
const keys = fc.oneof(
  fc.constantFrom("u:1", "u:1\0", "u:1\0\0", "u:", "u:1|2", "u:12", "u:1|", "u:|1", "ü:1", "u:😀"),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ minLength: 200, maxLength: 300 }),
);

type Step =
  | { kind: "fill"; key: string; groups: number[]; sizes: number[]; isNegative: boolean }
  | { kind: "read" | "invalidate"; key: string }
  | { kind: "clear" };

const steps = (sizes: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 40,
      arbitrary: fc.record({
        kind: fc.constant("fill" as const),
        key: keys,
        groups: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 4 }),
        sizes: fc.array(sizes, { minLength: 4, maxLength: 4 }),
        isNegative: fc.boolean(),
      }),
    },
    { weight: 20, arbitrary: fc.record({ kind: fc.constant("read" as const), key: keys }) },
    { weight: 10, arbitrary: fc.record({ kind: fc.constant("invalidate" as const), key: keys }) },
    { weight: 1, arbitrary: fc.constant({ kind: "clear" as const }) },
  );

interface Held {
  readonly block: Block;
  readonly payload: Uint8Array;
}

/** What was filled last, without an end: a cache that evicts may have less, and never anything else. */
class Model {
  readonly cache: ArenaProcessCache;
  /** Every block that a reader was given, with what it said then. */
  readonly handedOut: Held[] = [];
  missingCount = 0;
  readonly #filled = new Map<string, Map<number, Uint8Array | null>>();
  #next = 0;

  constructor(cache: ArenaProcessCache) {
    this.cache = cache;
  }

  apply(step: Step): void {
    if (step.kind === "fill") this.#fill(step);
    else if (step.kind === "read") this.check(step.key);
    else if (step.kind === "invalidate") {
      this.cache.invalidate(step.key);
      this.#filled.delete(step.key);
    } else {
      this.cache.clear();
      this.#filled.clear();
    }
    const { sizeBytes, maxSizeBytes } = this.cache.stats();
    expect(sizeBytes).toBeLessThanOrEqual(maxSizeBytes);
  }

  #fill({ key, groups, sizes, isNegative }: Extract<Step, { kind: "fill" }>): void {
    const filled = this.#filled.get(key) ?? new Map<number, Uint8Array | null>();
    this.#filled.set(key, filled);
    const blocks = groups.map((group, i) => {
      if (isNegative && i === 0) {
        filled.set(group, null);
        return NEGATIVE_BLOCK;
      }
      this.#next += 1;
      const payload = new Uint8Array(sizes[i] as number).fill(this.#next);
      filled.set(group, payload);
      // A part of something larger that is used for something else afterwards, as buffers of sockets are.
      const around = new Uint8Array(payload.length + 20);
      around.set(payload, 10);
      return new Block(this.#next % 65_536, 0, FP32_CODE, around, 10, payload.length);
    });
    this.cache.fill(key, groups, blocks, 0, this.cache.position());
    for (const block of blocks) block.bytes.fill(0xff);
  }

  check(key: string): void {
    const groups = [0, 1, 2, 3, 4, 5];
    const cells = new Array<Block | undefined>(groups.length).fill(undefined);
    const hits = this.cache.read(key, groups, cells, 0, NOW_MS, NOW_MS);
    expect(hits).toBe(cells.filter((cell) => cell !== undefined).length);
    for (const group of groups) {
      const cell = cells[group];
      const filled = this.#filled.get(key)?.get(group);
      if (cell === undefined) {
        if (filled !== undefined) this.missingCount += 1;
        continue;
      }
      if (filled === null) expect(cell).toBe(NEGATIVE_BLOCK);
      else expect(Buffer.compare(cell.payload, filled ?? new Uint8Array(9999))).toBe(0);
      this.handedOut.push({ block: cell, payload: Uint8Array.from(cell.payload) });
    }
  }

  checkAll(): void {
    for (const key of this.#filled.keys()) this.check(key);
  }
}

function run(cache: ArenaProcessCache, sequence: readonly Step[]): Model {
  const model = new Model(cache);
  for (const step of sequence) model.apply(step);
  model.checkAll();
  for (const { block, payload } of model.handedOut) {
    expect(Buffer.compare(block.payload, payload)).toBe(0);
  }
  return model;
}

describe.each(Object.entries(HASHES))("with %s", (_, hash) => {
  test("model: under eviction, a read gives what was filled last or nothing, and keeps it", () => {
    const sequences = fc.array(steps(fc.nat(300)), { maxLength: 150 });
    fc.assert(
      fc.property(sequences, (sequence) => {
        run(createArena(6_000, hash), sequence);
      }),
      { numRuns: 150 },
    );
  });

  test("fills beyond the room evict, whatever they hash to", () => {
    const cache = createArena(20_000, hash);
    const sequence = Array.from(
      { length: 2_000 },
      (_unused, i): Step => ({
        kind: "fill",
        key: `u:${i % 700}`,
        groups: [i % 3],
        sizes: [i % 90, 0, 0, 0],
        isNegative: i % 7 === 0,
      }),
    );
    const { missingCount } = run(cache, sequence);
    expect(missingCount).toBeGreaterThan(100);
    expect(cache.stats().evictedCount).toBeGreaterThan(100);
    expect(cache.stats().itemCount).toBeGreaterThan(10);
  });
});

test("model: with room for all, and hashes that spread, nothing is missing", () => {
  const sequences = fc.array(steps(fc.nat(2_000)), { maxLength: 100 });
  fc.assert(
    fc.property(sequences, (sequence) => {
      const { missingCount, cache } = run(createArena(10_000_000), sequence);
      expect([missingCount, cache.stats().evictedCount]).toEqual([0, 0]);
    }),
    { numRuns: 100 },
  );
});

test("keys whose hashes are one do not reach others", () => {
  const cache = createArena(1_000_000, (words, wordCount, sizeBytes) => {
    const mixed = Math.imul(words[wordCount - 1] as number, 0x9e3779b1);
    return sizeBytes > 8 ? 0 : mixed ^ (mixed >>> 16);
  });
  for (let i = 0; i < 100; i++) fillOne(cache, `u:${i}`, Uint8Array.of(i));
  for (let i = 0; i < 10_000; i++) fillOne(cache, `flood:${i}-----`, Uint8Array.of(i));
  let held = 0;
  for (let i = 0; i < 100; i++) if (readOne(cache, `u:${i}`) !== undefined) held += 1;
  expect(held).toBeGreaterThanOrEqual(84);
});

test("what a reader holds stays, however often the room is used again", () => {
  const cache = createArena(4_000);
  fillOne(cache, "u:held", new Uint8Array(100).fill(42));
  const block = readOne(cache, "u:held");
  for (let i = 0; i < 10_000; i++) fillOne(cache, `u:${i}`, new Uint8Array(100).fill(i));
  expect(readOne(cache, "u:held")).toBeUndefined();
  expect(block?.payload).toEqual(new Uint8Array(100).fill(42));
});

test("what is replaced or dropped makes room before anything that lives is evicted", () => {
  const cache = createArena(100_000);
  for (let i = 0; i < 100; i++) fillOne(cache, `u:${i}`, new Uint8Array(100).fill(i));
  for (let i = 0; i < 20_000; i++) fillOne(cache, `u:${i % 10}`, new Uint8Array(100).fill(i));
  expect(cache.stats()).toMatchObject({ itemCount: 100, evictedCount: 0 });
  for (let i = 0; i < 5_000; i++) {
    fillOne(cache, "other", new Uint8Array(1_000));
    cache.invalidate("other");
  }
  expect(cache.stats()).toMatchObject({ itemCount: 100, evictedCount: 0 });
});

test("what is read outlives what is not", () => {
  const cache = createArena(100_000);
  const hot = Array.from({ length: 50 }, (_, i) => `hot:${i}`);
  for (const key of hot) fillOne(cache, key, new Uint8Array(80));
  for (let i = 0; i < 20_000; i++) {
    fillOne(cache, `cold:${i}`, new Uint8Array(80));
    readOne(cache, hot[i % hot.length] as string);
  }
  expect(hot.filter((key) => readOne(cache, key) !== undefined)).toEqual(hot);
});

test("large blocks come and go beside small ones, within the bound", () => {
  const cache = createArena(1_000_000);
  fillOne(cache, "small", Uint8Array.of(1));
  for (let i = 0; i < 200; i++) {
    fillOne(cache, `large:${i}`, new Uint8Array(100_000 + i).fill(i));
    expect(readOne(cache, "small")?.payload).toEqual(Uint8Array.of(1));
    expect(cache.stats().sizeBytes).toBeLessThanOrEqual(1_000_000);
  }
  expect(cache.stats().itemCount).toBeGreaterThan(4);
  expect(readOne(cache, "large:199")?.payload).toEqual(new Uint8Array(100_199).fill(199));
});

test("a segment whose records have all gone gives its memory back", () => {
  const cache = createArena(1_000_000);
  const before = cache.stats().sizeBytes;
  for (let i = 0; i < 5_000; i++) fillOne(cache, `u:${i}`, new Uint8Array(80));
  const full = cache.stats().sizeBytes;
  for (let i = 0; i < 5_000; i++) cache.invalidate(`u:${i}`);
  expect(full).toBeGreaterThan(before + 500_000);
  expect(cache.stats()).toMatchObject({ itemCount: 0 });
  expect(cache.stats().sizeBytes).toBeLessThan(before + 100_000);
});

test("a name in bytes finds what was filled under its text, however long", () => {
  const name = new KeyName();
  const cache = createArena(10_000_000);
  const values = ["", "1", "ü😀", "x".repeat(1_000), "y".repeat(200_000), "z"];
  for (const [i, value] of values.entries()) fillOne(cache, `user:${value}`, Uint8Array.of(i));
  for (const [i, value] of values.entries()) {
    const bytes = Buffer.from(`..${value}..`);
    name.startEntity("user");
    name.append(bytes, 2, bytes.length - 2);
    const cells: (Block | undefined)[] = [undefined];
    expect(cache.readNamed(name, [0], cells, 0, NOW_MS, NOW_MS)).toBe(1);
    expect(cells[0]?.payload).toEqual(Uint8Array.of(i));
  }
});
