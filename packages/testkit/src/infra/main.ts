import { stderrLog } from "../install/log.ts";
import { ALL_SERVERS } from "../servers/all-servers.ts";
import type { ServerSpec } from "../servers/server-spec.ts";
import { inspectInfra, startInfra, stopInfra } from "./infra.ts";
import { formatExports, formatStatusTable } from "./status-table.ts";

const USAGE = "usage: infra up [SERVER...] | down | status";
const log = stderrLog("infra");

/** `infra up [SERVER...] | down | status`: progress goes to stderr, the table to stdout. */
async function main([command, ...names]: readonly string[]): Promise<void> {
  if (command === "up") {
    const specs = chooseServers(names);
    try {
      await startInfra(specs, log);
    } finally {
      await printStatus();
    }
  } else if (command === "down") {
    await stopInfra(log);
  } else if (command === "status") {
    await printStatus();
  } else {
    throw new Error(USAGE);
  }
}

function chooseServers(names: readonly string[]): readonly ServerSpec[] {
  for (const name of names) {
    if (!ALL_SERVERS.some((spec) => spec.name === name)) {
      const known = ALL_SERVERS.map((spec) => spec.name).join(", ");
      throw new Error(`no server is called ${name}; there are ${known}`);
    }
  }
  return names.length === 0 ? ALL_SERVERS : ALL_SERVERS.filter(({ name }) => names.includes(name));
}

async function printStatus(): Promise<void> {
  const statuses = await inspectInfra(ALL_SERVERS);
  process.stdout.write(`${formatStatusTable(statuses)}\n${formatExports(statuses)}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  for (const each of errors) log(each instanceof Error ? each.message : String(each));
  process.exitCode = 1;
}
