import type { NewRecord } from "./record.ts";

/** Adds records to topics. Topics that do not exist are created. */
export interface RecordSink {
  /**
   * Resolves once all are durable.
   *
   * @throws {SinkError} if some may not be
   */
  produce(records: readonly NewRecord[]): Promise<void>;
  /** Grows with each request that is sent again although it may have been carried out; stays 0 where none is. */
  readonly retryCount: number;
  close(): Promise<void>;
}

/** `TOO_LARGE`: this record never fits. `UNAVAILABLE`: later it may work. */
export type SinkErrorCode = "TOO_LARGE" | "UNAVAILABLE";

export class SinkError extends Error {
  override readonly name = "SinkError";
  readonly code: SinkErrorCode;

  constructor(code: SinkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
