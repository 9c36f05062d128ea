import type { NewRecord, RecordSink } from "@ofs/ingest";
import type { Shard } from "./model.ts";

/** Sends batches of a shard, and tells of which rows nobody knows whether they were sent before. */
export class Repeats {
  /** Rows below may be in the log, because of an owner before this one. */
  readonly #untilRow: number;
  readonly #sink: RecordSink;

  /** @param batchRows most rows of a batch */
  constructor({ nextRow, isUncertain }: Shard, sink: RecordSink, batchRows: number) {
    this.#untilRow = isUncertain ? nextRow + batchRows : nextRow;
    this.#sink = sink;
  }

  /**
   * @param firstRow of the batch
   * @returns how many of its rows may have been sent before, by the owner before or by a request that was not answered
   * @throws {SinkError}
   */
  async send(records: readonly NewRecord[], firstRow: number, rowCount: number): Promise<number> {
    if (records.length === 0) return 0;
    const before = this.#sink.retryCount;
    await this.#sink.produce(records);
    const isRetried = this.#sink.retryCount !== before;
    return isRetried || firstRow < this.#untilRow ? rowCount : 0;
  }
}
