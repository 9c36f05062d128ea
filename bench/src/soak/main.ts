import { parseArgs } from "node:util";
import { provideServers } from "@ofs/testkit";
import {
  STORE_KINDS,
  type StoreKind,
} from "../../../services/api-server/test/scenarios/server-under-test.ts";
import { runSoak } from "./run-soak.ts";
import { judgeSoak, LONG_LIMITS, renderSoak, SHORT_LIMITS } from "./soak-report.ts";

const USAGE = `usage: npm run soak -- [--minutes 30] [--store embedded|cassandra|redis] [--rate 300] [--seed 1]
  One server under mixed reads, writes, expiries and registry changes at a steady rate. Answers are checked against
  a model; memory, handles and event-loop lag are watched. Exit code 1 beyond the limits.
`;
const STORES_BY_NAME: Readonly<Record<string, StoreKind>> = {
  cassandra: "scylla",
  redis: "redis_standalone",
};
const LONG_MINUTES = 10;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "30" },
    store: { type: "string", default: "embedded" },
    rate: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});

async function main(): Promise<number> {
  const store = STORE_KINDS.find((kind) => kind === (STORES_BY_NAME[values.store] ?? values.store));
  const [minutes, rate, seed] = [values.minutes, values.rate, values.seed].map(Number);
  if (values.help || store === undefined || !minutes || !rate || seed === undefined) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  const stopServers = await provideServers(["etcd", "redis", "cassandra"]);
  try {
    const result = await runSoak({ minutes, store, rate, seed, isBuilt: true });
    process.stdout.write(`${renderSoak(result)}\n`);
    const faults = judgeSoak(result, minutes < LONG_MINUTES ? SHORT_LIMITS : LONG_LIMITS);
    for (const report of result.reports) process.stderr.write(`${report}\n`);
    process.stdout.write(faults.length === 0 ? "\npassed\n" : `\nfailed: ${faults.join("; ")}\n`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await stopServers();
  }
}

process.exitCode = await main();
