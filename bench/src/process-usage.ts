import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

const TICKS_PER_SECOND = 100;

/** What the kernel counts of a process: unlike `cpuSeconds` also of threads that have ended, to 10 ms (Linux). */
export interface ProcessStat {
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** @throws {Error} ENOENT or ESRCH if it has ended */
export function readProcessStat(pid: number): ProcessStat {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    parent: Number(fields[1]),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
  };
}

/** User and system time of all threads of a process so far, in seconds, from the kernel's scheduler (Linux). */
export async function cpuSeconds(pid: number): Promise<number> {
  let nanoseconds = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const [onCpu] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    nanoseconds += Number(onCpu);
  }
  return nanoseconds / 1e9;
}

/** Memory of a process that is resident now, in MiB (Linux). */
export async function residentMebibytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
