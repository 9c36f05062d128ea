import type { RecordSource } from "../source.ts";
import { InFlightBounds, type InFlightLimits } from "./in-flight-bounds.ts";
import type { PartitionState } from "./partition-state.ts";
import type { PauseReason } from "./status.ts";

/** Asks the source for records of those partitions only that can take more. */
export class Flow {
  readonly #source: RecordSource;
  readonly #partitions: ReadonlyMap<string, PartitionState>;
  readonly #bounds: InFlightBounds;

  constructor(
    source: RecordSource,
    partitions: ReadonlyMap<string, PartitionState>,
    limits: InFlightLimits,
  ) {
    this.#source = source;
    this.#partitions = partitions;
    this.#bounds = new InFlightBounds(limits);
  }

  /** Call when partitions have come, gone or halted, or what they have in flight has changed. */
  update(): void {
    const paused: PartitionState[] = [];
    const resumed: PartitionState[] = [];
    this.#bounds.survey(this.#partitions);
    for (const partition of this.#partitions.values()) {
      if (partition.isOver) continue;
      const before = partition.pauseReason;
      partition.pauseReason = this.#reasonOf(partition);
      if (before === undefined && partition.pauseReason !== undefined) paused.push(partition);
      if (before !== undefined && partition.pauseReason === undefined) resumed.push(partition);
    }
    if (paused.length > 0) this.#source.pause(paused);
    if (resumed.length > 0) this.#source.resume(resumed);
  }

  #reasonOf(partition: PartitionState): PauseReason | undefined {
    if (partition.isHalted) return "halted";
    const isEnough =
      partition.pauseReason === undefined
        ? this.#bounds.isReached(partition)
        : !this.#bounds.isLow(partition);
    return isEnough ? "bounds" : undefined;
  }
}
