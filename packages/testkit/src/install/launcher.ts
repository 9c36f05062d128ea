import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A program, and what it is given each time. */
export interface Launched {
  readonly command: string;
  /** Before the caller's own. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Writes a script that runs a program: its folder on `PATH` stands in for the program's installation. */
export async function writeLauncher(
  folder: string,
  name: string,
  { command, args = [], env = {} }: Launched,
): Promise<void> {
  const variables = Object.entries(env).flatMap(([variable, value]) =>
    value === undefined ? [] : [`export ${variable}=${quoted(value)}`],
  );
  const line = `exec ${[command, ...args].map(quoted).join(" ")} "$@"`;
  await writeFile(join(folder, name), ["#!/bin/sh", ...variables, line, ""].join("\n"), {
    mode: 0o755,
  });
}

/** As one word of a shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
