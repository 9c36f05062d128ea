import { setMaxListeners } from "node:events";
import { type CancelSignal, FeatureStoreError } from "@ofs/platform";

/** How long, and how long at most, a request to a store may go on. */
export interface RequestLimits {
  /** Unix milliseconds; `Infinity` = no deadline. */
  readonly deadlineMs: number;
  readonly signal?: CancelSignal | undefined;
}

/** Longest delay that a timer takes, in milliseconds; a deadline past it needs no timer. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * Says why a request must not go on, or nothing if it may.
 *
 * @param subject names store and table, for the message: `embedded store, table users`
 */
export function passedLimit(
  limits: RequestLimits,
  nowMs: number,
  subject: string,
): FeatureStoreError | undefined {
  if (limits.signal?.aborted === true) return cancelled(subject, limits.signal);
  if (nowMs > limits.deadlineMs) return deadlineExceeded(subject);
  return undefined;
}

/**
 * Waits for work that cannot be stopped, but not past the limits.
 *
 * @param work must not reject
 * @returns what the work gave, or the limit that was reached first
 */
export async function withinLimits<T>(
  work: Promise<T>,
  limits: RequestLimits,
  subject: string,
): Promise<T | FeatureStoreError> {
  const delayMs = limits.deadlineMs - Date.now();
  const { signal } = limits;
  if (delayMs > MAX_TIMER_MS && signal === undefined) return work;

  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const limit = new Promise<FeatureStoreError>((resolve) => {
    if (delayMs <= MAX_TIMER_MS) {
      timer = setTimeout(() => resolve(deadlineExceeded(subject)), Math.max(0, delayMs));
    }
    if (signal !== undefined) {
      onAbort = () => resolve(cancelled(subject, signal));
      if (signal.aborted) onAbort();
      else listenForAbort(signal, onAbort);
    }
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal?.removeEventListener("abort", onAbort);
  }
}

/** Of an `AbortSignal` Node warns of more than ten listeners, but any number of requests may share a signal, and each takes its own away. */
export function listenForAbort(signal: CancelSignal, listener: () => void): void {
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
  signal.addEventListener("abort", listener, { once: true });
}

function deadlineExceeded(subject: string): FeatureStoreError {
  return new FeatureStoreError("DEADLINE_EXCEEDED", `${subject}: no answer within the deadline`);
}

function cancelled(subject: string, signal: CancelSignal): FeatureStoreError {
  return new FeatureStoreError("CANCELLED", `${subject}: the request was cancelled`, {
    cause: signal.reason,
  });
}
