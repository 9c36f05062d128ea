import { type CancelSignal, FeatureStoreError } from "@ofs/platform";
import { listenForAbort } from "../request-limits.ts";

/** A timer that is set to more fires at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Limits of one call. Without any, only the connection's own timeout counts. */
export interface RedisCall {
  /** Unix milliseconds after which no answer is of use: DEADLINE_EXCEEDED. */
  readonly deadlineMs?: number | undefined;
  /** In place of the connection's read or write timeout: UNAVAILABLE. */
  readonly timeoutMs?: number | undefined;
  /** In place of the connection's `maxRetry`. */
  readonly retryLimit?: number | undefined;
  readonly signal?: CancelSignal | undefined;
  /** Reads the master also where `routeRandom` lets reads go to a replica, which may lag behind. */
  readonly isMasterOnly?: boolean | undefined;
}

/** When a call ends, at the latest. */
export interface CallEnd {
  /** On the clock that does not step: one that did could stretch a wait by as much. */
  readonly monotonicMs: number;
  readonly isDeadline: boolean;
}

/** @param timeoutMs from now */
export function endOf({ deadlineMs }: RedisCall, timeoutMs: number): CallEnd {
  const leftMs = (deadlineMs ?? Number.POSITIVE_INFINITY) - Date.now();
  const isDeadline = leftMs <= timeoutMs;
  return { monotonicMs: performance.now() + (isDeadline ? leftMs : timeoutMs), isDeadline };
}

/** Why a call must end now, if so. */
export function stopOf({ deadlineMs, signal }: RedisCall): FeatureStoreError | undefined {
  if (signal?.aborted) return new FeatureStoreError("CANCELLED", "the call was cancelled");
  if (deadlineMs !== undefined && Date.now() >= deadlineMs) {
    return new FeatureStoreError("DEADLINE_EXCEEDED", "the deadline has passed");
  }
  return undefined;
}

/**
 * Waits for `done`, but no longer than the call allows.
 *
 * @returns undefined once `done` has resolved, or why the wait was given up
 */
export function waitWithin(
  done: Promise<void>,
  end: CallEnd,
  call: RedisCall,
): Promise<FeatureStoreError | undefined> {
  return new Promise((resolve, reject) => {
    const finish = (stop: FeatureStoreError | undefined): void => {
      clearTimeout(timer);
      call.signal?.removeEventListener("abort", onAbort);
      resolve(stop);
    };
    const onAbort = (): void => finish(stopOf(call));
    const onTimeout = (): void => finish(timeoutError(end));
    const waitMs = Math.min(Math.max(0, end.monotonicMs - performance.now()), TIMER_MAX_MS);
    const timer = setTimeout(onTimeout, waitMs);
    if (call.signal?.aborted) onAbort();
    else if (call.signal !== undefined) listenForAbort(call.signal, onAbort);
    done.then(() => finish(undefined), reject);
  });
}

function timeoutError({ isDeadline }: CallEnd): FeatureStoreError {
  return isDeadline
    ? new FeatureStoreError("DEADLINE_EXCEEDED", "redis did not answer before the deadline")
    : new FeatureStoreError("UNAVAILABLE", "redis did not answer in time");
}
