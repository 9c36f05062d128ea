import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

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
