import { readdir, readFile } from "node:fs/promises";
import { findOnPath, runCommand } from "@ofs/testkit";

/** The server has one for itself, the load has the other. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

/** Keeps all threads of a process on one core; where the system cannot, says so. */
export async function pin(pid: number, core: number): Promise<void> {
  try {
    await runCommand("taskset", ["-a", "-c", "-p", String(core), String(pid)]);
  } catch (error) {
    process.stderr.write(`process ${pid} is not on a core of its own: ${String(error)}\n`);
  }
}

/** All processes that this one has started, and theirs; none where the system does not tell. */
export async function startedProcesses(parent = process.pid): Promise<number[]> {
  const children = await childrenOf(parent);
  const theirs = await Promise.all(children.map(startedProcesses));
  return [...children, ...theirs.flat()];
}

/** @returns none where the system does not tell, or the process has ended */
async function childrenOf(pid: number): Promise<number[]> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder).catch(() => []);
  const lists = threads.map((thread) =>
    readFile(`${folder}/${thread}/children`, "utf8").catch(() => ""),
  );
  return (await Promise.all(lists)).join(" ").split(" ").filter(Boolean).map(Number);
}

/** Runs a command to its end on one core, or on all where the system has no `taskset`. @returns its stdout */
export async function runOnCore(
  core: number,
  program: string,
  args: readonly string[],
  options: NonNullable<Parameters<typeof runCommand>[2]>,
): Promise<string> {
  if ((await findOnPath("taskset")) === undefined) return runCommand(program, args, options);
  return runCommand("taskset", ["-c", String(core), program, ...args], options);
}
