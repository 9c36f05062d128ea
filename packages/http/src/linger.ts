import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";

/**
 * For the next request of idle connections once a server drains. Its client may be sending it just now, and could not know
 * whether it was heard if the connection just ended; the answer says that the connection ends.
 */
const LINGER_MS = 1_000;
const POLL_MS = 20;

/**
 * Waits until no connection is left, each has had its time for one more request, or the signal aborts. Whoever closes idle
 * connections right afterwards closes none whose request has arrived.
 *
 * @param count of open connections
 */
export async function linger(
  count: () => number | Promise<number>,
  signal?: AbortSignal,
): Promise<void> {
  const endsAtMs = performance.now() + LINGER_MS;
  while (signal?.aborted !== true && performance.now() < endsAtMs && (await count()) > 0) {
    await pause(POLL_MS);
  }
  // In a turn of the loop timers come before input: what has arrived while the process had no core is still to be read.
  await nextTurn();
}
