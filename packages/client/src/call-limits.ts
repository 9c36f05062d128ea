import { setTimeout as delay } from "node:timers/promises";
import { OfsClientError } from "./errors.ts";
import { integer, TIMER_MAX_MS } from "./options.ts";

/** What every method takes beside its request. */
export interface CallOptions {
  /** Time for the whole call. @default the client's `deadlineMs` */
  readonly deadlineMs?: number;
  /** Cancels the call and everything of it that is on its way. */
  readonly signal?: AbortSignal;
}

/** Until when, and as long as what, a call may run. */
export interface CallLimits {
  /** Unix milliseconds. */
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws {OfsClientError} CANCELLED if the signal is aborted already; INVALID_ARGUMENT */
export function startCall(options: CallOptions, defaultDeadlineMs: number): CallLimits {
  const deadlineMs = integer(
    "deadlineMs",
    options.deadlineMs ?? defaultDeadlineMs,
    1,
    TIMER_MAX_MS,
  );
  if (options.signal?.aborted === true) throw cancelled(options.signal);
  return { deadlineAtMs: Date.now() + deadlineMs, signal: options.signal };
}

/** @returns the error of a call that its caller has given up */
export function cancelled(signal: AbortSignal): OfsClientError {
  return new OfsClientError("CANCELLED", "cancelled by the caller", { cause: signal.reason });
}

/** Waits. @throws {OfsClientError} CANCELLED as soon as the call is given up */
export async function pause(ms: number, { signal }: CallLimits): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted === true) throw cancelled(signal);
    throw error;
  }
}

/**
 * Waits for work that others wait for, too, and that therefore goes on when this call ends.
 *
 * @throws {OfsClientError} CANCELLED or DEADLINE_EXCEEDED
 */
export async function waitWithin<T>(
  work: Promise<T>,
  what: string,
  { deadlineAtMs, signal }: CallLimits,
): Promise<T> {
  let stopWaiting = (): void => {};
  const end = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(cancelled(signal as AbortSignal));
    const timer = setTimeout(
      () => reject(new OfsClientError("DEADLINE_EXCEEDED", `${what} took too long`)),
      Math.max(0, deadlineAtMs - Date.now()),
    );
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
    stopWaiting = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    stopWaiting();
  }
}
