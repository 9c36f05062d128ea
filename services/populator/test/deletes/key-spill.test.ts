import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { KeySpill } from "../../src/deletes/key-spill.ts";

const RUNS_MAX = 500;
const { OFS_PROPERTY_RUNS = "15" } = process.env;
const RUNS = Math.min(Number(OFS_PROPERTY_RUNS), RUNS_MAX);

const folder = mkdtempSync(join(tmpdir(), "ofs-key-spill-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(bufferedMax: number, bytesMax?: number): KeySpill {
  return new KeySpill({ folder, bytesMax, batchKeys: 3, bufferedMax });
}

async function keysOf(spill: KeySpill): Promise<string[]> {
  const keys: string[] = [];
  for await (const batch of spill.difference()) {
    expect(batch.length).toBeLessThanOrEqual(3);
    keys.push(...batch.map((key) => JSON.stringify(key)));
  }
  return keys;
}

/** Few values, so that keys meet; some that end lines for others. */
const text = fc.constantFrom("a", "b", "", "\n", "\u2028", "é\r", '"', "x".repeat(50));
const key = fc.array(text, { minLength: 1, maxLength: 2 });

describe("keys that are gone", () => {
  it("are those of one side and not of the other, once each and always in one order", async () => {
    const keys = fc.array(key, { maxLength: 60 });
    const property = fc.asyncProperty(
      keys,
      keys,
      fc.integer({ min: 1, max: 400 }),
      async (gone, kept, bufferedMax) => {
        const found: string[][] = [];
        for (const buffered of [bufferedMax, bufferedMax, 1_000_000]) {
          const spill = open(buffered);
          for (const each of gone) {
            spill.add("gone", each);
            await spill.settle();
          }
          for (const each of kept) {
            spill.add("kept", each);
            await spill.settle();
          }
          found.push(await keysOf(spill));
          await spill.close();
        }
        const [first, second, inMemory] = found;
        const known = new Set(kept.map((each) => JSON.stringify(each)));
        const expected = new Set(
          gone.map((each) => JSON.stringify(each)).filter((each) => !known.has(each)),
        );
        expect(first?.toSorted()).toEqual([...expected].sort());
        expect(second).toEqual(first);
        expect(inMemory).toEqual(first);
      },
    );
    await fc.assert(property, { numRuns: RUNS });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("take no more of the disk than they may", async () => {
    const spill = open(100, 150);
    for (let i = 0; i < 20; i++) spill.add("gone", [`key ${i}`]);
    await expect(spill.settle()).rejects.toMatchObject({
      code: "RESOURCE_EXHAUSTED",
      message: "the keys to compare take more than 150 bytes",
    });
    await spill.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});
