import { spawnSync } from "node:child_process";
import { ArenaProcessCache, KeyName, type ProcessCache } from "@ofs/cache";
import { Block } from "@ofs/codec";
import { LruProcessCache } from "./lru-process-cache.ts";

/*
 * The process cache beside a list of lru-cache, keyed by texts: CPU of a look-up, a miss, a fill, and a fill that evicts,
 * with one group of 80 bytes a key; and what an entry takes. Each figure is of a process of its own; the two take turns.
 * Run with: node --expose-gc --conditions=@ofs/source --import tsx packages/cache/bench/process-cache.bench.ts [ROUNDS]
 */

const PAYLOAD_BYTES = 80;
const KEYS_A_REQUEST = 100;
/** A bound for each entry that either has room for. */
const AMPLE_BYTES = 800;
const LOOK_UPS = 2_000_000;
const CHURN_FACTOR = 3;
const ZIPF_READS = 2_000_000;
const ENTRY_COUNTS = [1_000, 100_000, 1_000_000];
const VARIANTS = ["arena", "list"] as const;
type Variant = (typeof VARIANTS)[number];

function createCache(variant: Variant, maxSizeBytes: number): ProcessCache {
  return variant === "arena"
    ? new ArenaProcessCache({ maxSizeBytes })
    : new LruProcessCache({ maxSizeBytes });
}

function fill(cache: ProcessCache, from: number, to: number): void {
  for (let i = from; i < to; i++) {
    // A buffer of its own, as a store's answer is.
    const payload = new Uint8Array(PAYLOAD_BYTES).fill(i);
    cache.fill(`user:user-${i}`, [1], [new Block(1, 0, 4, payload)], 0, 0);
  }
}

/** Values of keys as they stand in requests: one behind the other. */
function createRequests(count: number, entryCount: number, prefix: string): Buffer[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    const values = Array.from({ length: KEYS_A_REQUEST }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return `${prefix}${state % entryCount}`.padEnd(14, "_");
    });
    return Buffer.from(values.join(""));
  });
}

const VALUE_BYTES = 14;
const NAME = new KeyName();

/** From a request's bytes to cells, the way the engine goes with each. @returns hits */
function lookUp(cache: ProcessCache, variant: Variant, request: Buffer): number {
  const cells = new Array<Block | undefined>(KEYS_A_REQUEST).fill(undefined);
  const text = variant === "list" ? request.toString("latin1") : "";
  let hits = 0;
  for (let k = 0; k < KEYS_A_REQUEST; k++) {
    const start = k * VALUE_BYTES;
    if (variant === "list") {
      const key = `user:${text.substring(start, start + VALUE_BYTES)}`;
      hits += cache.read(key, [1], cells, k, 1, 1);
    } else {
      NAME.startEntity("user");
      NAME.append(request, start, start + VALUE_BYTES);
      hits += cache.readNamed(NAME, [1], cells, k, 1, 1);
    }
  }
  return hits;
}

function fillPadded(cache: ProcessCache, entryCount: number): void {
  for (let i = 0; i < entryCount; i++) {
    const payload = new Uint8Array(PAYLOAD_BYTES).fill(i);
    const key = `user:${`user-${i}`.padEnd(VALUE_BYTES, "_")}`;
    cache.fill(key, [1], [new Block(1, 0, 4, payload)], 0, 0);
  }
}

/** @returns nanoseconds of CPU an operation */
function timed(operations: number, run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1_000) / operations;
}

function measureLookUps(variant: Variant, entryCount: number, prefix: string): number {
  const cache = createCache(variant, entryCount * AMPLE_BYTES);
  fillPadded(cache, entryCount);
  const requests = createRequests(2_000, entryCount, prefix);
  const run = (count: number): void => {
    for (let i = 0; i < count / KEYS_A_REQUEST; i++) {
      lookUp(cache, variant, requests[i % requests.length] as Buffer);
    }
  };
  run(LOOK_UPS / 4);
  return timed(LOOK_UPS, () => run(LOOK_UPS));
}

