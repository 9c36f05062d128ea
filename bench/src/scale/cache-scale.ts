import type { Bench } from "./bench.ts";
import { fillStore, provideStore } from "./fill-store.ts";
import { printTable, ratioOf, shown, takeTurns } from "./rounds.ts";
import { type FeatureCount, inOrder, READ, readRequest, scattered } from "./scale-cases.ts";
import { memoryOf, type ScaleServer, scaleHome, startScaleServer } from "./scale-server.ts";

const CACHE_BYTES = 2_000_000_000;
const BATCH = 500;
/** Of the entries that were asked for: what is there when the last turn is over. */
const HELD_SHARE = 0.99;
/** Rows of more features are measured for the second largest number of keys. */
const WIDE = 100;
const CALLS = [
  { each: 1, calls: 20_000 },
  { each: 100, calls: 2_000 },
] as const;

/** A cache that holds so many rows, all of them. */
interface Held {
  readonly keys: number;
  readonly features: FeatureCount;
  readonly server: ScaleServer;
  readonly emptyMib: number;
}

/** The process cache by its number of entries; every read is a hit. */
export async function measureCache(bench: Bench): Promise<void> {
  const most = Math.max(...bench.sizes);
  const { folder } = await provideStore(bench, most);
  const home = await scaleHome("embedded", folder);
  const options = { home, store: "embedded" } as const;
  const wideKeys = bench.sizes.at(-2) ?? most;
  const filling = await startScaleServer({ ...options, name: "filling", cacheBytes: 0 });
  await fillStore(bench, filling, WIDE, wideKeys);
  await filling.close();
  const held: Held[] = [];
  try {
    const wanted = [
      ...bench.sizes.map((keys) => ({ keys, features: 20 as const })),
      { keys: wideKeys, features: WIDE as typeof WIDE },
    ];
    for (const { keys, features } of wanted) {
      const name = `${keys} x ${features}`;
      const server = await startScaleServer({ ...options, name, cacheBytes: CACHE_BYTES });
      const emptyMib = memoryOf(server.pids).residentMib;
      const one = { keys, features, server, emptyMib };
      held.push(one);
      await warm(bench, one);
      process.stderr.write(`cache of ${name} filled\n`);
    }
    await measureHits(bench, held);
  } finally {
    for (const { server } of held) await server.close();
    await home.close();
  }
}

async function warm({ load }: Bench, { keys, features, server }: Held): Promise<void> {
  const all = inOrder(keys, BATCH).map((numbers) => readRequest(features, numbers));
  await load.run(server.address, await load.keep(READ, all));
}

async function measureHits(
  { load, yardstick, rounds, share }: Bench,
  held: readonly Held[],
): Promise<void> {
  const cells = held.map(() => [] as string[]);
  for (const { each, calls } of CALLS) {
    const callCount = Math.ceil(calls * share);
    const tasks = [];
    for (const { keys, features, server } of held) {
      const all = scattered(keys, callCount, each).map((numbers) => readRequest(features, numbers));
      tasks.push({ server, requests: await load.keep(READ, all), callCount });
    }
    const first = tasks[0] as (typeof tasks)[0];
    tasks.push({ server: yardstick, requests: first.requests, callCount });
    const costs = await takeTurns(tasks, load, rounds);
    const bare = costs.at(-1) as (typeof costs)[0];
    for (const [i, row] of cells.entries()) {
      const cost = costs[i] as (typeof costs)[0];
      row.push(shown(cost), ratioOf(cost, bare).toFixed(2));
    }
    process.stderr.write(`hits of ${each} keys\n`);
  }
  const rows: string[][] = [];
  for (const [i, one] of held.entries()) {
    rows.push([...(await describe(one)), ...(cells[i] as string[])]);
  }
  const head = [
    "entries",
    "features",
    "counted MB",
    "counted bytes/entry",
    "RSS MiB",
    "RSS bytes/entry",
  ];
  const calls = CALLS.flatMap(({ each }) => [
    `${each === 1 ? "1 key" : `${each} keys`}: us/request`,
    "x grpc-go",
  ]);
  printTable("The process cache by its entries; all hits", [...head, ...calls], rows);
}

/** @throws {Error} if the cache holds less than it should */
async function describe({ keys, features, server, emptyMib }: Held): Promise<string[]> {
  const metrics = await (await fetch(`http://${server.address}/metrics`)).text();
  const of = (name: string): number =>
    Number(new RegExp(`^ofs_in_memory_cache_${name}\\{[^}]*\\} (\\S+)$`, "m").exec(metrics)?.[1]);
  const [count, bytes] = [of("item_count"), of("size_bytes")];
  if (!(count >= keys * HELD_SHARE))
    throw new Error(`the cache holds ${count} entries of ${keys}: these were not all hits`);
  const { residentMib } = memoryOf(server.pids);
  return [
    String(count),
    String(features),
    (bytes / 1e6).toFixed(1),
    (bytes / count).toFixed(0),
    residentMib.toFixed(0),
    (((residentMib - emptyMib) * 2 ** 20) / count).toFixed(0),
  ];
}
