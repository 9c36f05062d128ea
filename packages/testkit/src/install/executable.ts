import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { runCommand } from "./run-command.ts";

/** A program that runs, and what it needs in its environment. */
export interface Executable {
  readonly path: string;
  /** Set when its libraries are not the system's: for `LD_LIBRARY_PATH`. */
  readonly libraryPath?: string;
}

/** Path of a program on PATH, whether it runs or not. */
export async function findOnPath(program: string): Promise<string | undefined> {
  const { PATH = "" } = process.env;
  for (const folder of PATH.split(delimiter)) {
    const path = join(folder, program);
    if (folder !== "" && (await isExecutable(path))) return path;
  }
  return undefined;
}

/** True when the program answers `--version` with 0: it is there and finds its libraries. */
export async function runs(executable: Executable): Promise<boolean> {
  try {
    await runCommand(executable.path, ["--version"], { env: executableEnv(executable) });
    return true;
  } catch {
    return false; // missing, of another machine, or without a library: all mean "look elsewhere"
  }
}

/** This process's environment, with the program's libraries. */
export function executableEnv(executable: Executable): NodeJS.ProcessEnv {
  if (executable.libraryPath === undefined) return process.env;
  return { ...process.env, LD_LIBRARY_PATH: executable.libraryPath };
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
