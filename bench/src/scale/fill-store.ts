import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bench, FilledStore } from "./bench.ts";
import { type FeatureCount, inOrder, WRITE, writeRequest } from "./scale-cases.ts";
import { cpuOf, type ScaleServer, scaleHome, startScaleServer } from "./scale-server.ts";

/** Rows of a request. */
const BATCH = 500;
/** Requests that are made at a time: there is not memory for all. */
const REQUESTS = 200;

const STORE_FEATURES = 20;
const DATA_FILE = "data.mdb";

/** An embedded store with so many keys: that of an earlier part, or a new one. No server has it open. */
export async function provideStore(bench: Bench, keyCount: number): Promise<FilledStore> {
  const known = bench.stores.get(keyCount);
  if (known !== undefined) return known;
  const folder = join(bench.folder, `store-${keyCount}`);
  const home = await scaleHome("embedded", folder);
  const server = await startScaleServer({ name: "fill", home, store: "embedded", cacheBytes: 0 });
  try {
    const fillMicros = await fillStore(bench, server, STORE_FEATURES, keyCount);
    process.stderr.write(`store of ${keyCount} keys filled\n`);
    const { size: fileBytes } = await stat(join(folder, DATA_FILE));
    const filled = { folder, fillMicros, fileBytes };
    bench.stores.set(keyCount, filled);
    return filled;
  } finally {
    await server.close();
    await home.close();
  }
}

/** Writes rows for the keys 0 to `keyCount`. @returns CPU of a row, in microseconds */
export async function fillStore(
  { load }: Bench,
  { address, pids }: ScaleServer,
  features: FeatureCount,
  keyCount: number,
): Promise<number> {
  const batches = inOrder(keyCount, BATCH);
  let seconds = 0;
  for (let from = 0; from < batches.length; from += REQUESTS) {
    const some = batches.slice(from, from + REQUESTS);
    const requests = await load.keep(
      WRITE,
      some.map((keys) => writeRequest(features, keys)),
    );
    const before = await cpuOf(pids);
    await load.run(address, requests);
    seconds += (await cpuOf(pids)) - before;
  }
  return (seconds / keyCount) * 1e6;
}
