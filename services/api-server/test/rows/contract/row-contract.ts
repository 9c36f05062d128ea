import { afterAll, beforeAll, describe } from "vitest";
import { legacyContract } from "./legacy-contract.ts";
import { readContract } from "./read-contract.ts";
import { refusalContract } from "./refusal-contract.ts";
import type { RowWorld } from "./row-world.ts";
import { valueContract } from "./value-contract.ts";
import { writeContract } from "./write-contract.ts";

/** For a world to be made and to go: tables of a busy Cassandra take their time. */
const WORLD_TIMEOUT_MS = 240_000;

/** What clients of the row dialect may rely on, whatever the store. */
export function rowContract(name: string, open: () => Promise<RowWorld>): void {
  let world: RowWorld | undefined;
  const worldOf = (): RowWorld => {
    if (world === undefined) throw new Error("the world is not open");
    return world;
  };
  describe(name, () => {
    beforeAll(async () => {
      world = await open();
    }, WORLD_TIMEOUT_MS);
    afterAll(() => world?.close(), WORLD_TIMEOUT_MS);
    writeContract(worldOf);
    readContract(worldOf);
    refusalContract(worldOf);
    legacyContract(worldOf);
    valueContract(worldOf);
  });
}
