import { type CallLimits, pause } from "./call-limits.ts";
import { OfsClientError, type StatusName } from "./errors.ts";
import type { RetryOptions } from "./options.ts";

export type RetryPolicy = Required<Omit<RetryOptions, "persist" | "overload">>;

/** The failures after which requests are sent again. */
export interface RepeatedCodes {
  readonly reads: ReadonlySet<StatusName>;
  readonly persists: ReadonlySet<StatusName>;
}

export function repeatedCodes({ persist, overload }: Required<RetryOptions>): RepeatedCodes {
  const refused: StatusName[] = overload ? ["RESOURCE_EXHAUSTED"] : [];
  // A deadline that passes before the call's own is that of the server's store.
  const persisted: StatusName[] = persist ? ["UNAVAILABLE", "DEADLINE_EXCEEDED"] : [];
  return {
    reads: new Set<StatusName>(["UNAVAILABLE", ...refused]),
    persists: new Set<StatusName>([...persisted, ...refused]),
  };
}

/**
 * How long to wait before a retry: anything up to a limit that doubles with each attempt, so that clients
 * which failed together do not come back together.
 *
 * @param attempt the one that failed, from 1
 * @param random 0 to below 1
 */
export function backoffMs(attempt: number, policy: RetryPolicy, random: number): number {
  const limit = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return Math.floor(random * (limit + 1));
}

/**
 * Sends until it succeeds, fails with a code that is not repeated, or attempts or time run out.
 *
 * @throws {OfsClientError} of the last attempt
 */
export async function sendWithRetry<T>(
  send: () => Promise<T>,
  codes: ReadonlySet<StatusName>,
  policy: RetryPolicy,
  limits: CallLimits,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      const isTransient = error instanceof OfsClientError && codes.has(error.code);
      if (!isTransient || attempt >= policy.attempts) throw error;
      const waitMs = backoffMs(attempt, policy, Math.random());
      if (Date.now() + waitMs >= limits.deadlineAtMs) throw error;
      await pause(waitMs, limits);
    }
  }
}
