import type { Bench } from "./bench.ts";
import { type FeatureCount, inOrder, WRITE, writeRequest } from "./scale-cases.ts";
import { cpuOf, type ScaleServer } from "./scale-server.ts";

/** Rows of a request. */
const BATCH = 500;
/** Requests that are made at a time: there is not memory for all. */
const REQUESTS = 200;

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
