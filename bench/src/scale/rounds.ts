import { loadavg } from "node:os";
import { median } from "../quantiles.ts";
import type { KeyLoad, KeyRequests } from "./key-load.ts";
import { cpuOf } from "./scale-server.ts";

/** Whoever is measured. */
export interface Measured {
  readonly name: string;
  readonly address: string;
  readonly pids: readonly number[];
}

/** What one of them is asked. */
export interface Task {
  readonly server: Measured;
  readonly requests: KeyRequests;
  readonly callCount: number;
}

/** CPU of a call, round by round, in microseconds. */
export interface Cost {
  readonly micros: readonly number[];
  readonly answerBytes: number;
}

const WARM_UP_SHARE = 1 / 3;

/** All take turns, after a warm-up of each. @returns costs in the order of the tasks */
export async function takeTurns(
  tasks: readonly Task[],
  load: KeyLoad,
  rounds: number,
): Promise<Cost[]> {
  const costs = tasks.map(() => ({ micros: [] as number[], answerBytes: 0 }));
  for (const { server, requests, callCount } of tasks) {
    await load.run(server.address, requests, Math.ceil(callCount * WARM_UP_SHARE));
  }
  for (let round = 0; round < rounds; round++) {
    for (const [i, { server, requests, callCount }] of tasks.entries()) {
      const cost = costs[i] as { micros: number[]; answerBytes: number };
      const before = await cpuOf(server.pids);
      cost.answerBytes = await load.run(server.address, requests, callCount);
      cost.micros.push((((await cpuOf(server.pids)) - before) / callCount) * 1e6);
    }
  }
  return costs;
}

/** The median of the rounds' own ratios. */
export function ratioOf(one: Cost, other: Cost): number {
  return median(one.micros.map((micros, round) => micros / (other.micros[round] ?? Number.NaN)));
}

/** Median, and the least and the most of a round. */
export function shown(cost: Cost): string {
  const { micros } = cost;
  const digits = digitsOf(median(micros));
  const range = `[${Math.min(...micros).toFixed(digits)}..${Math.max(...micros).toFixed(digits)}]`;
  return `${middle(cost)} ${range}`;
}

/** Median. @param divisor keys of a call */
export function middle({ micros }: Cost, divisor = 1): string {
  const each = median(micros) / divisor;
  return each.toFixed(digitsOf(each));
}

function digitsOf(micros: number): number {
  return micros < 10 ? 2 : 1;
}

/** Markdown, with a line that says what it is. Columns of numbers are those whose head does not end with a colon. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly string[][],
): void {
  const divider = head.map((name) => (name.endsWith(":") ? "---" : "---:"));
  const names = head.map((name) => name.replace(/:$/, ""));
  const lines = [names, divider, ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  const load = loadavg().map((figure) => figure.toFixed(1));
  process.stdout.write(
    `\n${title} (load averages at its end ${load.join(" ")})\n\n${lines.join("\n")}\n`,
  );
}
