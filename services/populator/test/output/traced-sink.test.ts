import { headerOf, type NewRecord, SinkError } from "@ofs/ingest";
import type { Span, SpanAttributes } from "@ofs/platform";
import { expect, test } from "vitest";
import { TracedSink } from "../../src/output/traced-sink.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

class RecordingSpan implements Span {
  readonly traceId = "0af7651916cd43dd8448eb211c80319c";
  readonly spanId = "b7ad6b7169203331";
  readonly traceparent = TRACEPARENT;
  readonly children: { readonly name: string; readonly attributes?: SpanAttributes }[] = [];
  readonly ends: unknown[] = [];

  startChild(name: string, _kind: string, attributes: SpanAttributes = {}): Span {
    this.children.push({ name, attributes });
    return this;
  }

  setAttributes(): void {
    throw new Error("not expected");
  }

  end(failure?: unknown): void {
    this.ends.push(failure);
  }
}

const RECORD: NewRecord = {
  topic: "t",
  key: Buffer.from("k"),
  value: Buffer.from("v"),
  headers: [["run-id", Buffer.from("r")]],
};

test("records tell their consumers which trace to go on with", async () => {
  const sent: NewRecord[] = [];
  const span = new RecordingSpan();
  const inner = {
    retryCount: 0,
    produce: async (records: readonly NewRecord[]) => {
      sent.push(...records);
    },
    close: () => Promise.resolve(),
  };
  await new TracedSink(inner, span).produce([RECORD, RECORD]);
  expect(span.children).toMatchObject([
    { name: "send t", attributes: { "messaging.batch.message_count": 2 } },
  ]);
  expect(span.ends).toEqual([undefined]);
  const [first] = sent;
  expect(sent).toHaveLength(2);
  expect(first && String(headerOf(first, "traceparent"))).toBe(TRACEPARENT);
  expect(first && String(headerOf(first, "run-id"))).toBe("r");
  expect(RECORD.headers).toHaveLength(1);
});

test("a batch that is not acknowledged fails its span, and its caller", async () => {
  const failure = new SinkError("UNAVAILABLE", "no broker");
  const span = new RecordingSpan();
  const inner = {
    retryCount: 0,
    produce: () => Promise.reject(failure),
    close: () => Promise.resolve(),
  };
  await expect(new TracedSink(inner, span).produce([RECORD])).rejects.toBe(failure);
  expect(span.ends).toEqual([failure]);
});

test("what the sink sends again is told through it", async () => {
  const inner = { retryCount: 0, produce: () => Promise.resolve(), close: () => Promise.resolve() };
  const traced = new TracedSink(inner, new RecordingSpan());
  inner.retryCount = 3;
  expect(traced.retryCount).toBe(3);
});
