import type { NewRecord } from "../record.ts";
import { type RecordSink, SinkError } from "../sink.ts";
import type { EmbeddedLog } from "./embedded-log.ts";

/** Adds records to topics of the embedded log. */
export class EmbeddedSink implements RecordSink {
  readonly retryCount = 0;
  readonly #log: EmbeddedLog;
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(log: EmbeddedLog) {
    this.#log = log;
  }

  /** @throws {SinkError}; {FeatureStoreError} INVALID_ARGUMENT for a topic or partition that cannot be */
  async produce(records: readonly NewRecord[]): Promise<void> {
    if (this.#isClosed) throw new SinkError("UNAVAILABLE", "embedded log: this sink is closed");
    const done = this.#log.append(records);
    const settled = done.then(
      () => undefined,
      () => undefined,
    );
    this.#underWay.add(settled);
    try {
      await done;
    } finally {
      this.#underWay.delete(settled);
    }
  }

  /** Waits for what is under way. The log stays open. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#underWay);
  }
}
