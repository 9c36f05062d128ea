import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { provideServers } from "@ofs/testkit";
import { installSparkWithKafka } from "../../../services/consumer/test/spark/spark-job.ts";
import { type Figures, renderFigures } from "./figures.ts";
import { runPopulator } from "./populator-run.ts";
import { runSpark } from "./spark-run.ts";
import { makeTable, type SourceTable } from "./workload.ts";

const USAGE = `usage: npm run populate-bench -- [--rows 1000000] [--rounds 3] [--only block|row|spark]
  Reads a Delta table of a key and 20 floats and produces its rows to Kafka: a built populator, in both dialects, and
  Spark with the published push client, in turns.
`;

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "3" },
    only: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const CANDIDATES = ["block", "row", "spark"] as const;

type Candidate = readonly [name: string, run: (table: SourceTable) => Promise<Figures>];

async function main(): Promise<number> {
  const [rows = 0, rounds = 0] = [values.rows, values.rounds].map(Number);
  if (values.help || !(rows >= 1 && rounds >= 1) || !isCandidate(values.only ?? "block")) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const stopServers = await provideServers(["kafka", "etcd", "mysql"]);
  try {
    const table = await makeTable(rows);
    try {
      await bench(await candidates(), table, rounds);
    } finally {
      await table.remove();
    }
  } finally {
    await stopServers();
  }
  return 0;
}

async function candidates(): Promise<Candidate[]> {
  const wanted = CANDIDATES.filter((name) => name === (values.only ?? name));
  const spark = wanted.includes("spark") ? await installSparkWithKafka() : undefined;
  return wanted.map((name): Candidate => {
    if (name !== "spark") return [`populator, ${name}`, (table) => runPopulator(name, table)];
    if (spark === undefined) throw new Error("Spark is not installed");
    return ["Spark, block", (table) => runSpark(spark, table)];
  });
}

function isCandidate(name: string): boolean {
  return CANDIDATES.some((candidate) => candidate === name);
}

async function bench(all: readonly Candidate[], table: SourceTable, rounds: number): Promise<void> {
  const found = new Map<string, Figures[]>(all.map(([name]) => [name, []]));
  const loadBefore = describeLoad();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of round % 2 === 0 ? all : all.toReversed()) {
      const figures = await run(table);
      found.get(name)?.push(figures);
      const { rowsPerSecond, cpuMicrosPerRow, peakRssMib } = figures;
      process.stderr.write(
        `round ${round + 1}, ${name}: ${rowsPerSecond.toFixed(0)} rows/s, ${cpuMicrosPerRow.toFixed(1)} us a row, ` +
          `${peakRssMib.toFixed(0)} MiB, load ${describeLoad()}\n`,
      );
    }
  }
  const cores = `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}`;
  process.stdout.write(
    `\nNode ${process.versions.node}, ${cores}, ${table.rowCount} rows, median of ${rounds} rounds; ` +
      `load average ${loadBefore} before, ${describeLoad()} after\n\n${renderFigures(found)}\n`,
  );
}

function describeLoad(): string {
  return loadavg()
    .map((one) => one.toFixed(1))
    .join(" ");
}

process.exitCode = await main();
