import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const BENCH = join(import.meta.dirname, "../..");
const UTILISATION = 0.6;
const WORKERS_OF_NODE = 7;
const REQUESTS = 1_000_000;
/** Of what the process cache has not: the distributed cache's part, and the store's. */
const MISSES = { "redis-cache": 0.9, cassandra: 0.1 };

const guide = readFileSync(join(BENCH, "scale.md"), "utf8");
const measured = readFileSync(join(BENCH, "README.md"), "utf8");

/** CPU of a request under ghz, from the table of the benchmark of reads. */
function microsOf(tier: string, keys: number): number {
  const pattern = new RegExp(
    `^\\| ${tier} \\| 20 fp32 \\| ${keys} \\| ghz \\| front \\| ([\\d.]+) \\[`,
    "m",
  );
  const found = pattern.exec(measured)?.[1];
  if (found === undefined) throw new Error(`bench/README.md: no ${tier} with ${keys} keys`);
  return Number(found);
}

/** Rows of the table below a line that begins so, without its head. */
function table(head: string): string[][] {
  const [, below = ""] = guide.split(`\n${head}`);
  const rows = below.trimEnd().split("\n\n")[0]?.split("\n").slice(2) ?? [];
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function numberOf(cell: string | undefined): number {
  return Number(cell?.replaceAll(" ", "").replace("%", ""));
}

it("computes capacity from figures of the benchmark of reads", () => {
  const rows = table("| keys | hits in the process |");
  expect(rows).toHaveLength(15);
  for (const [keyCell, hitCell, ...cells] of rows) {
    const [keys, hits] = [numberOf(keyCell), numberOf(hitCell) / 100];
    const missed = Object.entries(MISSES).map(([tier, share]) => share * microsOf(tier, keys));
    const micros =
      hits * microsOf("process", keys) + (1 - hits) * missed.reduce((sum, us) => sum + us, 0);
    const perCore = (UTILISATION * 1_000_000) / micros;
    const cores = Math.ceil(Number(((REQUESTS * micros) / 1_000_000 / UTILISATION).toFixed(6)));
    expect(cells.map(numberOf), `${keyCell} keys, ${hitCell}`).toEqual([
      Number(micros.toFixed(1)),
      Number(perCore.toPrecision(3)),
      Number((perCore * WORKERS_OF_NODE).toPrecision(3)),
      cores,
    ]);
  }
});

it("is linked with the sizing of a fleet, both ways", () => {
  expect(guide).toContain("](../deploy/README.md#sizing)");
  const sizing = readFileSync(join(BENCH, "../deploy/README.md"), "utf8");
  expect(sizing).toContain("](../bench/scale.md)");
});
