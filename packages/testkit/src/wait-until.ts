import { setTimeout as delay } from "node:timers/promises";

export interface WaitOptions {
  /** What is waited for, for the error: "redis on 127.0.0.1:6379". */
  readonly what: string;
  /** Default 30 000: machines have other work. */
  readonly timeoutMs?: number;
  /** Pause between two checks; default 20. */
  readonly intervalMs?: number;
}

/**
 * Polls `check` until it answers true (or a value that is not `undefined` or `false`) and
 * returns that answer. For conditions that have no event to wait for.
 *
 * @throws {Error} after `timeoutMs`, naming `what`; whatever `check` throws ends the wait at once
 */
export async function waitUntil<T>(
  check: () => T | undefined | false | Promise<T | undefined | false>,
  { what, timeoutMs = 30_000, intervalMs = 20 }: WaitOptions,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await check();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await delay(intervalMs);
  }
}
