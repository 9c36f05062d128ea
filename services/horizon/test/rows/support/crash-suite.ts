import { join } from "node:path";
import { ChildScript, waitUntil } from "@ofs/testkit";
import { afterAll, describe, expect, it } from "vitest";
import type { CreationStep } from "../../../src/rows/creation/creator.ts";
import { BASE_COLUMNS, creations } from "./creations.ts";
import { openRowWorld, type RowWorld, type RowWorldSettings } from "./row-world.ts";

/** A process that compiles the source, and the changes of schema of a busy database. */
const TIMEOUT_MS = 180_000;
const SCRIPT = join(import.meta.dirname, "../children/stops-at-step.ts");
const STEPS: readonly CreationStep[] = ["claimed", "tables-made", "completed", "published"];
/** Of an entity, a first version, and a further one. */
const CREATION_COUNT = 3;

export interface CrashPlaces {
  /** New, empty places for one run. */
  createSettings(): Promise<RowWorldSettings>;
  /** Removes them. */
  remove(settings: RowWorldSettings): Promise<void>;
}

/** Resolves when all creations have stopped, and the process is dead. */
async function killAtStep(settings: RowWorldSettings, step: CreationStep): Promise<void> {
  const child = ChildScript.start({ script: SCRIPT, args: [JSON.stringify(settings), step] });
  try {
    for (let count = 0; count < CREATION_COUNT; count += 1) {
      const line = await child.line();
      if (line !== "stopped") throw new Error(`child said ${line}: ${(await child.end()).errors}`);
    }
  } finally {
    child.kill();
  }
  expect(await child.end()).toEqual({ code: null, errors: "" });
}

async function pathsOf({ registry }: RowWorld): Promise<string[]> {
  const { entries } = await registry.loadForWrite(AbortSignal.timeout(TIMEOUT_MS));
  return [...entries.keys()].sort();
}

const BEFORE = ["entities/base", "feature-groups/grown/v1", "versions/grown"];
const AFTER = [
  "entities/base",
  "entities/fresh",
  "feature-groups/first/v1",
  "feature-groups/grown/v1",
  "feature-groups/grown/v2",
  "versions/first",
  "versions/grown",
];

/** Names of what answers and lists show. */
async function shownBy({ admin: { metastore } }: RowWorld): Promise<string[]> {
  const groups = await metastore.groups.list();
  const latest = await metastore.groups.listVersions();
  return [
    ...(await metastore.entities.list()).map(({ name }) => `entities/${name}`),
    ...groups.map(({ name, version }) => `feature-groups/${name}/${version}`),
    ...latest.map(({ name }) => `versions/${name}`),
  ].sort();
}

/** Kills a control plane at each step of a creation; another one takes all of them to their end. */
export function describeCrashes(places: CrashPlaces): void {
  const made: RowWorldSettings[] = [];

  afterAll(async () => {
    for (const settings of made) await places.remove(settings);
  }, TIMEOUT_MS);

  describe.each(STEPS)("killed at the step %s", (step) => {
    it(
      "nothing is half visible, and each creation comes to its end",
      async () => {
        const settings = await places.createSettings();
        made.push(settings);
        await killAtStep(settings, step);
        const world = await openRowWorld(settings);
        try {
          const isShown = step === "completed" || step === "published";
          expect(await shownBy(world)).toEqual(isShown ? AFTER : BEFORE);
          expect(await pathsOf(world)).toEqual(step === "published" ? AFTER : BEFORE);
          await waitUntil(
            async () => {
              await world.admin.reconcile();
              return (await shownBy(world)).length === AFTER.length;
            },
            { what: "all creations to be over", timeoutMs: 60_000 },
          );
          expect(await shownBy(world)).toEqual(AFTER);
          expect(await pathsOf(world)).toEqual(AFTER);
          const latest = await world.admin.metastore.groups.version("grown");
          expect(latest?.latestVersion).toBe("v2");
          const tables = await world.clusters.tables("default-tenant");
          const base = await tables.describe("base");
          expect(base?.columns.map(({ name }) => name).sort()).toEqual(BASE_COLUMNS);
          expect((await tables.describe("fresh"))?.keys).toHaveLength(2);
          const [entity, first] = creations(world.admin);
          await expect(entity?.()).rejects.toThrow("entity already exists");
          await expect(first?.()).rejects.toThrow("feature group already exists");
        } finally {
          await world.close();
        }
      },
      TIMEOUT_MS,
    );
  });
}
