import { readFile } from "node:fs/promises";
import { startProcess } from "@ofs/testkit";
import { ROOT } from "../../src/project.ts";

/** Shared machines: a start of everything may take minutes. */
export const LONG_MS = 400_000;

/**
 * Runs text as it was pasted into a shell in the root of the repository; each line has to succeed.
 *
 * @returns what it said, errors too
 * @throws {Error} with that, if a line fails
 */
export async function paste(text: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = ["-c", `set -euo pipefail\n${text}`];
  const shell = await startProcess({ command: "bash", args, env, cwd: ROOT });
  const timer = setTimeout(() => void shell.kill(), LONG_MS);
  const { code } = await shell.exited;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${text}\nended with ${code}:\n${shell.output.slice(-4_000)}`);
  return shell.output;
}

/** The blocks that a README marks as `sh`, in its order. */
export async function shellBlocks(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8");
  return [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block as string);
}
