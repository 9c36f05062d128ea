import type { NewRecord, RecordSink } from "@ofs/ingest";
import { type Span, TRACEPARENT_HEADER } from "@ofs/platform";

/** A sink whose batches are part of a trace, which their records tell their consumers to go on with. */
export class TracedSink implements RecordSink {
  readonly #sink: RecordSink;
  readonly #parent: Span;

  constructor(sink: RecordSink, parent: Span) {
    this.#sink = sink;
    this.#parent = parent;
  }

  get retryCount(): number {
    return this.#sink.retryCount;
  }

  async produce(records: readonly NewRecord[]): Promise<void> {
    const topic = records[0]?.topic ?? "";
    const span = this.#parent.startChild(`send ${topic}`, "producer", {
      "messaging.operation.name": "send",
      "messaging.operation.type": "send",
      "messaging.destination.name": topic,
      "messaging.batch.message_count": records.length,
    });
    const header = [TRACEPARENT_HEADER, Buffer.from(span.traceparent)] as const;
    const traced = records.map((one) => ({ ...one, headers: [...one.headers, header] }));
    let failure: unknown;
    try {
      await this.#sink.produce(traced);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      span.end(failure);
    }
  }

  close(): Promise<void> {
    return this.#sink.close();
  }
}
