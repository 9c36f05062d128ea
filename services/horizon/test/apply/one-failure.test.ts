import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { APPLY_LIMITS, type ChangeService } from "../../src/apply/index.ts";
import type { CallFault } from "./support/faults.ts";
import { MemoryWorld, SCYLLA } from "./support/memory-world.ts";
import {
  type Ask,
  approve,
  approveAll,
  groundwork,
  oneOfEach,
  submit,
} from "./support/scenario.ts";

/** Rounds in which a request must have come to its end after one failure. */
const ROUNDS_MAX = 3;

let worlds: MemoryWorld[];

beforeEach(() => {
  worlds = [];
});

afterEach(async () => {
  for (const world of worlds) await world.close();
});

async function prepare(): Promise<{ world: MemoryWorld; changes: ChangeService }> {
  const world = await MemoryWorld.open();
  worlds.push(world);
  await approveAll(world.service(), groundwork(SCYLLA));
  return { world, changes: world.service() };
}

/** What an operator and the reconciler do until the request is over. @returns the errors that were seen */
async function takeToEnd(
  world: MemoryWorld,
  changes: ChangeService,
  { kind }: Ask,
  id: number,
): Promise<string[]> {
  const codes: string[] = [];
  const note = (error: { code?: string }): void => {
    codes.push(error.code ?? String(error));
  };
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const row = await world.database.requests.find(kind, id);
    if (row?.status === "PENDING APPROVAL") await approve(changes, kind, id).catch(note);
    else if (row?.status === "APPLYING") {
      world.pass(2 * APPLY_LIMITS.leaseMs);
      await changes.reconcile().catch(note);
    } else break;
  }
  return codes;
}

describe.each(oneOfEach(SCYLLA).map((ask) => [ask.kind, ask] as const))("%s", (kind, ask) => {
  /** Undisturbed: what the end looks like, and which calls lead there. */
  async function undisturbed() {
    const { world, changes } = await prepare();
    const id = await submit(changes, ask);
    world.faults.arm();
    await approve(changes, kind, id);
    return { calls: world.faults.calls, tree: await world.tree(), tables: world.tables.columns };
  }

  it("comes to the same end whatever call fails once, before or after it is carried out", async () => {
    const expected = await undisturbed();
    const faults = expected.calls.flatMap((call): CallFault[] => [
      { call, isAnswerLost: false },
      { call, isAnswerLost: true },
    ]);
    for (const method of ["find", "move", "loadForWrite", "writeIf"]) {
      expect(expected.calls.filter((call) => call.includes(`.${method}#`))).not.toEqual([]);
    }
    const { world, changes } = await prepare();
    const clean = await world.tree();
    for (const fault of faults) {
      const id = await submit(changes, ask);
      const disturbed = await disturb(world, ask, id, fault);
      expect(disturbed).toEqual({ fault, status: "APPROVED", codes: codesOf(fault) });
      expect({ fault, tree: await world.tree() }).toEqual({ fault, tree: expected.tree });
      expect(world.tables.columns).toEqual(expected.tables);
      await restore(world, clean);
    }
  }, 60_000);
});

async function disturb(world: MemoryWorld, ask: Ask, id: number, fault: CallFault) {
  const faults = world.renewFaults();
  faults.arm(fault);
  const codes = await takeToEnd(world, world.service(), ask, id);
  expect(faults.isSpent).toBe(true);
  const row = await world.database.requests.find(ask.kind, id);
  return { fault, status: row?.status, codes };
}

/** Who asks hears of trouble, as UNAVAILABLE; but not where only the audit log is away. */
function codesOf({ call }: CallFault): string[] {
  return call.startsWith("audit.") ? [] : ["UNAVAILABLE"];
}

/** Puts the registry back to what it was. */
async function restore(world: MemoryWorld, clean: Record<string, string>): Promise<void> {
  const now = await world.tree();
  await world.registry.write([
    ...Object.keys(now).map((path) => ({ path, value: undefined })),
    ...Object.entries(clean).map(([path, text]) => ({ path, value: Buffer.from(text) })),
  ]);
}
