import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findGo, provideServers } from "@ofs/testkit";
import { startYardstick } from "../candidate.ts";
import { describeMachine } from "../machine.ts";
import { shareOf, wholeNumber } from "../options.ts";
import type { Bench } from "./bench.ts";
import { measureCache } from "./cache-scale.ts";
import { openKeyLoad } from "./key-load.ts";
import { measureRequests } from "./request-scale.ts";
import { measureStore } from "./store-scale.ts";
import { measureWorkers } from "./worker-scale.ts";

const PARTS: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  requests: measureRequests,
  workers: measureWorkers,
  store: measureStore,
  cache: measureCache,
};
const USAGE = `usage: npm run scale-bench -- [options]
  How CPU and memory grow with keys, features, workers, the embedded store and the process cache.

  --part NAME    ${Object.keys(PARTS).join(", ")}; default all; may be repeated
  --most N       keys of the largest store and cache: 10000, 100000 or 1000000, which is the default
  --rounds N     default 5
  --share N      of the calls that a turn has, up to 1; default 1
  --quick        one round, small stores, a twentieth of the calls: does it run, not what does it cost
`;
const SIZES = [10_000, 100_000, 1_000_000];
const QUICK_SIZES = [1_000, 10_000];
const QUICK_SHARE = 1 / 20;

const { values } = parseArgs({
  options: {
    part: { type: "string", multiple: true },
    most: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "5" },
    share: { type: "string", default: "1" },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

async function run(): Promise<void> {
  const names = values.part ?? Object.keys(PARTS);
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined)
    throw new Error(`--part ${unknown}: there are ${Object.keys(PARTS).join(", ")}`);
  const rounds = values.quick ? 1 : wholeNumber("rounds", values.rounds);
  if (!SIZES.includes(Number(values.most)))
    throw new Error(`--most ${values.most}: there are ${SIZES.join(", ")}`);
  const share = values.quick ? QUICK_SHARE : shareOf(values.share);
  const go = await findGo();
  if ("missing" in go) throw new Error(go.missing);
  const stopServers = await provideServers(["etcd", "redis"]);
  const folder = await mkdtemp(join(tmpdir(), "ofs-scale-"));
  try {
    const { name, address, pid, close } = await startYardstick(go.path, "server");
    try {
      const bench: Bench = {
        load: await openKeyLoad(go.path, folder),
        yardstick: { name, address, pids: pid === undefined ? [] : [pid] },
        rounds,
        share,
        sizes: values.quick ? QUICK_SIZES : SIZES.filter((size) => size <= Number(values.most)),
        folder,
        stores: new Map(),
      };
      process.stdout.write(`${describeMachine()}, medians of ${rounds} rounds [least..most]\n`);
      for (const part of names) await PARTS[part]?.(bench);
    } finally {
      await close();
    }
  } finally {
    await stopServers();
    await rm(folder, { recursive: true, force: true });
  }
}

if (values.help) process.stdout.write(USAGE);
else await run();
