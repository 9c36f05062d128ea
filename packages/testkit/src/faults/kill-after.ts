import { setTimeout as delay } from "node:timers/promises";
import type { ProcessExit } from "../process-handle.ts";
import { type SeededRandom, seededRandom } from "../random.ts";

export interface KillAfterOptions {
  /** A seed, or a stream of which one number is taken. */
  readonly random: number | SeededRandom;
  /** Default 0. */
  readonly minMs?: number;
  readonly maxMs: number;
}

/** What `kill` crashes: a process of `startProcess`, a private server. */
export interface Killable {
  kill(): Promise<ProcessExit>;
}

/**
 * Crashes a process at a random moment that the seed decides. If it ended by itself before, that end is told.
 *
 * @returns how it ended, and after how many milliseconds it was to be killed
 * @throws {RangeError} unless 0 <= minMs <= maxMs
 */
export async function killAfter(
  target: Killable,
  { random, minMs = 0, maxMs }: KillAfterOptions,
): Promise<ProcessExit & { readonly delayMs: number }> {
  if (!(minMs >= 0 && minMs <= maxMs)) {
    throw new RangeError(`minMs ${minMs} must be between 0 and maxMs ${maxMs}`);
  }
  const source = typeof random === "number" ? seededRandom(random) : random;
  const delayMs = source.integer(minMs, maxMs);
  await delay(delayMs);
  return { ...(await target.kill()), delayMs };
}
