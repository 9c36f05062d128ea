import { setImmediate } from "node:timers/promises";
import { DATA_TYPES, type DataType, encodeBlock } from "@ofs/codec";
import { retrieve } from "@ofs/proto";
import { entityTree } from "@ofs/testkit";
import type { CallContext } from "../src/index.ts";
import { createHarness, query } from "../test/harness.ts";

/*
 * What a read costs in the engine alone, in CPU time: from a store that answers at once (a map), and from the process
 * cache; for callers that wait for ever, have a deadline, and have a deadline and a signal.
 * Run with: node --conditions=@ofs/source --import tsx packages/engine/bench/read-paths.bench.ts
 */

const ROUNDS = 15;
/** Calls of one turn of the event loop, as a transport delivers them. */
const CALLS_A_TURN = 20;
const TURNS_A_ROUND = 100;

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

const deadlineMs = harness.nowMs + 500;
const forEver = { callerId: "bench", deadlineMs: Number.POSITIVE_INFINITY, entities: undefined };

/** As a transport gives it: the signal is made when it is asked for. */
class SignalledCall implements CallContext {
  readonly callerId = "bench";
  readonly deadlineMs = deadlineMs;
  readonly entities = undefined;
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }
}

const CALLERS: Readonly<Record<string, () => CallContext>> = {
  "waits for ever": () => ({ ...forEver, signal: undefined }),
  deadline: () => ({ ...forEver, deadlineMs, signal: undefined }),
  "deadline and signal": () => new SignalledCall(),
};

/** @returns microseconds of CPU a call */
async function measureRound(request: Uint8Array, caller: () => CallContext): Promise<number> {
  const before = process.cpuUsage();
  for (let turn = 0; turn < TURNS_A_ROUND; turn++) {
    await Promise.all(
      Array.from({ length: CALLS_A_TURN }, async () => harness.engine.retrieve(request, caller())),
    );
    await setImmediate();
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (TURNS_A_ROUND * CALLS_A_TURN);
}

for (const group of ["stored", "cached"]) {
  for (const keyCount of [1, 100]) {
    const keys = KEYS.slice(0, keyCount);
    const asked = query("user", ["id"], { [group]: FEATURES }, ...keys);
    const request = retrieve.Query.encode(asked).finish();
    const rounds = new Map(Object.keys(CALLERS).map((name) => [name, [] as number[]]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, caller] of Object.entries(CALLERS)) {
        rounds.get(name)?.push(await measureRound(request, caller));
      }
    }
    for (const [name, micros] of rounds) {
      const median = micros.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] as number;
      process.stdout.write(`${group}, ${keyCount} keys, ${name}: ${median.toFixed(1)} us\n`);
    }
  }
}
