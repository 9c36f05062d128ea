import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Series } from "./cell.ts";
import { renderChart } from "./chart.ts";

const RESULTS_FOLDER = join(import.meta.dirname, "../../results");
/** Stands for the run that was saved last. */
export const NEWEST = "newest";

/** How much was asked of the servers, which is part of what a call costs. */
export interface LoadOfRun {
  /** Calls a second; absent = as many as there was time for. */
  readonly rate?: number | undefined;
  /** Of the calls that a turn has; absent = all, 1. */
  readonly share?: number | undefined;
}

/** A run as it is kept. Numbers that were not known are NaN here and null in the file. */
export interface SavedRun extends LoadOfRun {
  /** ISO 8601. */
  readonly date: string;
  readonly node: string;
  readonly series: readonly Series[];
}

/** Writes NAME.json, .md and .svg. @param text of the Markdown */
export async function saveRun(name: string, run: SavedRun, text: string): Promise<void> {
  assertName(name);
  await mkdir(RESULTS_FOLDER, { recursive: true });
  const path = join(RESULTS_FOLDER, name);
  await writeFile(`${path}.json`, `${JSON.stringify(run)}\n`);
  await writeFile(`${path}.svg`, renderChart(run.series));
  await writeFile(`${path}.md`, `${text}\n![CPU beside grpc-go, and for each key](${name}.svg)\n`);
}

/**
 * @param name of a saved run, or {@link NEWEST}
 * @param folder of saved runs
 * @throws {Error} naming what there is, if there is none of that name; if the file is no run
 */
export async function loadRun(
  name: string,
  folder: string = RESULTS_FOLDER,
): Promise<SavedRun & { readonly name: string }> {
  const files = await readdir(folder).catch(() => []);
  const names = files
    .filter((file) => file.endsWith(".json"))
    .map((file) => basename(file, ".json"));
  if (name !== NEWEST) {
    if (names.includes(name)) return { name, ...(await readRun(join(folder, `${name}.json`))) };
    throw new Error(`--against ${name}: there are ${[...names, NEWEST].join(", ")}`);
  }
  const all = await Promise.all(
    names.map(async (one) => ({ name: one, ...(await readRun(join(folder, `${one}.json`))) })),
  );
  const newest = all.toSorted((a, b) => a.date.localeCompare(b.date)).at(-1);
  if (newest === undefined) throw new Error(`--against ${name}: nothing is saved in ${folder}`);
  return newest;
}

/** @throws {Error} naming the option that differs: the two runs would say nothing about each other */
export function assertComparable(
  then: LoadOfRun & { readonly name: string },
  now: LoadOfRun,
): void {
  const differing = (option: string, before: unknown, after: unknown) =>
    new Error(`--against ${then.name}: --${option} was ${before}, is ${after}`);
  if (then.rate !== now.rate) {
    throw differing("rate", then.rate ?? "absent", now.rate ?? "absent");
  }
  const [before, after] = [then.share ?? 1, now.share ?? 1];
  if (before !== after) throw differing("share", before, after);
}

async function readRun(path: string): Promise<SavedRun> {
  const text = await readFile(path, "utf8");
  try {
    const run: unknown = JSON.parse(text, (_key, value: unknown) => value ?? Number.NaN);
    if (isRun(run)) return run;
  } catch (error) {
    throw new Error(`${path}: not JSON`, { cause: error });
  }
  throw new Error(`${path}: not a saved run: it needs "date" and "series"`);
}

function isRun(value: unknown): value is SavedRun {
  if (typeof value !== "object" || value === null) return false;
  const { date, series } = value as Partial<SavedRun>;
  return typeof date === "string" && Array.isArray(series);
}

/** It becomes the name of files. */
function assertName(name: string): void {
  if (/^[\w.-]+$/.test(name) && name !== NEWEST) return;
  throw new Error(`--save ${name}: letters, digits, "_", "." and "-" only, and not ${NEWEST}`);
}
