import {
  type ErrorCode,
  FeatureStoreError,
  type Span,
  TRACEPARENT_HEADER,
  TRACESTATE_HEADER,
  type Tracer,
} from "@ofs/platform";
import { headerOf, type SourceRecord } from "../record.ts";
import type { LaneEntry } from "./lane-entry.ts";

/** Messages that the span of a write names, at most; a write may be of thousands. */
const MAX_LINKS = 32;

/** Goes on with the producer's trace, or begins one. @returns undefined if it is not kept */
export function startMessageSpan(tracer: Tracer, record: SourceRecord): Span | undefined {
  const traceparent = textOf(record, TRACEPARENT_HEADER);
  const starter = tracer.keep(traceparent);
  if (starter === undefined) return undefined;
  const { offset, partition, topic } = record;
  return starter.start(`process ${topic}`, "consumer", {
    traceparent,
    tracestate: textOf(record, TRACESTATE_HEADER),
    attributes: {
      "messaging.operation.name": "process",
      "messaging.operation.type": "process",
      "messaging.destination.name": topic,
      "messaging.destination.partition.id": String(partition),
      "messaging.kafka.offset": offset,
    },
  });
}

/**
 * A write of rows of several messages: part of the first one's trace, with links to the others'.
 *
 * @returns undefined if none of the messages is traced
 */
export function startBatchSpan(
  entries: readonly LaneEntry[],
  connection: string,
): Span | undefined {
  const spans = new Set<Span>();
  for (const { message } of entries) {
    if (message.span === undefined) continue;
    spans.add(message.span);
    if (spans.size > MAX_LINKS) break;
  }
  const [first, ...others] = spans;
  const attributes = { "ofs.connection": connection, "ofs.rows": entries.length };
  return first?.startChild("engine.write", "internal", attributes, others);
}

/** @param deadLetterCode undefined: all of it is stored */
export function endMessageSpan(span: Span, deadLetterCode: ErrorCode | undefined): void {
  if (deadLetterCode === undefined) {
    span.end();
    return;
  }
  span.setAttributes({ "ofs.dead_letter": true });
  span.end(new FeatureStoreError(deadLetterCode, "a dead letter"));
}

function textOf(record: SourceRecord, name: string): string | undefined {
  if (record.headers.length === 0) return undefined;
  const value = headerOf(record, name);
  return value && Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1");
}
