import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findGo, provideServers, startOtlpReceiver } from "@ofs/testkit";
import { type Candidate, startYardstick } from "../candidate.ts";
import { KEY_COUNTS, SHAPES, TIERS, type Tier } from "../cases.ts";
import { describeMachine } from "../machine.ts";
import { shareOf, wholeNumber } from "../options.ts";
import { startApiServer, TRACING_STATES, TRANSPORTS } from "./candidates.ts";
import type { Series } from "./cell.ts";
import { compareRuns, renderComparison } from "./guard.ts";
import { LOAD_KINDS, openLoads } from "./loads.ts";
import { measureCell } from "./measure.ts";
import { renderAgainstFirst, renderTable } from "./report.ts";
import { assertComparable, type LoadOfRun, loadRun, NEWEST, saveRun } from "./results.ts";

const USAGE = `usage: npm run bench -- [options]
  Server CPU, throughput and latency of reads beside a bare grpc-go server that takes turns with ours.

  --tier NAME        ${TIERS.map(({ name }) => name).join(", ")}; default all
  --shape NAME       ${SHAPES.map(({ name }) => name).join(", ")}; default the first
  --keys N           ${KEY_COUNTS.join(", ")}; default 1, 10 and 100
  --load NAME        ${LOAD_KINDS.join(", ")}; default both
  --transport NAME   ${TRANSPORTS.join(", ")}; default the first
  --tracing STATE    ${TRACING_STATES.join(", ")}: servers that keep these traces; default the first
  --profile FOLDER   CPU profiles of the servers, in folders of their own; do not trust the figures then
  --also NAME=HOST:PORT  a further server that answers the same requests (its CPU is not known)
  --all              every shape, key count and transport
  --rounds N         default 5
  --rate N           calls a second, in place of as many as there is time for
  --share N          of the calls that a turn has, above 0 and up to 1; default 1
  --quick            one round, a twentieth of the calls: does it run, not what does it cost
  --save NAME        writes bench/results/NAME.json, .md and .svg
  --against NAME     compares the ratios to grpc-go with those of bench/results/NAME.json, or of the ${NEWEST} run; exits 1
                     where one has grown by more than a tenth, beyond what the rounds differ by
  Options that name something may be repeated.
`;
const QUICK_SHARE = 1 / 20;
const DEFAULT_KEYS = [1, 10, 100];

