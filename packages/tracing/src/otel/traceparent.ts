/*
 * W3C's header `traceparent`: version, trace, caller's span and flags, in hexadecimal.
 *
 *   00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
 *   0  3                                36               53     offsets
 */

/** Zeros alone are no ids. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}/;
const LENGTH = 55;
const TRACE_ID_AT = 3;
const TRACE_ID_DIGITS = 32;
const SPAN_ID_AT = 36;
const SPAN_ID_DIGITS = 16;
/** The digit that has the flag `sampled`, as its lowest bit. */
const SAMPLED_AT = 54;
const ODD_DIGITS = "13579bdf";

/** Whether it can be gone on with; the functions below are for those that can. */
export function isTraceparent(text: string | undefined): text is string {
  if (text === undefined || !TRACEPARENT.test(text)) return false;
  return text.length === LENGTH || mayGoOn(text);
}

/** Versions after 00 may have more behind their flags. */
function mayGoOn(traceparent: string): boolean {
  return traceparent.charAt(LENGTH) === "-" && !traceparent.startsWith("00");
}

/** Whether the caller keeps the trace. */
export function isSampled(traceparent: string): boolean {
  return ODD_DIGITS.includes(traceparent.charAt(SAMPLED_AT));
}

export function traceIdOf(traceparent: string): string {
  return traceparent.slice(TRACE_ID_AT, TRACE_ID_AT + TRACE_ID_DIGITS);
}

export function spanIdOf(traceparent: string): string {
  return traceparent.slice(SPAN_ID_AT, SPAN_ID_AT + SPAN_ID_DIGITS);
}
