/**
 * Messages between processes, about keys that were written. Integers are big endian.
 *
 * | offset | size | field |
 * | --- | --- | --- |
 * | 0 | 1 | version, 1 |
 * | 1 | 1 | kind: 1 keys, 2 heartbeat |
 * | 2 | 8 | sender: random, one a process |
 * | 10 | 6 | sequence: of this message among the sender's keys messages, from 1; in a heartbeat, of the last one sent |
 * | 16 | ... | keys: to the end, each a 4 byte length and UTF-8 text; in a heartbeat an 8 byte number of its own |
 *
 * The sequence is what makes a lost message show: a receiver that finds one missing drops all that it holds.
 */
const VERSION = 1;
const KIND_OFFSET = 1;
const SENDER_OFFSET = 2;
const SEQUENCE_OFFSET = 10;
const SEQUENCE_SIZE = 6;
const HEADER_SIZE = 16;
const LENGTH_SIZE = 4;
const BEAT_SIZE = 8;

const KEYS = 1;
const HEARTBEAT = 2;

export const SENDER_SIZE = SEQUENCE_OFFSET - SENDER_OFFSET;

/** Of one message. A key that is larger by itself is sent alone. */
export const MAX_MESSAGE_KEYS = 1000;
export const MAX_MESSAGE_BYTES = 64 * 1024;

export interface KeysMessage {
  readonly kind: "keys";
  /** Hex. */
  readonly sender: string;
  readonly sequence: number;
  readonly keys: readonly string[];
}

export interface HeartbeatMessage {
  readonly kind: "heartbeat";
  readonly sender: string;
  /** Of the last keys message before it; 0 = there was none. */
  readonly sequence: number;
  /** Counts the sender's heartbeats, from 1. */
  readonly beat: number;
}

export type InvalidationMessage = KeysMessage | HeartbeatMessage;

/** @param nextSequence is called once a message */
export function encodeKeys(
  sender: Buffer,
  keys: readonly string[],
  nextSequence: () => number,
): Buffer[] {
  const messages: Buffer[] = [];
  let parts: Buffer[] = [];
  let sizeBytes = HEADER_SIZE;
  const finish = (): void => {
    messages.push(Buffer.concat([encodeHeader(KEYS, sender, nextSequence()), ...parts], sizeBytes));
    parts = [];
    sizeBytes = HEADER_SIZE;
  };
  for (const key of keys) {
    const entry = encodeKey(key);
    const isFull =
      parts.length === MAX_MESSAGE_KEYS || sizeBytes + entry.length > MAX_MESSAGE_BYTES;
    if (parts.length > 0 && isFull) finish();
    parts.push(entry);
    sizeBytes += entry.length;
  }
  if (parts.length > 0) finish();
  return messages;
}

export function encodeHeartbeat(sender: Buffer, sequence: number, beat: number): Buffer {
  const number = Buffer.alloc(BEAT_SIZE);
  number.writeBigUInt64BE(BigInt(beat));
  return Buffer.concat([encodeHeader(HEARTBEAT, sender, sequence), number]);
}

/** @returns undefined for bytes that are no message of this version */
export function decodeMessage(bytes: Buffer): InvalidationMessage | undefined {
  if (bytes.length < HEADER_SIZE || bytes[0] !== VERSION) return undefined;
  const sender = bytes.toString("hex", SENDER_OFFSET, SEQUENCE_OFFSET);
  const sequence = bytes.readUIntBE(SEQUENCE_OFFSET, SEQUENCE_SIZE);
  if (bytes[KIND_OFFSET] === HEARTBEAT) {
    if (bytes.length !== HEADER_SIZE + BEAT_SIZE) return undefined;
    return {
      kind: "heartbeat",
      sender,
      sequence,
      beat: Number(bytes.readBigUInt64BE(HEADER_SIZE)),
    };
  }
  if (bytes[KIND_OFFSET] !== KEYS || sequence === 0) return undefined;
  const keys = decodeKeys(bytes);
  return keys && { kind: "keys", sender, sequence, keys };
}

function encodeHeader(kind: number, sender: Buffer, sequence: number): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  header[0] = VERSION;
  header[KIND_OFFSET] = kind;
  sender.copy(header, SENDER_OFFSET, 0, SENDER_SIZE);
  header.writeUIntBE(sequence, SEQUENCE_OFFSET, SEQUENCE_SIZE);
  return header;
}

function encodeKey(key: string): Buffer {
  const sizeBytes = Buffer.byteLength(key);
  const entry = Buffer.allocUnsafe(LENGTH_SIZE + sizeBytes);
  entry.writeUInt32BE(sizeBytes, 0);
  entry.write(key, LENGTH_SIZE);
  return entry;
}

function decodeKeys(bytes: Buffer): string[] | undefined {
  const keys: string[] = [];
  let offset = HEADER_SIZE;
  while (offset + LENGTH_SIZE <= bytes.length) {
    const start = offset + LENGTH_SIZE;
    offset = start + bytes.readUInt32BE(offset);
    if (offset > bytes.length) return undefined;
    keys.push(bytes.toString("utf8", start, offset));
  }
  return offset === bytes.length && keys.length > 0 ? keys : undefined;
}
