import { parseTraceParent } from "@opentelemetry/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isSampled, isTraceparent, spanIdOf, traceIdOf } from "../../src/otel/traceparent.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const SPAN_ID = "b7ad6b7169203331";

function digits(length: number): fc.Arbitrary<string> {
  const digit = fc.constantFrom(..."0123456789abcdef");
  return fc.string({ unit: digit, minLength: length, maxLength: length });
}

/** Mostly right, or wrong in one place. */
const LIKELY = fc
  .tuple(
    fc.oneof(fc.constantFrom("00", "01", "ff"), digits(2)),
    fc.oneof(fc.constant("0".repeat(32)), digits(32)),
    fc.oneof(fc.constant("0".repeat(16)), digits(16)),
    digits(2),
    fc.constantFrom("", "-", "-more", "more", "0"),
  )
  .map(([version, traceId, spanId, flags, rest]) => {
    return `${version}-${traceId}-${spanId}-${flags}${rest}`;
  });

test("what OpenTelemetry takes is taken, and means the same", () => {
  fc.assert(
    fc.property(fc.oneof(LIKELY, fc.string({ unit: "binary-ascii" })), (text) => {
      // It also takes blanks around it, which no header has.
      fc.pre(text.trim() === text);
      const known = parseTraceParent(text);
      expect(isTraceparent(text)).toBe(known !== null);
      if (known === null) return;
      expect(traceIdOf(text)).toBe(known.traceId);
      expect(spanIdOf(text)).toBe(known.spanId);
      expect(isSampled(text)).toBe((known.traceFlags & 1) === 1);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["01", true],
  ["00", false],
  ["0a", false],
  ["0b", true],
  ["ff", true],
])("flags %s: sampled is %s", (flags, sampled) => {
  expect(isSampled(`00-${TRACE_ID}-${SPAN_ID}-${flags}`)).toBe(sampled);
});

test("blanks, capitals and a missing header are none", () => {
  const right = `00-${TRACE_ID}-${SPAN_ID}-01`;
  expect(isTraceparent(right)).toBe(true);
  for (const text of [` ${right}`, `${right} `, right.toUpperCase(), "", undefined]) {
    expect(isTraceparent(text)).toBe(false);
  }
});
