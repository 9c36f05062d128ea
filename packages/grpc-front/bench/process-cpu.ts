import { readdir, readFile } from "node:fs/promises";

/** Time that all threads of a process have run so far, in microseconds. */
export async function cpuMicros(pid: number): Promise<number> {
  const folder = `/proc/${pid}/task`;
  let nanos = 0;
  for (const thread of await readdir(folder)) {
    const [running] = (await readFile(`${folder}/${thread}/schedstat`, "utf8")).split(" ");
    nanos += Number(running);
  }
  return nanos / 1_000;
}
