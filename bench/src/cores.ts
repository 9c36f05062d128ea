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
