import type { ErrorCode, FeatureStoreError } from "@ofs/platform";
import type { PendingWrite } from "../format.ts";
import type { Message } from "./message.ts";

/** One write in a lane. */
export class LaneEntry {
  readonly message: Message;
  readonly write: PendingWrite;
  /** Order of arrival in the lane. */
  readonly sequence: number;
  /** Writes of the same key and target that this one overtook in a batch; they end as it does, unless it is refused. */
  overtaken: LaneEntry | undefined = undefined;
  failures = 0;
  /** It failed in a way that halts its partition. */
  isParked = false;

  constructor(message: Message, write: PendingWrite, sequence: number) {
    this.message = message;
    this.write = write;
    this.sequence = sequence;
  }

  /** Its assignment is over: it is not to be begun any more. */
  get isOver(): boolean {
    return this.message.partition.isOver;
  }

  /** Of two writes of one key and target the newer counts; in a tie a delete, else the one that came later. */
  isNewerThan(other: LaneEntry): boolean {
    const difference = this.write.writeTimeMicros - other.write.writeTimeMicros;
    if (difference !== 0) return difference > 0;
    if (this.write.isDelete !== other.write.isDelete) return this.write.isDelete;
    return this.sequence > other.sequence;
  }

  /** Takes the other one, and what that had overtaken, into its train. */
  overtake(other: LaneEntry): void {
    if (this.overtaken !== undefined) {
      let last = other;
      while (last.overtaken !== undefined) last = last.overtaken;
      last.overtaken = this.overtaken;
    }
    this.overtaken = other;
  }
}

/** What lanes tell of the writes given to them. Every write ends in `stored` or `refused`, or is dropped. */
export interface LaneListener {
  /** It is in the store, or a newer one of its key is. */
  stored(entry: LaneEntry): void;
  /** It can never be stored. */
  refused(entry: LaneEntry, error: FeatureStoreError): void;
  /** It failed in a way that hardly passes by itself; it is tried again, slowly. `isParked` tells whether it did before. */
  parked(entry: LaneEntry, error: FeatureStoreError): void;
  /** A parked one has been tried again and stored, refused, or failed in a way that passes. */
  unparked(entry: LaneEntry): void;
  /** The outcomes of a batch have all been told. */
  batchEnded(): void;
}

/** May pass by itself: tried again for as long as it takes. */
const TRANSIENT: ReadonlySet<ErrorCode> = new Set([
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "ABORTED",
  "CANCELLED",
]);

export function isTransient({ code }: FeatureStoreError): boolean {
  return TRANSIENT.has(code);
}
