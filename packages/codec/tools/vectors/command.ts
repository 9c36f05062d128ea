import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type CaseRunner, describeFailure } from "./case.ts";
import { CATEGORIES } from "./categories.ts";

/** Outcome of one file. */
export interface FileResult {
  readonly passedCount: number;
  /** One line a failing case. */
  readonly failures: readonly string[];
}

interface VectorFile {
  readonly category: string;
  readonly vectors: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Runs the cases of vector files and reports each failing one, then `N passed, N failed`.
 *
 * @param paths relative ones start where the command was called
 * @param write gets one line at a time
 * @returns exit code: 1 if a case failed or a file could not be run
 */
export function runVectorFiles(paths: readonly string[], write: (line: string) => void): number {
  let passedCount = 0;
  let failedCount = 0;
  for (const path of paths) {
    const { passedCount: passed, failures } = runVectorFile(path);
    for (const failure of failures) write(`${path}: ${failure}`);
    passedCount += passed;
    failedCount += failures.length;
  }
  if (paths.length === 0) write("usage: vectors FILE...");
  write(`${passedCount} passed, ${failedCount} failed`);
  return failedCount > 0 || passedCount === 0 ? 1 : 0;
}

/** Runs one file; one that cannot be read, or has an unknown category, is one failure. */
export function runVectorFile(path: string): FileResult {
  // pnpm runs scripts in the package's folder and says in INIT_CWD where it was called.
  const { INIT_CWD: callerFolder = process.cwd() } = process.env;
  let file: VectorFile;
  try {
    const absolute = isAbsolute(path) ? path : resolve(callerFolder, path);
    file = JSON.parse(readFileSync(absolute, "utf8")) as VectorFile;
  } catch (error) {
    return { passedCount: 0, failures: [describeFailure(error)] };
  }
  const runner = CATEGORIES.get(file.category);
  if (runner === undefined) {
    return { passedCount: 0, failures: [`category ${file.category} is unknown`] };
  }
  return runCases(file.vectors, runner);
}

export function runCases(
  vectors: readonly Readonly<Record<string, unknown>>[],
  runner: CaseRunner,
): FileResult {
  const failures: string[] = [];
  for (const [index, vector] of vectors.entries()) {
    try {
      runner(vector as never);
    } catch (error) {
      failures.push(`case ${index} ${caseName(vector)}: ${describeFailure(error)}`);
    }
  }
  return { passedCount: vectors.length - failures.length, failures };
}

/** Fields that cases of some categories have to be told apart by. */
interface CaseName {
  readonly id?: string;
  readonly op?: string;
  readonly data_type?: string;
  readonly case?: string;
}

function caseName(vector: Readonly<Record<string, unknown>>): string {
  const { id, op, data_type: dataType, case: name } = vector as Readonly<CaseName>;
  return [id, op, dataType, name].filter((part) => part !== undefined).join(" ");
}
