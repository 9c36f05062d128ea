import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "@ofs/testkit";
import { expect } from "vitest";
import type { FaultFleet } from "./fault-fleet.ts";
import { ABSENT } from "./fault-tree.ts";
import { type Call, type CallKind, MixedLoad } from "./mixed-load.ts";
import { CALL_DEADLINE_MS, type ValueClient } from "./value-client.ts";

/** Under way when a fault begins, a call may still go either way. */
const SETTLE_MS = 100;
const CALM_MS = 150;
const FAULT_MS = 1500;
/** A busy machine's share in how long a call takes. */
const SLACK_MS = 1000;
/** Without a failure for so long, the fleet has recovered. */
const QUIET_MS = 400;
const RECOVERY_MAX_MS = 5000;
/** Calls of a kind that a phase must have seen to say anything. */
const CALLS_MIN = 3;

const OUTAGE_CODES = ["UNAVAILABLE", "DEADLINE_EXCEEDED"];

/** `ok`: all succeed; `fails`: none does; `either`: some may. A failure always says that the world is at fault. */
export type Expected = "ok" | "fails" | "either";

export interface FaultCase {
  readonly name: string;
  readonly inject: () => Promise<unknown> | unknown;
  readonly heal: () => Promise<unknown> | unknown;
  readonly reads: Expected;
  readonly writes: Expected;
  /** How failures are named; default UNAVAILABLE or DEADLINE_EXCEEDED. */
  readonly codes?: readonly string[];
  /** While it lasts, and until `RECOVERY_MAX_MS` after it, reads may answer an older acknowledged value. */
  readonly mayBeStale?: boolean;
  /** The fault takes records away, or hides them: reads may answer the default. */
  readonly mayBeAbsent?: boolean;
  /** What `/ready` says meanwhile; default: nothing in particular, but 200. */
  readonly status?: string;
  /** Default 1500. */
  readonly faultMs?: number;
  /** Bound on the time from the end of the fault to the last call that fails from it; default 5000. */
  readonly recoveryMaxMs?: number;
  /** Further things to do or to expect while the fault lasts. */
  readonly meanwhile?: () => Promise<void>;
  /** Further things to expect once the calls have recovered. @returns a note for the report */
  readonly afterwards?: (healedMs: number) => Promise<string>;
}

/** What was measured, for the report. */
export interface FaultResult {
  readonly recoveryMs: number;
  /** From the end of the fault until the newest value of every key was read from every process. */
  readonly freshMs: number;
  readonly slowestCallMs: number;
  readonly calls: number;
  readonly staleReads: number;
  readonly note: string;
}

/** Runs one case under load: calm, fault, recovery, and a look at every value through every process. */
export async function runFault(fleet: FaultFleet, fault: FaultCase): Promise<FaultResult> {
  const load = new MixedLoad(fleet.clients, fleet.ledger, fleet.keys, fault.name.length);
  let isHealed = false;
  try {
    await delay(CALM_MS);
    expect(summary(load.calls.filter(({ code }) => code !== "OK"))).toEqual([]);
    await fault.inject();
    const faultStartMs = performance.now();
    await delay(fault.faultMs ?? FAULT_MS);
    await fault.meanwhile?.();
    await expectReady(fleet, fault);
    const faultEndMs = performance.now();
    isHealed = true;
    await fault.heal();
    const healedMs = performance.now();
    await waitForQuiet(load, healedMs, fault.recoveryMaxMs);
    await load.stop();
    expectOutcomes(load, fault, faultStartMs, faultEndMs);
    const freshMs = await waitForNewest(fleet, fault, healedMs);
    expectValues(load, fault);
    const note = (await fault.afterwards?.(healedMs)) ?? "";
    return { ...measured(load, healedMs), freshMs, note };
  } catch (error) {
    const casualties = await fleet.casualties();
    if (casualties.length === 0) throw error;
    throw new Error(`${String(error)}\n${casualties.join("\n")}`, { cause: error });
  } finally {
    if (!isHealed) await fault.heal();
    await load.stop();
  }
}

async function expectReady(fleet: FaultFleet, { status }: FaultCase): Promise<void> {
  for (const ready of await fleet.readiness()) {
    expect(ready.code).toBe(200);
    if (status !== undefined) expect(ready.status).toBe(status);
  }
}

