import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { fillStore } from "./fill-store.ts";
import { type Cost, printTable, ratioOf, shown, takeTurns } from "./rounds.ts";
import { READ, readRequest, scattered, WRITE, writeRequest } from "./scale-cases.ts";
import {
  type Memory,
  memoryOf,
  type ScaleHome,
  type ScaleServer,
  scaleHome,
  startScaleServer,
} from "./scale-server.ts";

const FEATURES = 20;
const DATA_FILE = "data.mdb";

/** What is done to each store, in turns. */
const TASKS = [
  { name: "read 1 key", method: READ, each: 1, calls: 20_000 },
  { name: "read 100 keys", method: READ, each: 100, calls: 1_500 },
  { name: "write 1 row", method: WRITE, each: 1, calls: 3_000 },
  { name: "write 100 rows", method: WRITE, each: 100, calls: 200 },
] as const;
type StoreTask = (typeof TASKS)[number];

interface Filled {
  readonly size: number;
  readonly home: ScaleHome;
  readonly server: ScaleServer;
  readonly fillMicros: number;
  readonly fileBytes: number;
  readonly atStart: Memory;
}

/** The embedded store by its number of keys, without a cache. */
export async function measureStore(bench: Bench): Promise<void> {
  const stores: Filled[] = [];
  try {
    for (const size of bench.sizes) stores.push(await fill(bench, size));
    const costs: Cost[][] = [];
    for (const task of TASKS) costs.push(await measureTask(bench, stores, task));
    printFilled(stores);
    printTable(
      "The embedded store by its keys: CPU us/call",
      ["call:", ...stores.map(({ size }) => String(size)), "the largest over the smallest"],
      TASKS.map(({ name }, i) => {
        const row = costs[i] as Cost[];
        return [
          name,
          ...row.map((cost) => shown(cost)),
          ratioOf(row.at(-1) as Cost, row[0] as Cost).toFixed(2),
        ];
      }),
    );
  } finally {
    for (const { server, home } of stores) {
      await server.close();
      await home.close();
    }
  }
}

/** Fills a store and starts its server anew: what a start takes is of a store that is full. */
async function fill(bench: Bench, size: number): Promise<Filled> {
  const folder = join(bench.folder, `store-${size}`);
  const home = await scaleHome("embedded", folder);
  const options = { name: String(size), home, store: "embedded", cacheBytes: 0 } as const;
  const filling = await startScaleServer(options);
  const fillMicros = await fillStore(bench, filling, FEATURES, size);
  await filling.close();
  const { size: fileBytes } = await stat(join(folder, DATA_FILE));
  const server = await startScaleServer(options);
  process.stderr.write(`store of ${size} keys filled\n`);
  return { size, home, server, fillMicros, fileBytes, atStart: memoryOf(server.pids) };
}

async function measureTask(
  { load, rounds, share }: Bench,
  stores: readonly Filled[],
  { name, method, each, calls }: StoreTask,
): Promise<Cost[]> {
  const callCount = Math.ceil(calls * share);
  const make = method === READ ? readRequest : writeRequest;
  const tasks = [];
  for (const { server, size } of stores) {
    const all = scattered(size, callCount, each).map((keys) => make(FEATURES, keys));
    tasks.push({ server, requests: await load.keep(method, all), callCount });
  }
  process.stderr.write(`${name}\n`);
  return takeTurns(tasks, load, rounds);
}

function printFilled(stores: readonly Filled[]): void {
  const head = ["keys", "CPU us/row while filled", "file MiB", "bytes/key", "CPU s until ready"];
  printTable(
    "The embedded store by its keys: room and start",
    [...head, "RSS MiB when ready", "RSS MiB after the calls", "of it not of files"],
    stores.map(({ size, fillMicros, fileBytes, server, atStart }) => {
      const after = memoryOf(server.pids);
      return [
        String(size),
        fillMicros.toFixed(1),
        (fileBytes / 2 ** 20).toFixed(1),
        (fileBytes / size).toFixed(0),
        server.startCpuSeconds.toFixed(2),
        atStart.residentMib.toFixed(0),
        after.residentMib.toFixed(0),
        after.anonymousMib.toFixed(0),
      ];
    }),
  );
}
