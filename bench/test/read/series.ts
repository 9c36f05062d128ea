import type { Series, Turn } from "../../src/read/cell.ts";

const YARDSTICK_MICROS = 10;

function turn(cpuMicros: number): Turn {
  return { cpuMicros, callsPerSecond: 1, p50Ms: 1, p99Ms: 1, p999Ms: 1, rssMebibytes: 1 };
}

/** A cell in which the rounds had these ratios to the yardstick. */
export function seriesOf(ratios: readonly number[], cell: Partial<Series> = {}): Series {
  return {
    tier: "process",
    shape: "20 fp32",
    keyCount: 1,
    load: "h2load",
    candidate: "front",
    turns: ratios.map((ratio) => turn(ratio * YARDSTICK_MICROS)),
    yardstick: ratios.map(() => turn(YARDSTICK_MICROS)),
    ...cell,
  };
}
