import type { SourceStatus } from "../source.ts";
import type { Committer } from "./committer.ts";
import type { PartitionState } from "./partition-state.ts";

/** Partitions with the same trouble that are named; of further ones only how many. */
const MAX_NAMED = 5;

/** A record that should be on its way, and has been the oldest of its partition for too long. */
export interface Stall {
  /** Of the partition. */
  readonly name: string;
  readonly offset: number;
  readonly sinceMs: number;
}

/** Watches that partitions move: a store that hangs shows here and nowhere else. Times are monotonic milliseconds. */
export class StallWatch {
  readonly #stallMs: number;
  /** The oldest record of each partition, and since when it is. */
  #oldest = new Map<string, Stall>();
  #stalls: readonly Stall[] = [];

  constructor(stallMs: number) {
    this.#stallMs = stallMs;
  }

  /** As of the last look. */
  get stalls(): readonly Stall[] {
    return this.#stalls;
  }

  /** Call now and then. @returns the stalls that have begun since the last look */
  look(partitions: ReadonlyMap<string, PartitionState>, nowMs: number): readonly Stall[] {
    const oldest = new Map<string, Stall>();
    for (const [name, { expectedOffset }] of partitions) {
      if (expectedOffset === undefined) continue;
      const before = this.#oldest.get(name);
      const isSame = before?.offset === expectedOffset;
      oldest.set(name, isSame ? before : { name, offset: expectedOffset, sinceMs: nowMs });
    }
    const known = new Set(this.#stalls);
    this.#oldest = oldest;
    this.#stalls = [...oldest.values()].filter(({ sinceMs }) => nowMs - sinceMs >= this.#stallMs);
    return this.#stalls.filter((stall) => !known.has(stall));
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
  addNamed(reasons, haltedReasons(inputs.partitions), "partitions are halted");
  addNamed(reasons, stallReasons(stall, nowMs), "partitions stall");
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

function haltedReasons(partitions: ReadonlyMap<string, PartitionState>): string[] {
  const reasons: string[] = [];
  for (const [name, partition] of partitions) {
    const halt = partition.isHalted ? partition.status().halted : undefined;
    if (halt !== undefined)
      reasons.push(`${name} is halted at offset ${halt.offset}: ${halt.reason}`);
  }
  return reasons;
}

function stallReasons({ stalls }: StallWatch, nowMs: number): string[] {
  return stalls.map(({ name, offset, sinceMs }) => {
    return `${name} stalls: offset ${offset} is not finished for ${seconds(nowMs - sinceMs)}`;
  });
}

function addNamed(reasons: string[], more: readonly string[], of: string): void {
  reasons.push(...more.slice(0, MAX_NAMED));
  if (more.length > MAX_NAMED) reasons.push(`${more.length - MAX_NAMED} more ${of}`);
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
