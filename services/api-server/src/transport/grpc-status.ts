import { toWireStatus, type WireStatus } from "@ofs/platform";

/**
 * Longest status text, in characters. The text travels in a header, where a client's limit (8 KiB in some)
 * would turn a longer one into an error of the connection.
 */
export const MAX_STATUS_TEXT_LENGTH = 1_024;

/** A surrogate without its other half: not text, and percent-encoding throws on it. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** The status of an error, its text fit to be sent as a header. */
export function sendableStatus(error: unknown): WireStatus {
  const status = toWireStatus(error);
  return { ...status, message: sendableText(status.message) };
}

function sendableText(text: string): string {
  const short =
    text.length > MAX_STATUS_TEXT_LENGTH ? `${text.slice(0, MAX_STATUS_TEXT_LENGTH - 3)}...` : text;
  return short.replace(LONE_SURROGATE, "\uFFFD");
}
