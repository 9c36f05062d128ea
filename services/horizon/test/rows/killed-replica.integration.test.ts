import { join } from "node:path";
import { ChildScript, waitUntil } from "@ofs/testkit";
import { afterAll, expect, test } from "vitest";
import { layGroundwork } from "./support/creations.ts";
import { openRowWorld, type RowWorldSettings } from "./support/row-world.ts";
import { serverPlaces } from "./support/server-world.ts";

/** Processes that compile the source, and changes of schema one after the other. */
const TIMEOUT_MS = 240_000;
const SCRIPT = join(import.meta.dirname, "children/upgrades.ts");
const PER_PROCESS = 12;
/** What the first process may have told of when it is killed. */
const TOLD_BEFORE = 3;

const places = serverPlaces();
let settings: RowWorldSettings | undefined;

afterAll(async () => {
  if (settings !== undefined) await places.remove(settings);
}, TIMEOUT_MS);

function start(made: RowWorldSettings): ChildScript {
  return ChildScript.start({ script: SCRIPT, args: [JSON.stringify(made), String(PER_PROCESS)] });
}

/** Versions that are told of, until the process says that it is done or has told of enough. */
async function told(child: ChildScript, limit: number): Promise<string[]> {
  const versions: string[] = [];
  while (versions.length < limit) {
    const line = await child.line();
    if (line === "done") break;
    if (!/^v\d+$/.test(line ?? "")) throw new Error(`child said ${line}`);
    versions.push(line as string);
  }
  return versions;
}

test(
  "one of two control planes is killed while both make versions: none is lost, none is missing",
  async () => {
    settings = await places.createSettings();
    const world = await openRowWorld(settings);
    const children: ChildScript[] = [];
    try {
      await layGroundwork(world.admin);
      children.push(start(settings), start(settings));
      const [victim, other] = children as [ChildScript, ChildScript];
      for (const child of children) expect(await child.line()).toBe("ready");
      const others = told(other, PER_PROCESS);
      const acknowledged = await told(victim, TOLD_BEFORE);
      victim.kill();
      acknowledged.push(...(await others));
      expect(new Set(acknowledged).size).toBe(TOLD_BEFORE + PER_PROCESS);

      const { groups } = world.admin.metastore;
      const numbers = async (): Promise<number[]> => {
        const versions = await groups.versionsOf("grown");
        return versions.map(({ version }) => Number(version.slice(1))).sort((a, b) => a - b);
      };
      await waitUntil(
        async () => {
          await world.admin.reconcile();
          const pending = await groups.abandoned(Number.MAX_SAFE_INTEGER, 1);
          return pending.length === 0;
        },
        { what: "what the killed one has begun to be over", timeoutMs: TIMEOUT_MS / 2 },
      );
      const all = await numbers();
      expect(all).toEqual(Array.from({ length: all.length }, (_, index) => index + 1));
      for (const version of acknowledged) expect(all).toContain(Number(version.slice(1)));
      expect(await groups.version("grown")).toMatchObject({ latestVersion: `v${all.length}` });
      const { entries } = await world.registry.load(AbortSignal.timeout(TIMEOUT_MS));
      const tables = await world.clusters.tables("default-tenant");
      const columns = (await tables.describe("base"))?.columns.map(({ name }) => name);
      for (const number of all) {
        expect([...entries.keys()]).toContain(`feature-groups/grown/v${number}`);
        expect(columns).toContain(`grown__v${number}__wins`);
      }
    } finally {
      for (const child of children) child.kill();
      await world.close();
    }
  },
  TIMEOUT_MS,
);
