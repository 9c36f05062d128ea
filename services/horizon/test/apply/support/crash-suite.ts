import { join } from "node:path";
import { ChildScript, waitUntil } from "@ofs/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { APPLY_STEPS, type ApplyStep } from "../../../src/apply/index.ts";
import { CHANGE_KINDS, type ChangeKind } from "../../../src/changes/index.ts";
import { MemoryWorld } from "./memory-world.ts";
import {
  openProcessWorld,
  type ProcessWorld,
  textsOf,
  type WorldSettings,
} from "./process-world.ts";
import { approveAll, groundwork, oneOfEach, TABLES } from "./scenario.ts";

/** A process that compiles the source, and the changes of schema of a busy database. */
const TIMEOUT_MS = 120_000;

const SCRIPT = join(import.meta.dirname, "../children/stops-at-step.ts");

export interface CrashSuite {
  /** New, empty places for one run. */
  createSettings(): Promise<WorldSettings>;
  /** Removes them. */
  remove(settings: WorldSettings): Promise<void>;
}

/** What an undisturbed control plane makes of the same changes, one after the other. */
async function expectedEnd(stores: WorldSettings["stores"]) {
  const world = await MemoryWorld.open();
  const changes = world.service();
  await approveAll(changes, groundwork(stores));
  await approveAll(changes, oneOfEach(stores));
  const end = { tree: await world.tree(), columns: world.tables.columns };
  await world.close();
  return end;
}

/** @returns the requests that have stopped, by kind; the process is dead then */
async function killAtStep(
  settings: WorldSettings,
  step: ApplyStep,
): Promise<ReadonlyMap<ChangeKind, number>> {
  const child = ChildScript.start({ script: SCRIPT, args: [JSON.stringify(settings), step] });
  const stopped = new Map<ChangeKind, number>();
  try {
    while (stopped.size < CHANGE_KINDS.length) {
      const line = await child.line();
      const [, kind, id] = /^stopped (\S+) (\d+)$/.exec(line ?? "") ?? [];
      if (kind === undefined) throw new Error(`child said ${line}: ${(await child.end()).errors}`);
      stopped.set(kind as ChangeKind, Number(id));
    }
  } finally {
    child.kill();
  }
  const { code, errors } = await child.end();
  expect({ code, errors }).toEqual({ code: null, errors: "" });
  return stopped;
}

async function statusesOf(world: ProcessWorld, ids: ReadonlyMap<ChangeKind, number>) {
  const rows = await Promise.all(
    [...ids].map(([kind, id]) => world.database.requests.find(kind, id)),
  );
  return rows.map((row) => row?.status ?? "gone");
}

/** Kills a control plane at each step of each kind of change; another one takes all of it to its end. */
export function describeCrashes(places: CrashSuite): void {
  let expected: Awaited<ReturnType<typeof expectedEnd>>;
  const made: WorldSettings[] = [];

  beforeAll(async () => {
    const settings = await places.createSettings();
    made.push(settings);
    expected = await expectedEnd(settings.stores);
  }, TIMEOUT_MS);

  afterAll(async () => {
    for (const settings of made) await places.remove(settings);
  }, TIMEOUT_MS);

  describe.each(APPLY_STEPS)("killed at the step %s", (step) => {
    it(
      "each kind of change comes to its end: request, registry and tables",
      async () => {
        const settings = await places.createSettings();
        made.push(settings);
        const ids = await killAtStep(settings, step);
        const world = await openProcessWorld(settings);
        try {
          const before = await statusesOf(world, ids);
          expect(new Set(before)).toEqual(new Set([step === "finished" ? "APPROVED" : "APPLYING"]));
          await waitUntil(
            async () => {
              await world.changes.reconcile();
              return (await statusesOf(world, ids)).every((status) => status !== "APPLYING");
            },
            { what: "all requests to be over", timeoutMs: 30_000 },
          );
          expect(await statusesOf(world, ids)).toEqual([...ids].map(() => "APPROVED"));
          expect(await textsOf(world.registry)).toEqual(expected.tree);
          await expectTables(world, settings);
          const job = await world.database.requests.find("job", ids.get("job") ?? 0);
          expect(JSON.stringify(job?.payload)).not.toContain("s3cret");
          expect(await world.changes.reconcile()).toBe(0);
        } finally {
          await world.close();
        }
      },
      TIMEOUT_MS,
    );
  });

  async function expectTables(world: ProcessWorld, { stores }: WorldSettings): Promise<void> {
    if (stores.dbType !== "scylla") return;
    for (const table of TABLES) {
      const found = await world.tables.describe({ ...stores, table });
      expect(found?.primaryKeys).toEqual(["user_id"]);
      expect([...(found?.columns.keys() ?? [])].sort()).toEqual(expected.columns.get(table));
    }
  }
}