function measureFills(variant: Variant, entryCount: number): number {
  fill(createCache(variant, 20_000 * AMPLE_BYTES), 0, 20_000);
  const cache = createCache(variant, entryCount * AMPLE_BYTES);
  return timed(entryCount, () => fill(cache, 0, entryCount));
}

/** Room for about so many entries, and three times as many filled. */
function measureChurn(variant: Variant, entryCount: number): number {
  const cache = createCache(variant, entryCount * (variant === "arena" ? 155 : 680));
  fill(cache, 0, entryCount);
  return timed(CHURN_FACTOR * entryCount, () =>
    fill(cache, entryCount, (CHURN_FACTOR + 1) * entryCount),
  );
}

/** @returns bytes of resident memory an entry */
function measureMemory(variant: Variant, entryCount: number): number {
  fill(createCache(variant, 1e6), 0, 20_000);
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  const cache = createCache(variant, entryCount * AMPLE_BYTES);
  fill(cache, 0, entryCount);
  globalThis.gc?.();
  return (process.memoryUsage.rss() - before) / cache.stats().itemCount;
}

/**
 * Keys asked for as keys are, few of them often (Zipf, 1 / rank), in 64 MiB, filled when missed.
 *
 * @returns misses in a hundred, in the second half
 */
function measureMisses(variant: Variant, entryCount: number): number {
  const cache = createCache(variant, 64 * 1024 * 1024);
  const payload = new Uint8Array(PAYLOAD_BYTES);
  let state = 1;
  let misses = 0;
  for (let i = 0; i < 2 * ZIPF_READS; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const rank = Math.floor(entryCount ** (state / 2 ** 32)) - 1;
    const key = `user:user-${Math.imul(rank, 7_919) >>> 0}`;
    if (cache.read(key, [1], [undefined], 0, 1, 1) === 1) continue;
    if (i >= ZIPF_READS) misses += 1;
    cache.fill(key, [1], [new Block(1, 0, 4, payload)], 0, 0);
  }
  return (misses * 100) / ZIPF_READS;
}

const CASES: Readonly<Record<string, (variant: Variant, entryCount: number) => number>> = {
  "hit, ns": (variant, entryCount) => measureLookUps(variant, entryCount, "user-"),
  "miss, ns": (variant, entryCount) => measureLookUps(variant, entryCount, "none-"),
  "fill, ns": measureFills,
  "fill that evicts, ns": measureChurn,
  "resident, B an entry": measureMemory,
  "misses in 100": measureMisses,
};

function inOwnProcess(name: string, variant: Variant, entryCount: number): number {
  const args = [...process.execArgv, import.meta.filename, name, variant, String(entryCount)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${name} of ${variant} ended with ${status}: ${stderr}`);
  return Number(stdout);
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
const spread = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits)} [${Math.min(...values).toFixed(digits)}..${Math.max(...values).toFixed(digits)}]`;

function compare(rounds: number): void {
  for (const name of Object.keys(CASES)) {
    for (const entryCount of ENTRY_COUNTS) {
      if (entryCount < 100_000 && !(name.startsWith("hit") || name.startsWith("miss"))) continue;
      const found: Record<Variant, number[]> = { arena: [], list: [] };
      for (let round = 0; round < rounds; round++) {
        for (const variant of VARIANTS) {
          found[variant].push(inOwnProcess(name, variant, entryCount));
        }
      }
      const ratios = found.arena.map((value, i) => value / (found.list[i] as number));
      process.stdout.write(
        `| ${name} | ${entryCount} | ${spread(found.arena, 0)} | ${spread(found.list, 0)} | ${spread(ratios, 2)} |\n`,
      );
    }
  }
}

const [first = "5", variant, entryCount] = process.argv.slice(2);
const measure = CASES[first];
if (measure === undefined) compare(Number(first));
else process.stdout.write(String(measure(variant as Variant, Number(entryCount))));
