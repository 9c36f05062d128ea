import { partitionName } from "../record.ts";
import type { SourceStatus } from "../source.ts";
import type { Committer } from "./committer.ts";
import type { PartitionState } from "./partition-state.ts";

/** Halted partitions that are named; of further ones only how many. */
const MAX_NAMED = 5;

/** Watches that work under way gets finished. Times are monotonic milliseconds. */
export class StallWatch {
  readonly #stallMs: number;
  #progressMs: number;
  /** Since when nothing has come to an end although work is under way; `undefined` while all is well. */
  #stalledSinceMs: number | undefined = undefined;

  constructor(stallMs: number, nowMs: number) {
    this.#stallMs = stallMs;
    this.#progressMs = nowMs;
  }

  get stalledSinceMs(): number | undefined {
    return this.#stalledSinceMs;
  }

  /** Call now and then. @returns whether a stall has begun */
  look(isBusy: boolean, hasProgressed: boolean, nowMs: number): boolean {
    if (hasProgressed || !isBusy) {
      this.#progressMs = nowMs;
      this.#stalledSinceMs = undefined;
      return false;
    }
    const isNew = this.#stalledSinceMs === undefined && nowMs - this.#progressMs >= this.#stallMs;
    if (isNew) this.#stalledSinceMs = this.#progressMs;
    return isNew;
  }
}

export interface HealthInputs {
  readonly source: SourceStatus;
  readonly partitions: ReadonlyMap<string, PartitionState>;
  readonly stall: StallWatch;
  readonly committer: Committer;
  /** Partitions lost by a refused commit, and when: the source should have said more since. */
  readonly fenced: ReadonlyMap<string, number>;
  readonly stallMs: number;
  readonly nowMs: number;
}

/** @returns why the loop does not work as it should, for people */
export function healthReasons(inputs: HealthInputs): string[] {
  const { committer, fenced, nowMs, source, stall, stallMs } = inputs;
  const reasons: string[] = [];
  if (source.state !== "reading") {
    const why = source.reason === undefined ? "" : `: ${source.reason}`;
    reasons.push(`source is ${source.state}${why}`);
  }
  addHalted(inputs.partitions, reasons);
  if (stall.stalledSinceMs !== undefined) {
    reasons.push(`stalled: nothing finished for ${seconds(nowMs - stall.stalledSinceMs)}`);
  }
  const { failing } = committer;
  if (failing !== undefined && nowMs - failing.sinceMs >= stallMs) {
    reasons.push(`commits fail for ${seconds(nowMs - failing.sinceMs)}: ${failing.reason}`);
  }
  for (const [name, sinceMs] of fenced) {
    if (nowMs - sinceMs < stallMs) continue;
    reasons.push(`${name} is fenced for ${seconds(nowMs - sinceMs)} and not assigned anew`);
  }
  return reasons;
}

function addHalted(partitions: ReadonlyMap<string, PartitionState>, reasons: string[]): void {
  let count = 0;
  for (const partition of partitions.values()) {
    const halt = partition.isHalted ? partition.status().halted : undefined;
    if (halt === undefined) continue;
    count += 1;
    if (count > MAX_NAMED) continue;
    reasons.push(`${partitionName(partition)} is halted at offset ${halt.offset}: ${halt.reason}`);
  }
  if (count > MAX_NAMED) reasons.push(`${count - MAX_NAMED} more partitions are halted`);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
