import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { provideServers, startProcess } from "@ofs/testkit";
import {
  type ServerUnderTest,
  startServerUnderTest,
} from "../../services/api-server/test/scenarios/server-under-test.ts";
import { benchTree, KEY_COUNTS, SHAPES, TIERS, WRITTEN_KEYS, writeQuery } from "./cases.ts";
import { type Candidate, type Measurement, measure } from "./measure.ts";
import { medianOf, type ReportRow, renderTable } from "./report.ts";

const USAGE = `usage: npm run bench -- [--quick] [--tier NAME] [--rounds N]
  Server CPU, throughput and latency of reads, per tier, beside a bare grpc-js server in the same run.
`;

/** Calls of one round, by keys a call; a tenth of it with --quick. */
const CALLS_BY_KEYS = new Map([
  [1, 20_000],
  [10, 10_000],
  [100, 3_000],
]);
const WRITE_BATCH = 500;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    tier: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const rounds = values.quick ? 1 : Number(values.rounds);
const tiers = TIERS.filter(({ name }) => values.tier?.includes(name) ?? true);

const stopServers = await provideServers(["etcd", "redis", "cassandra"]);
const rows: ReportRow[] = [];
try {
  const bare = await startBare();
  for (const tier of tiers) {
    const server = await startServerUnderTest(tier.store, tier.caches, {
      treeFor: benchTree,
      isBuilt: true,
    });
    try {
      await writeRows(server);
      const candidate = { name: tier.name, address: server.address, pid: server.pid };
      await measureTier(candidate, bare.candidate);
    } finally {
      await server.close();
    }
  }
  await bare.stop();
} finally {
  await stopServers();
}
process.stdout.write(`\n${describeMachine()}\n\n${renderTable(rows)}\n`);

async function startBare(): Promise<{ candidate: Candidate; stop(): Promise<unknown> }> {
  const bare = await startProcess({
    script: join(import.meta.dirname, "bare-server.ts"),
    nodeOptions: ["--conditions=@ofs/source", "--import", "tsx"],
    ready: { line: /listening on \d+/ },
  });
  const [, port] = await bare.waitForLine(/listening on (\d+)/);
  return {
    candidate: { name: "bare grpc-js", address: `127.0.0.1:${port}`, pid: bare.pid },
    stop: () => bare.stop(),
  };
}

async function writeRows({ client }: ServerUnderTest): Promise<void> {
  for (const shape of SHAPES) {
    for (let from = 0; from < WRITTEN_KEYS; from += WRITE_BATCH) {
      await client.persist(writeQuery(shape, from, from + WRITE_BATCH));
    }
  }
}

/** Rounds of the candidate and the yardstick take turns, after a warm-up of each. */
async function measureTier(candidate: Candidate, bare: Candidate): Promise<void> {
  for (const shape of SHAPES) {
    for (const keyCount of KEY_COUNTS) {
      const calls = Math.ceil((CALLS_BY_KEYS.get(keyCount) ?? 1_000) / (values.quick ? 10 : 1));
      await measure(candidate, shape, keyCount, Math.ceil(calls / 3));
      await measure(bare, shape, keyCount, Math.ceil(calls / 3));
      const ours: Measurement[] = [];
      const theirs: Measurement[] = [];
      for (let round = 0; round < rounds; round++) {
        ours.push(await measure(candidate, shape, keyCount, calls));
        theirs.push(await measure(bare, shape, keyCount, calls));
      }
      const row = {
        tier: candidate.name,
        shape: shape.name,
        keyCount,
        ours: medianOf(ours),
        bare: medianOf(theirs),
      };
      rows.push(row);
      process.stderr.write(`${renderTable([row]).split("\n").at(-1)}\n`);
    }
  }
}

function describeMachine(): string {
  const [cpu] = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `Node ${process.versions.node}, ${cpus().length} x ${cpu?.model ?? "unknown CPU"}, ${gibibytes} GiB, median of ${rounds} rounds`;
}
