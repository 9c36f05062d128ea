import { ArenaProcessCache } from "@ofs/cache";
import { Block } from "@ofs/codec";

/*
 * How much memory an entry of the process cache really takes, beside what `stats().sizeBytes` says.
 * Run with: node --expose-gc --conditions=@ofs/source --import tsx packages/cache/bench/process-cache-memory.ts
 */

const KEY_COUNT = 200_000;

function measure(groupCount: number, payloadBytes: number): string {
  const used = () => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = used();
  const cache = new ArenaProcessCache({ maxSizeBytes: 4e9 });
  for (let i = 0; i < KEY_COUNT; i++) {
    for (let g = 0; g < groupCount; g++) {
      cache.fill(`user:${i}`, [g], [new Block(1, 0, 4, new Uint8Array(payloadBytes))], 0, 0);
    }
  }
  const taken = used() - before;
  const counted = cache.stats().sizeBytes;
  const perKey = (bytes: number) => (bytes / KEY_COUNT).toFixed(0).padStart(6);
  return `${groupCount} groups x ${payloadBytes} B: taken ${perKey(taken)} B a key, counted ${perKey(counted)} B, ratio ${(taken / counted).toFixed(2)}`;
}

for (const [groups, bytes] of [
  [1, 8],
  [1, 80],
  [4, 80],
  [10, 80],
  [1, 2000],
] as const) {
  process.stdout.write(`${measure(groups, bytes)}\n`);
}