const { values } = parseArgs({
  options: {
    tier: { type: "string", multiple: true },
    shape: { type: "string", multiple: true },
    keys: { type: "string", multiple: true },
    load: { type: "string", multiple: true },
    transport: { type: "string", multiple: true },
    tracing: { type: "string", multiple: true },
    profile: { type: "string" },
    also: { type: "string", multiple: true },
    all: { type: "boolean", default: false },
    rounds: { type: "string", default: "5" },
    rate: { type: "string" },
    share: { type: "string", default: "1" },
    quick: { type: "boolean", default: false },
    save: { type: "string" },
    against: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

/** @throws {Error} naming what there is, for a name that is none of it */
function choose<T>(
  option: string,
  chosen: readonly string[] | undefined,
  all: readonly T[],
  fallback: readonly T[],
  nameOf: (one: T) => string = String,
): readonly T[] {
  if (chosen === undefined) return fallback;
  return chosen.map((name) => {
    const found = all.find((one) => nameOf(one) === name);
    if (found !== undefined) return found;
    throw new Error(`--${option} ${name}: there are ${all.map(nameOf).join(", ")}`);
  });
}

const others = (values.also ?? []).map((text): Candidate => {
  const [, name, address] = /^([^=]+)=(.+:\d+)$/.exec(text) ?? [];
  if (name === undefined || address === undefined)
    throw new Error(`--also ${text}: not name=host:port`);
  return { name, address, pid: undefined, close: async () => {} };
});

async function run(): Promise<void> {
  const tiers = choose("tier", values.tier, TIERS, TIERS, ({ name }) => name);
  const firstShapes = values.all ? SHAPES : SHAPES.slice(0, 1);
  const shapes = choose("shape", values.shape, SHAPES, firstShapes, ({ name }) => name);
  const keyCounts = choose("keys", values.keys, KEY_COUNTS, values.all ? KEY_COUNTS : DEFAULT_KEYS);
  const loadKinds = choose("load", values.load, LOAD_KINDS, LOAD_KINDS);
  const firstTransports = values.all ? TRANSPORTS : TRANSPORTS.slice(0, 1);
  const transports = choose("transport", values.transport, TRANSPORTS, firstTransports);
  const states = choose("tracing", values.tracing, TRACING_STATES, TRACING_STATES.slice(0, 1));
  const options = {
    rounds: values.quick ? 1 : wholeNumber("rounds", values.rounds),
    share: values.quick ? QUICK_SHARE : shareOf(values.share),
    rate: values.rate === undefined ? undefined : wholeNumber("rate", values.rate),
  };
  // Loaded before anything is saved: a run must not be compared with itself.
  const then = values.against === undefined ? undefined : await loadThen(values.against, options);
  const go = await findGo();
  if ("missing" in go) throw new Error(go.missing);
  const folder = await mkdtemp(join(tmpdir(), "ofs-bench-"));
  const stopServers = await provideServers(["etcd", "redis", "cassandra"]);
  const collector = await startOtlpReceiver();
  const variants = transports.flatMap((transport) =>
    states.map((tracing) => ({
      transport,
      tracing,
      collector: collector.url,
      profileFolder: values.profile,
    })),
  );
  const all: Series[] = [];
  try {
    const loads = await openLoads(loadKinds, go.path, folder);
    const yardstick = await startYardstick(go.path, "server");
    const plan = shapes.flatMap((shape) =>
      keyCounts.flatMap((keyCount) => loadKinds.map((load) => ({ shape, keyCount, load }))),
    );
    const measureTier = async (tier: Tier): Promise<void> => {
      const ours: Candidate[] = [];
      try {
        for (const variant of variants) {
          ours.push(await startApiServer(tier, variant, shapes));
        }
        for (const what of plan) {
          const load = loads[what.load];
          const cell = { tier, ...what };
          const found = await measureCell(cell, [...ours, ...others], yardstick, load, options);
          all.push(...found);
          tell(found);
        }
      } finally {
        await Promise.all(ours.map((one) => one.close()));
      }
    };
    try {
      for (const tier of tiers) await measureTier(tier);
    } finally {
      await yardstick.close();
    }
  } finally {
    await collector.close();
    await stopServers();
    await rm(folder, { recursive: true, force: true });
  }
  const text = `${describeRun(options.rounds)}\n\n${renderTable(all)}\n${renderAgainstFirst(all)}`;
  process.stdout.write(`\n${text}`);
  const date = new Date().toISOString();
  const { rate, share } = options;
  const saved = { date, node: process.versions.node, rate, share, series: all };
  if (values.save !== undefined) await saveRun(values.save, saved, text);
  if (then !== undefined) guard(then.name, then.series, all);
}

/** @throws {Error} before anything is measured, if the two would say nothing about each other */
async function loadThen(name: string, now: LoadOfRun): ReturnType<typeof loadRun> {
  if (values.quick)
    throw new Error("--against with --quick: quick runs do not say what calls cost");
  const then = await loadRun(name);
  assertComparable(then, now);
  return then;
}

function guard(name: string, then: readonly Series[], now: readonly Series[]): void {
  const comparisons = compareRuns(then, now);
  process.stdout.write(`\n${renderComparison(comparisons, name)}\n`);
  if (comparisons.some(({ verdict }) => verdict === "worse")) process.exitCode = 1;
}

/** Rows of the table as soon as they are known. */
function tell(found: readonly Series[]): void {
  const rows = renderTable(found).split("\n").slice(2).join("\n");
  process.stderr.write(`${rows} load ${loadavg()[0]?.toFixed(1)}\n`);
}

function describeRun(rounds: number): string {
  const load = loadavg().map((figure) => figure.toFixed(1));
  return `${describeMachine()}, medians of ${rounds} rounds [least..most], load averages at the end ${load.join(" ")}`;
}

if (values.help) process.stdout.write(USAGE);
else await run();
