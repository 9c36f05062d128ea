import type { PartitionState } from "./partition-state.ts";

/** One bound: bytes, or records. */
interface Limit {
  readonly total: number;
  readonly perPartition: number;
  readonly lowWater: number;
  of(partition: PartitionState): number;
}

/**
 * Says which partitions have enough in flight. Half of the total is shared out evenly and guaranteed, the other half
 * goes to whoever asks first: partitions whose store is slow cannot take all of it from the others.
 */
class BoundedQuantity {
  readonly #limit: Limit;
  #guaranteed = Number.POSITIVE_INFINITY;
  #borrowed = 0;

  constructor(limit: Limit) {
    this.#limit = limit;
  }

  survey(partitions: ReadonlyMap<string, PartitionState>): void {
    this.#guaranteed = this.#limit.total / 2 / Math.max(1, partitions.size);
    this.#borrowed = 0;
    for (const partition of partitions.values()) {
      this.#borrowed += Math.max(0, this.#limit.of(partition) - this.#guaranteed);
    }
  }

  isReached(partition: PartitionState): boolean {
    const { total, perPartition } = this.#limit;
    const inFlight = this.#limit.of(partition);
    if (inFlight >= perPartition) return true;
    return inFlight >= this.#guaranteed && this.#borrowed >= total / 2;
  }

  isLow(partition: PartitionState): boolean {
    const { total, perPartition, lowWater } = this.#limit;
    const inFlight = this.#limit.of(partition);
    if (inFlight > perPartition * lowWater) return false;
    return inFlight <= this.#guaranteed * lowWater || this.#borrowed <= (total / 2) * lowWater;
  }
}

export interface InFlightLimits {
  readonly maxInFlightBytes: number;
  readonly maxInFlightRecords: number;
  readonly maxPartitionBytes: number;
  readonly maxPartitionRecords: number;
  readonly lowWater: number;
}

/** Bounds on what is in hand, in bytes and in records, of each partition and of all. */
export class InFlightBounds {
  readonly #bytes: BoundedQuantity;
  readonly #records: BoundedQuantity;

  constructor(limits: InFlightLimits) {
    const { lowWater } = limits;
    this.#bytes = new BoundedQuantity({
      total: limits.maxInFlightBytes,
      perPartition: limits.maxPartitionBytes,
      lowWater,
      of: (partition) => partition.inFlightBytes,
    });
    this.#records = new BoundedQuantity({
      total: limits.maxInFlightRecords,
      perPartition: limits.maxPartitionRecords,
      lowWater,
      of: (partition) => partition.inFlightRecords,
    });
  }

  /** Call before the questions below, when something has changed. */
  survey(partitions: ReadonlyMap<string, PartitionState>): void {
    this.#bytes.survey(partitions);
    this.#records.survey(partitions);
  }

  /** It has enough in flight. */
  isReached(partition: PartitionState): boolean {
    return this.#bytes.isReached(partition) || this.#records.isReached(partition);
  }

  /** It has little enough in flight to take more. */
  isLow(partition: PartitionState): boolean {
    return this.#bytes.isLow(partition) && this.#records.isLow(partition);
  }
}
