import { toWireStatus, type WireStatus } from "@ofs/platform";

/** Longest status text, in characters: clients limit the headers that it travels in. */
export const MAX_STATUS_TEXT_LENGTH = 1_024;

const LONE_SURROGATE = /\p{Surrogate}/gu;
const PLAIN = /^[ -$&-~]*$/;

/** The status of an error, its text cut to what fits a header. */
export function sendableStatus(error: unknown): WireStatus {
  const status = toWireStatus(error);
  const { message } = status;
  if (message.length <= MAX_STATUS_TEXT_LENGTH) return status;
  return { ...status, message: `${message.slice(0, MAX_STATUS_TEXT_LENGTH - 3)}...` };
}

/** As `grpc-message` wants it: UTF-8, with all but printable ASCII percent-encoded, and `%` too. */
export function encodeStatusText(text: string): string {
  if (PLAIN.test(text)) return text;
  let encoded = "";
  for (const byte of Buffer.from(text.replace(LONE_SURROGATE, "\uFFFD"))) {
    const isPlain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25;
    encoded += isPlain
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
