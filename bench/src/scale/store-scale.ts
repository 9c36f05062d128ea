import type { Bench, FilledStore } from "./bench.ts";
import { provideStore } from "./fill-store.ts";
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

/** What is done to each store, in turns. */
const TASKS = [
  { name: "read 1 key", method: READ, each: 1, calls: 20_000 },
  { name: "read 100 keys", method: READ, each: 100, calls: 1_500 },
  { name: "write 1 row", method: WRITE, each: 1, calls: 2_000 },
  { name: "write 100 rows", method: WRITE, each: 100, calls: 150 },
] as const;
type StoreTask = (typeof TASKS)[number];

interface Open {
  readonly size: number;
  readonly filled: FilledStore;
  readonly home: ScaleHome;
  readonly server: ScaleServer;
  readonly atStart: Memory;
}

/** The embedded store by its number of keys, without a cache. */
export async function measureStore(bench: Bench): Promise<void> {
  const stores: Open[] = [];
  try {
    for (const size of bench.sizes) stores.push(await open(bench, size));
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

/** A server that starts with a store that is full. */
async function open(bench: Bench, size: number): Promise<Open> {
  const filled = await provideStore(bench, size);
  const home = await scaleHome("embedded", filled.folder);
  const options = { name: String(size), home, store: "embedded", cacheBytes: 0 } as const;
  const server = await startScaleServer(options);
  return { size, filled, home, server, atStart: memoryOf(server.pids) };
}

async function measureTask(
  { load, rounds, share }: Bench,
  stores: readonly Open[],
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

function printFilled(stores: readonly Open[]): void {
  const head = ["keys", "CPU us/row while filled", "file MiB", "bytes/key", "CPU s until ready"];
  printTable(
    "The embedded store by its keys: room and start",
    [...head, "RSS MiB when ready", "RSS MiB after the calls", "of it not of files"],
    stores.map(({ size, filled: { fillMicros, fileBytes }, server, atStart }) => {
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
