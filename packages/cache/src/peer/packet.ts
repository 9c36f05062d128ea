import { isUtf8 } from "node:buffer";

/*
 * Datagrams between peers.
 *
 *   get      key
 *   reply    key, 00, value               value 00 = not found, or too large for a datagram
 *   set      00, key, 00, ttl u64 big endian, value       (seconds, 0 = none; no reply)
 *
 * A key is not empty and holds no zero byte. Values are records, which begin with 01.
 */

/** Largest datagram, whatever it holds. */
export const MAX_PACKET_BYTES = 4096;

const SEPARATOR = 0;
const TTL_SIZE_BYTES = 8;
/** Separator and the value 00: even the answer "not found" must fit. */
const EMPTY_REPLY_SIZE_BYTES = 2;

/** TTLs beyond count as this: 68 years. */
const MAX_TTL_SECONDS = 0x7fff_ffff;

export type MalformedReason =
  | "empty"
  | "too_large"
  | "bad_key"
  | "no_separator"
  | "no_ttl"
  | "no_value";

export interface MalformedPacket {
  readonly kind: "malformed";
  readonly reason: MalformedReason;
}

export interface GetPacket {
  readonly kind: "get";
  readonly key: string;
  /** The key as it came, for the reply. */
  readonly keyBytes: Uint8Array;
}

export interface SetPacket {
  readonly kind: "set";
  readonly key: string;
  /** 0 = no expiry. */
  readonly ttlSeconds: number;
  /** A view of the datagram. */
  readonly value: Uint8Array;
}

export interface ReplyPacket {
  readonly kind: "reply";
  readonly key: string;
  /** A view of the datagram; undefined: not found. */
  readonly value: Uint8Array | undefined;
}

/** @returns undefined for a key that cannot be sent */
export function encodeGet(key: string, maxBytes: number = MAX_PACKET_BYTES): Buffer | undefined {
  const packet = Buffer.from(key);
  return isKey(packet, maxBytes) ? packet : undefined;
}

/** @returns undefined for a key that cannot be sent, or a value that is too large with it */
export function encodeSet(
  key: string,
  ttlSeconds: number,
  value: Uint8Array,
  maxBytes: number = MAX_PACKET_BYTES,
): Buffer | undefined {
  const keyBytes = Buffer.from(key);
  const sizeBytes = 1 + keyBytes.length + 1 + TTL_SIZE_BYTES + value.length;
  if (!isKey(keyBytes, maxBytes) || sizeBytes > maxBytes) return undefined;
  const packet = Buffer.allocUnsafe(sizeBytes);
  packet[0] = SEPARATOR;
  packet.set(keyBytes, 1);
  let offset = 1 + keyBytes.length;
  packet[offset] = SEPARATOR;
  offset = packet.writeUInt32BE(0, offset + 1);
  offset = packet.writeUInt32BE(Math.min(ttlSeconds, MAX_TTL_SECONDS), offset);
  packet.set(value, offset);
  return packet;
}

/** @param value undefined: not found; one that does not fit is answered as not found, too */
export function encodeReply(
  keyBytes: Uint8Array,
  value: Uint8Array | undefined,
  maxBytes: number = MAX_PACKET_BYTES,
): Buffer {
  const isSent = value !== undefined && replyFits(keyBytes, value, maxBytes);
  const sent = isSent ? value : EMPTY_VALUE;
  const packet = Buffer.allocUnsafe(keyBytes.length + 1 + sent.length);
  packet.set(keyBytes);
  packet[keyBytes.length] = SEPARATOR;
  packet.set(sent, keyBytes.length + 1);
  return packet;
}

export function replyFits(
  keyBytes: Uint8Array,
  value: Uint8Array,
  maxBytes: number = MAX_PACKET_BYTES,
): boolean {
  return keyBytes.length + 1 + value.length <= maxBytes;
}

const EMPTY_VALUE = new Uint8Array([SEPARATOR]);

/** Reads what a peer sends to the owner of a key. Never throws. */
export function decodeRequest(bytes: Uint8Array): GetPacket | SetPacket | MalformedPacket {
  if (bytes.length === 0) return malformed("empty");
  if (bytes.length > MAX_PACKET_BYTES) return malformed("too_large");
  if (bytes[0] !== SEPARATOR) {
    const key = decodeKey(bytes, MAX_PACKET_BYTES);
    return key === undefined ? malformed("bad_key") : { kind: "get", key, keyBytes: bytes };
  }
  const keyEnd = bytes.indexOf(SEPARATOR, 1);
  if (keyEnd < 0) return malformed("no_separator");
  const key = decodeKey(bytes.subarray(1, keyEnd), MAX_PACKET_BYTES);
  if (key === undefined) return malformed("bad_key");
  const valueStart = keyEnd + 1 + TTL_SIZE_BYTES;
  if (valueStart > bytes.length) return malformed("no_ttl");
  if (valueStart === bytes.length) return malformed("no_value");
  return {
    kind: "set",
    key,
    ttlSeconds: decodeTtl(bytes, keyEnd + 1),
    value: bytes.subarray(valueStart),
  };
}

/** Reads what the owner of a key answers. Never throws. */
export function decodeReply(bytes: Uint8Array): ReplyPacket | MalformedPacket {
  if (bytes.length === 0) return malformed("empty");
  if (bytes.length > MAX_PACKET_BYTES) return malformed("too_large");
  const keyEnd = bytes.indexOf(SEPARATOR);
  if (keyEnd < 0) return malformed("no_separator");
  const key = decodeKey(bytes.subarray(0, keyEnd), MAX_PACKET_BYTES);
  if (key === undefined) return malformed("bad_key");
  const value = bytes.subarray(keyEnd + 1);
  if (value.length === 0) return malformed("no_value");
  const isEmpty = value.length === 1 && value[0] === SEPARATOR;
  return { kind: "reply", key, value: isEmpty ? undefined : value };
}

function malformed(reason: MalformedReason): MalformedPacket {
  return { kind: "malformed", reason };
}

function decodeKey(bytes: Uint8Array, maxBytes: number): string | undefined {
  if (!isKey(bytes, maxBytes) || !isUtf8(bytes)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

function isKey(bytes: Uint8Array, maxBytes: number): boolean {
  const { length } = bytes;
  return length > 0 && length + EMPTY_REPLY_SIZE_BYTES <= maxBytes && !bytes.includes(SEPARATOR);
}

function decodeTtl(bytes: Uint8Array, offset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, TTL_SIZE_BYTES);
  if (view.getUint32(0) !== 0) return MAX_TTL_SECONDS;
  return Math.min(view.getUint32(4), MAX_TTL_SECONDS);
}
