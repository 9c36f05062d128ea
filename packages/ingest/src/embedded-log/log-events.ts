import type { LogDamageError } from "./log-errors.ts";

/** What a log has to tell its owner. */
export interface LogEvents {
  /** A partition took records. */
  appended(partition: string): void;
  /** A partition could not be written. */
  refused(partition: string, reason: string): void;
  /** Bytes at the end of a partition, never acknowledged, were cut off as it was opened. */
  cutOff(partition: string, file: string, sizeBytes: number): void;
  /** Acknowledged records are missing or damaged. */
  damaged(error: LogDamageError): void;
}