/** Waits until calls have succeeded for a while, of both kinds. */
async function waitForQuiet(
  load: MixedLoad,
  healedMs: number,
  recoveryMaxMs = RECOVERY_MAX_MS,
): Promise<void> {
  const isQuiet = (): boolean => {
    const now = performance.now();
    const startMs = Math.max(healedMs, lastFailureMs(load) ?? 0);
    if (now - startMs < QUIET_MS) return false;
    return (["read", "write"] as const).every(
      (kind) => load.since(startMs, kind).length >= CALLS_MIN,
    );
  };
  const what = "calls to succeed again";
  await waitUntil(isQuiet, { what, timeoutMs: recoveryMaxMs + QUIET_MS + CALL_DEADLINE_MS });
  const last = lastFailureMs(load) ?? 0;
  expect(last - healedMs, "milliseconds to recover").toBeLessThan(recoveryMaxMs);
}

/** When the last call that failed ended. */
function lastFailureMs({ calls }: MixedLoad): number | undefined {
  const failures = calls.filter(({ code }) => code !== "OK");
  return failures.length === 0 ? undefined : Math.max(...failures.map(({ endMs }) => endMs));
}

function expectOutcomes(
  load: MixedLoad,
  fault: FaultCase,
  faultStartMs: number,
  faultEndMs: number,
): void {
  const codes = fault.codes ?? OUTAGE_CODES;
  const strange = load.calls.filter(({ code }) => code !== "OK" && !codes.includes(code));
  expect(summary(strange), "failures of another kind").toEqual([]);
  const late = load.calls.filter(
    ({ startMs, endMs }) => endMs - startMs > CALL_DEADLINE_MS + SLACK_MS,
  );
  expect(summary(late), "calls past their deadline").toEqual([]);
  for (const kind of ["read", "write"] as const) {
    const during = load
      .since(faultStartMs + SETTLE_MS, kind)
      .filter(({ endMs }) => endMs < faultEndMs);
    expectKind(kind, kind === "read" ? fault.reads : fault.writes, during);
  }
}

function expectKind(kind: CallKind, expected: Expected, during: readonly Call[]): void {
  if (expected === "either") return;
  expect(during.length, `${kind}s during the fault`).toBeGreaterThanOrEqual(CALLS_MIN);
  const wrong = during.filter(({ code }) => (code === "OK") !== (expected === "ok"));
  expect(summary(wrong), `${kind}s that should be ${expected}`).toEqual([]);
}

/** Each message once. */
function summary(calls: readonly Call[]): string[] {
  return [...new Set(calls.map(({ kind, code, message }) => `${kind} ${code} ${message}`))];
}

/** Reads every key through every process until none answers what is outdated. Nobody writes meanwhile. */
async function waitForNewest(
  fleet: FaultFleet,
  { mayBeAbsent = false }: FaultCase,
  healedMs: number,
): Promise<number> {
  const isFreshInTime = async (isAbsentFine: boolean): Promise<void> => {
    let wrong: string[] = [];
    const isFresh = async (): Promise<boolean> => {
      const reads = fleet.clients.map((client) => outdated(fleet, client, isAbsentFine));
      wrong = (await Promise.all(reads)).flat();
      return wrong.length === 0;
    };
    try {
      await waitUntil(isFresh, { what: "the newest values", timeoutMs: RECOVERY_MAX_MS });
    } catch (error) {
      throw new Error(`${String(error)}: ${wrong.slice(0, 5).join("; ")}`, { cause: error });
    }
  };
  await isFreshInTime(mayBeAbsent);
  const freshMs = performance.now() - healedMs;
  await fleet.seed(); // leaves one value that may be seen of each key
  await isFreshInTime(false);
  return freshMs;
}

async function outdated(
  { ledger, keys }: FaultFleet,
  client: ValueClient,
  isAbsentFine: boolean,
): Promise<string[]> {
  const values = await client.read(keys).catch((error: unknown) => String(error));
  if (typeof values === "string") return [values]; // asked again until the time is up
  return keys.flatMap((key, index) => {
    const value = values[index] as number;
    if (isAbsentFine && value === ABSENT) return [];
    const wrong = ledger.check(key, value, ledger.tick);
    return wrong === undefined ? [] : [`${key} is ${value}, not ${ledger.newest(key)}`];
  });
}

function expectValues({ wrongValues }: MixedLoad, fault: FaultCase): void {
  const { mayBeStale = false, mayBeAbsent = false } = fault;
  const wrong = wrongValues.filter(({ why, value }) => {
    if (why === "stale") return !mayBeStale;
    return !(mayBeAbsent && value === ABSENT);
  });
  expect(wrong.slice(0, 5)).toEqual([]);
}

function measured(load: MixedLoad, healedMs: number): Omit<FaultResult, "freshMs" | "note"> {
  return {
    recoveryMs: Math.max(0, (lastFailureMs(load) ?? 0) - healedMs),
    slowestCallMs: Math.max(...load.calls.map(({ startMs, endMs }) => endMs - startMs)),
    calls: load.calls.length,
    staleReads: load.wrongValues.filter(({ why }) => why === "stale").length,
  };
}
