import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { retrieve } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import { bench, do_not_optimize, run, summary } from "mitata";
import type { CallContext } from "../src/index.ts";
import { createHarness, query } from "../test/harness.ts";

/*
 * What a read costs in the engine alone: from a store that answers at once (a map), and from the process cache.
 * Run with: node --expose-gc --conditions=@ofs/source --import tsx packages/engine/bench/read-paths.bench.ts
 */

const FEATURES = Array.from({ length: 20 }, (_, i) => `f${i}`);
const KEYS = Array.from({ length: 100 }, (_, i) => [`user-${i}`]);

const versions = [Object.fromEntries(FEATURES.map((label) => [label, {}]))];
const harness = createHarness(
  entityTree("user", ["id"], {
    stored: { id: 0, type: "FP32", versions },
    cached: { id: 1, type: "FP32", versions, process: true },
  }),
);
harness.store.reads.push = () => 0;
const block = encodeBlock({
  schemaVersion: 1,
  layoutVersion: 1,
  expiryAtSeconds: 0,
  nowSeconds: 0,
  dataType: DATA_TYPES[3] as DataType,
  payload: new Uint8Array(new Float32Array(FEATURES.map((_, i) => i / 7)).buffer),
  compression: "none",
});
for (const key of KEYS) {
  for (const group of ["stored", "cached"]) harness.store.put("user", key, group, block);
}

/** As a transport gives it: the signal is made when it is asked for, and a deadline is set. */
class Call implements CallContext {
  readonly callerId = "bench";
  readonly deadlineMs = harness.nowMs + 500;
  readonly entities = undefined;
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }
}

const encode = (group: string, keyCount: number): Uint8Array =>
  retrieve.Query.encode(
    query("user", ["id"], { [group]: FEATURES }, ...KEYS.slice(0, keyCount)),
  ).finish();

summary(() => {
  for (const group of ["stored", "cached"]) {
    for (const keyCount of [1, 100]) {
      const request = encode(group, keyCount);
      bench(`${group}, ${keyCount} keys`, async () => {
        do_not_optimize(await harness.engine.retrieve(request, new Call()));
      });
    }
  }
});

await run();
