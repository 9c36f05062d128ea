import { readFile } from "node:fs/promises";
import { hasCode } from "../install/file-lock.ts";
import { runCommand } from "../install/run-command.ts";

/** Field of /proc/PID/stat with the start time, counted from the one after the program's name. */
const START_TIME_FIELD = 19;

/**
 * Text that tells one process from another that later gets the same pid: its start time.
 * `undefined` when there is no such process.
 */
export async function processIdentity(pid: number): Promise<string | undefined> {
  if (process.platform !== "linux") return startTimeByPs(pid);
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[START_TIME_FIELD];
  } catch (error) {
    if (hasCode(error, "ENOENT") || hasCode(error, "ESRCH")) return undefined;
    throw error;
  }
}

async function startTimeByPs(pid: number): Promise<string | undefined> {
  try {
    return (await runCommand("ps", ["-o", "lstart=", "-p", String(pid)])).trim() || undefined;
  } catch {
    return undefined; // ps answers 1 for a pid that is gone
  }
}
