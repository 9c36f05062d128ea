import type { Bench } from "./bench.ts";
import { fillStore } from "./fill-store.ts";
import { printTable, ratioOf, shown, takeTurns } from "./rounds.ts";
import { inOrder, READ, readRequest } from "./scale-cases.ts";
import { memoryOf, type ScaleServer, scaleHome, startScaleServer } from "./scale-server.ts";

const KEYS = 1_000;
const FEATURES = 20;
const CACHE_BYTES = 100_000_000;
const WORKERS = [1, 2];
const CALLS = [
  { each: 1, calls: 20_000 },
  { each: 100, calls: 2_000 },
] as const;

/** One worker, which is a process alone, and two behind a primary, over Redis; reads are hits of the workers' own caches. */
export async function measureWorkers(bench: Bench): Promise<void> {
  const { load, rounds, share } = bench;
  const store = "redis_standalone";
  const home = await scaleHome(store);
  const servers: ScaleServer[] = [];
  try {
    for (const count of WORKERS) {
      const env = { WORKERS: String(count) };
      const options = { name: String(count), home, store, cacheBytes: CACHE_BYTES } as const;
      servers.push(await startScaleServer({ ...options, env, isSpread: true }));
    }
    await fillStore(bench, servers[0] as ScaleServer, FEATURES, KEYS);
    const rows: string[][] = [];
    for (const { each, calls } of CALLS) {
      const all = inOrder(KEYS, each).map((keys) => readRequest(FEATURES, keys));
      const requests = await load.keep(READ, all);
      const callCount = Math.ceil(calls * share);
      const tasks = servers.map((server) => ({ server, requests, callCount }));
      const [one, two] = await takeTurns(tasks, load, rounds);
      if (one === undefined || two === undefined) throw new Error("no turns were taken");
      rows.push([String(each), shown(one), shown(two), ratioOf(two, one).toFixed(2)]);
    }
    printTable(
      "Workers: CPU us/request of all processes together",
      ["keys", ...WORKERS.map((count) => `WORKERS=${count}`), "two over one"],
      rows,
    );
    printTable(
      "Workers: memory and start",
      ["WORKERS", "processes", "RSS MiB", "CPU s until ready"],
      servers.map(({ name, pids, startCpuSeconds }) => [
        name,
        String(pids.length),
        memoryOf(pids).residentMib.toFixed(0),
        startCpuSeconds.toFixed(2),
      ]),
    );
  } finally {
    for (const server of servers) await server.close();
    await home.close();
  }
}
