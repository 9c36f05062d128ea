import type { NewRecord, RecordHeader, RecordSink } from "@ofs/ingest";
import { type Span, TRACEPARENT_HEADER } from "@ofs/platform";

/**
 * Records of a batch whose consumers go on with its trace. In the row dialect a record is a row: spans of all of them would
 * cost more than the rows, and nobody would look at them.
 */
const TRACED_RECORDS = 32;

/** In place of W3C's flag `sampled`: whoever goes on with the trace keeps nothing of it, and begins none. */
const NOT_SAMPLED = "00";

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
    let failure: unknown;
    try {
      await this.#sink.produce(withTrace(records, span.traceparent));
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

function withTrace(records: readonly NewRecord[], traceparent: string): NewRecord[] {
  const kept = new HeaderAdder(traceparent);
  const others = new HeaderAdder(traceparent.slice(0, -NOT_SAMPLED.length) + NOT_SAMPLED);
  return records.map((record, index) => {
    const adder = index < TRACED_RECORDS ? kept : others;
    return { ...record, headers: adder.add(record.headers) };
  });
}

/** Records of a batch share their headers: so do those with one more. */
class HeaderAdder {
  readonly #header: RecordHeader;
  #before: readonly RecordHeader[] | undefined = undefined;
  #headers: readonly RecordHeader[] = [];

  constructor(traceparent: string) {
    this.#header = [TRACEPARENT_HEADER, Buffer.from(traceparent)];
  }

  add(headers: readonly RecordHeader[]): readonly RecordHeader[] {
    if (headers !== this.#before) {
      this.#before = headers;
      this.#headers = [...headers, this.#header];
    }
    return this.#headers;
  }
}
