/** What a connection's first bytes say it speaks. */
export type ConnectionKind = "http2" | "http1";

/** The client preface of HTTP/2 begins with `PRI`; no method of HTTP/1 does. */
const PREFACE_START = Buffer.from("PRI", "latin1");

/**
 * Tells HTTP/2 with prior knowledge from everything else, which is left to the HTTP/1 parser to judge.
 *
 * @param bytes all that has arrived so far
 * @returns undefined if more bytes are needed: those here are a beginning of `PRI`
 */
export function connectionKind(bytes: Uint8Array): ConnectionKind | undefined {
  const length = Math.min(bytes.length, PREFACE_START.length);
  for (let index = 0; index < length; index += 1) {
    if (bytes[index] !== PREFACE_START[index]) return "http1";
  }
  return length === PREFACE_START.length ? "http2" : undefined;
}
