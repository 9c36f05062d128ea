import { join } from "node:path";
import { openEmbeddedEnvironment } from "@ofs/store";
import { ChildScript } from "@ofs/testkit";
import { expect, test } from "vitest";
import {
  COLUMNS,
  entityKey,
  entityValues,
  openEntityRows,
  TABLE,
} from "../children/entity-rows.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** Starting a process takes up to a few seconds on a busy machine. */
const TIMEOUT_MS = 90_000;

const CRASH_ROUNDS = 3;

/** Versions by row, of those acknowledged before and while the writer was killed. */
async function killAfter(count: number, child: ChildScript): Promise<Map<number, number>> {
  const acknowledged = new Map<number, number>();
  let lineCount = 0;
  for (let line = await child.line(); line !== undefined; line = await child.line()) {
    // The last line may be cut off by the kill.
    const [, index, version] = /^(\d+) (\d+)$/.exec(line) ?? [];
    if (index === undefined || version === undefined) continue;
    acknowledged.set(Number(index), Number(version));
    if (++lineCount === count) child.kill();
  }
  return acknowledged;
}

test(
  "every acknowledged row is there, whole and in its place, after the writer was killed",
  async () => {
    const folder = temporaryFolder();
    const acknowledged = new Map<number, number>();
    for (let round = 0; round < CRASH_ROUNDS; round++) {
      const script = join(import.meta.dirname, "../children/crash-row-writer.ts");
      const child = ChildScript.start({ script, args: [folder.path, String(round * 1_000_000)] });
      const ofRound = await killAfter(150 + round * 173, child);
      expect(await child.end()).toMatchObject({ code: null, errors: "" });
      expect(ofRound.size).toBeGreaterThan(0);
      for (const [index, version] of ofRound) acknowledged.set(index, version);

      const environment = openEmbeddedEnvironment(folder.path);
      const store = await openEntityRows(environment);
      const limits = { deadlineMs: Number.POSITIVE_INFINITY };
      const indexes = [...acknowledged.keys()];
      const keys = indexes.map(entityKey);
      const rows = await store.read({ table: TABLE, columns: COLUMNS, keys, ...limits });
      for (const [place, index] of indexes.entries()) {
        const [v, w] = rows[place] as readonly [Uint8Array, Uint8Array];
        const version = Number(Buffer.from(v).toString());
        // One more may have been written that was not acknowledged any more; a cut-off line hides one more.
        expect(version).toBeGreaterThanOrEqual(acknowledged.get(index) as number);
        expect(entityValues(version)[1].equals(w)).toBe(true);
      }
      const scan = {
        table: TABLE,
        columns: [TABLE.keys[1] ?? TABLE.keys[0]],
        keyPrefix: [entityKey(0)[0]],
        pageSize: 37,
      };
      const order: Buffer[] = [];
      for await (const page of store.scan({ ...scan, ...limits })) {
        order.push(...page.map(([cell]) => Buffer.from(cell as Uint8Array)));
      }
      expect(order).toEqual([...order].sort(Buffer.compare));
      expect(order.length).toBeGreaterThanOrEqual(indexes.length);
      await environment.close();
    }
    folder.remove();
  },
  TIMEOUT_MS,
);
