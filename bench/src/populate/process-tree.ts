import { readdirSync, readFileSync } from "node:fs";
import { type ProcessStat, readProcessStat } from "../process-usage.ts";

const SAMPLE_MS = 100;
const KIB_PER_MIB = 1024;

interface Found extends ProcessStat {
  readonly rssMib: number;
}

/** CPU time and memory of a process with all its descendants, looked at ten times a second (Linux). */
export class ProcessTree {
  readonly #root: number;
  /** Of each process so far: what it had used when it was seen last. */
  readonly #cpuSeconds = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;
  #peakMib = 0;

  constructor(root: number) {
    this.#root = root;
    this.#timer = setInterval(() => this.#look(), SAMPLE_MS);
  }

  /** User and system time of all of them, also of those that have ended. */
  cpuSeconds(): number {
    this.#look();
    return [...this.#cpuSeconds.values()].reduce((sum, seconds) => sum + seconds, 0);
  }

  /** Most memory that was resident in all of them together; what they share counts in each. */
  get peakMib(): number {
    return this.#peakMib;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const all = processes();
    let rssMib = 0;
    for (const [pid, { cpuSeconds, rssMib: own }] of all) {
      if (!isWithin(this.#root, pid, all)) continue;
      this.#cpuSeconds.set(pid, cpuSeconds);
      rssMib += own;
    }
    this.#peakMib = Math.max(this.#peakMib, rssMib);
  }
}

function processes(): ReadonlyMap<number, Found> {
  const found = new Map<number, Found>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      found.set(Number(name), readProcess(name));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOENT" && code !== "ESRCH") throw error;
    }
  }
  return found;
}

function readProcess(pid: string): Found {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return {
    ...readProcessStat(Number(pid)),
    rssMib: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / KIB_PER_MIB,
  };
}

function isWithin(root: number, pid: number, all: ReadonlyMap<number, Found>): boolean {
  for (let at: number | undefined = pid; at !== undefined; at = all.get(at)?.parent) {
    if (at === root) return true;
  }
  return false;
}
