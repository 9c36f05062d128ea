import { headerOf, type NewRecord, SinkError } from "@ofs/ingest";
import { MemorySpan } from "@ofs/testkit";
import { beforeEach, expect, test } from "vitest";
import { TracedSink } from "../../src/output/traced-sink.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";

let spans: MemorySpan[];
let parent: MemorySpan;

beforeEach(() => {
  spans = [];
  parent = new MemorySpan({ name: "populate t", kind: "internal", traceId: TRACE_ID }, {}, spans);
});

const RECORD: NewRecord = {
  topic: "t",
  key: Buffer.from("k"),
  value: Buffer.from("v"),
  headers: [["run-id", Buffer.from("r")]],
};

function traceparentOf(record: NewRecord | undefined): string | undefined {
  return record && String(headerOf(record, "traceparent"));
}

/** @returns the records as they are sent */
async function produce(records: readonly NewRecord[]): Promise<NewRecord[]> {
  const sent: NewRecord[] = [];
  const inner = {
    retryCount: 0,
    produce: async (given: readonly NewRecord[]) => {
      sent.push(...given);
    },
    close: () => Promise.resolve(),
  };
  await new TracedSink(inner, parent).produce(records);
  return sent;
}

test("records tell their consumers which trace to go on with", async () => {
  const sent = await produce([RECORD, RECORD]);
  const [, span] = spans;
  expect(span).toMatchObject({
    name: "send t",
    kind: "producer",
    traceId: TRACE_ID,
    attributes: { "messaging.batch.message_count": 2 },
    isEnded: true,
    failure: undefined,
  });
  expect(sent.map(traceparentOf)).toEqual([span?.traceparent, span?.traceparent]);
  expect(sent.map((record) => String(headerOf(record, "run-id")))).toEqual(["r", "r"]);
  expect(RECORD.headers).toHaveLength(1);
});

test("beyond some of a batch, they tell that nothing of the trace is kept", async () => {
  const other: NewRecord = { ...RECORD, headers: [["run-id", Buffer.from("other")]] };
  const sent = await produce(Array.from({ length: 40 }, (_, i) => (i === 39 ? other : RECORD)));
  const told = spans[1]?.traceparent ?? "";
  expect(sent.slice(0, 32).every((record) => traceparentOf(record) === told)).toBe(true);
  const notKept = told.replace(/01$/, "00");
  expect(sent.slice(32).map(traceparentOf)).toEqual(Array.from({ length: 8 }, () => notKept));
  expect(sent.map((record) => String(headerOf(record, "run-id"))).slice(-2)).toEqual([
    "r",
    "other",
  ]);
});

test("a batch that is not acknowledged fails its span, and its caller", async () => {
  const failure = new SinkError("UNAVAILABLE", "no broker");
  const inner = {
    retryCount: 0,
    produce: () => Promise.reject(failure),
    close: () => Promise.resolve(),
  };
  await expect(new TracedSink(inner, parent).produce([RECORD])).rejects.toBe(failure);
  expect(spans[1]).toMatchObject({ isEnded: true, failure });
});

test("what the sink sends again is told through it", async () => {
  const inner = { retryCount: 0, produce: () => Promise.resolve(), close: () => Promise.resolve() };
  const traced = new TracedSink(inner, parent);
  inner.retryCount = 3;
  expect(traced.retryCount).toBe(3);
});
