import type { TcpFault, TcpProxy } from "@ofs/testkit";
import { test } from "vitest";
import type { FaultFleet } from "./fault-fleet.ts";
import { type FaultCase, runFault } from "./run-fault.ts";

/** Cases by name; made when they run, for what they break exists only then. */
export type FaultTable = Readonly<Record<string, () => Omit<FaultCase, "name">>>;

/** A JVM on busy cores may need more than a minute to come back. */
const TEST_TIMEOUT_MS = 150_000;

type Outcome = Pick<FaultCase, "reads" | "writes">;

export const FAILS: Outcome = { reads: "fails", writes: "fails" };
export const WORKS: Outcome = { reads: "ok", writes: "ok" };
export const EITHER: Outcome = { reads: "either", writes: "either" };

/** A case whose fault lies in the connections. */
export function proxyFault(
  proxy: () => TcpProxy,
  fault: TcpFault,
  expected: Outcome & Partial<FaultCase>,
): () => Omit<FaultCase, "name"> {
  return () => ({
    inject: () => proxy().inject(fault),
    heal: () => proxy().heal(),
    ...expected,
  });
}

/** A case that is over when it has begun. */
export function blow(
  inject: FaultCase["inject"],
  expected: Outcome & Partial<FaultCase> = EITHER,
): () => Omit<FaultCase, "name"> {
  return () => ({ inject, heal: () => undefined, ...expected });
}

/** Declares one test a case; what was measured is told as an annotation (`--reporter verbose`). */
export function testFaults(fleet: () => FaultFleet, table: FaultTable): void {
  test.for(Object.entries(table))(
    "%s",
    { timeout: TEST_TIMEOUT_MS },
    async ([name, make], context) => {
      const result = await runFault(fleet(), { name, ...make() });
      const { recoveryMs, freshMs, slowestCallMs, calls, staleReads, note } = result;
      await context.annotate(
        `recovered in ${recoveryMs.toFixed()} ms, fresh in ${freshMs.toFixed()} ms, ` +
          `slowest call ${slowestCallMs.toFixed()} ms, ${calls} calls, ${staleReads} stale ${note}`,
      );
    },
  );
}
