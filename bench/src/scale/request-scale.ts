import { join } from "node:path";
import type { Bench } from "./bench.ts";
import { fillStore } from "./fill-store.ts";
import type { KeyRequests } from "./key-load.ts";
import { middle, printTable, ratioOf, shown, takeTurns } from "./rounds.ts";
import { FEATURE_COUNTS, type FeatureCount, inOrder, READ, readRequest } from "./scale-cases.ts";
import { memoryOf, type ScaleServer, scaleHome, startScaleServer } from "./scale-server.ts";

/** Of a request, by features of a row: what lies between tells nothing new for larger rows. */
const KEY_COUNTS: Readonly<Record<FeatureCount, readonly number[]>> = {
  20: [1, 10, 50, 100, 200, 500],
  100: [1, 10, 100, 500],
  500: [1, 10, 100, 500],
};
const KEYS = 1_000;
const CACHE_BYTES = 100_000_000;
/** Of a turn: so many features, but at least and at most so many calls. */
const FEATURES = 6_000_000;
const CALLS = { least: 400, most: 20_000 };

/** So many keys asked for at once, with so many features. */
interface Cell {
  readonly features: FeatureCount;
  readonly keys: number;
  readonly requests: KeyRequests;
  readonly callCount: number;
}

/** Keys of a request and features of a row, from the process cache and from the embedded store. */
export async function measureRequests(bench: Bench): Promise<void> {
  const home = await scaleHome("embedded", join(bench.folder, "requests"));
  const common = { home, store: "embedded" } as const;
  const cached = await startScaleServer({ ...common, name: "process", cacheBytes: CACHE_BYTES });
  const stored = await startScaleServer({ ...common, name: "embedded", cacheBytes: 0 });
  try {
    for (const features of FEATURE_COUNTS) await fillStore(bench, cached, features, KEYS);
    const cells = await prepareCells(bench);
    // Before the first is measured the compiler has seen all of them.
    for (const { requests, callCount } of cells) {
      for (const { address } of [cached, stored])
        await bench.load.run(address, requests, callCount);
    }
    const rows: string[][] = [];
    for (const cell of cells) {
      rows.push(await measureCell(bench, [cached, stored], cell));
      process.stderr.write(`${cell.features} features, ${cell.keys} keys\n`);
    }
    const head = ["features", "keys", "answer kB", "process: us/request", "us/key", "x grpc-go"];
    printTable(
      "Keys of a request, features of a row",
      [...head, "embedded: us/request", "us/key", "RSS MiB, process / embedded"],
      rows,
    );
  } finally {
    await Promise.all([cached.close(), stored.close()]);
    await home.close();
  }
}

async function prepareCells({ load, share }: Bench): Promise<Cell[]> {
  const cells: Cell[] = [];
  for (const features of FEATURE_COUNTS) {
    for (const keys of KEY_COUNTS[features]) {
      const all = inOrder(KEYS, keys).map((numbers) => readRequest(features, numbers));
      const wished = Math.min(CALLS.most, Math.max(CALLS.least, FEATURES / (features * keys)));
      const requests = await load.keep(READ, all);
      cells.push({ features, keys, requests, callCount: Math.ceil(wished * share) });
    }
  }
  return cells;
}

async function measureCell(
  { load, yardstick, rounds }: Bench,
  servers: readonly ScaleServer[],
  { features, keys, requests, callCount }: Cell,
): Promise<string[]> {
  const tasks = [...servers, yardstick].map((server) => ({ server, requests, callCount }));
  const [process, embedded, bare] = await takeTurns(tasks, load, rounds);
  if (process === undefined || embedded === undefined || bare === undefined)
    throw new Error("no turns were taken");
  const memory = servers.map(({ pids }) => memoryOf(pids).residentMib.toFixed(0));
  return [
    String(features),
    String(keys),
    (process.answerBytes / 1000).toFixed(1),
    shown(process),
    middle(process, keys),
    ratioOf(process, bare).toFixed(2),
    shown(embedded),
    middle(embedded, keys),
    memory.join(" / "),
  ];
}
