import { readProcessStat } from "../process-usage.ts";

const SAMPLE_MS = 250;

/** CPU time of some processes so far. */
export interface CpuSample {
  readonly atUnixMs: number;
  readonly cpuMs: number;
}

/** What processes use while they are watched (Linux). */
export class CpuWatch {
  readonly #pids: readonly number[];
  readonly #samples: CpuSample[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(pids: readonly number[]) {
    this.#pids = pids;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  stop(): readonly CpuSample[] {
    clearInterval(this.#timer);
    return this.#samples;
  }

  #sample(): void {
    const atUnixMs = Date.now();
    const cpuMs = this.#pids.reduce((sum, pid) => sum + readProcessStat(pid).cpuSeconds * 1000, 0);
    this.#samples.push({ atUnixMs, cpuMs });
  }
}

/** @returns the share of one core that was used, from the sample before to the one after; NaN without samples */
export function coreShareOf(
  samples: readonly CpuSample[],
  fromUnixMs: number,
  toUnixMs: number,
): number {
  const first = samples.findLast(({ atUnixMs }) => atUnixMs <= fromUnixMs);
  const last = samples.find(({ atUnixMs }) => atUnixMs >= toUnixMs);
  if (first === undefined || last === undefined) return Number.NaN;
  return (last.cpuMs - first.cpuMs) / (last.atUnixMs - first.atUnixMs);
}
