/* HTTP/2 frames by hand (RFC 9113, section 4), with whatever is asked for in them. */

export const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export const TYPE = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

/** Identifiers of settings. */
export const SETTING = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

/** Error codes of RST_STREAM and GOAWAY. */
export const ERROR = {
  none: 0,
  protocol: 1,
  flowControl: 3,
  refusedStream: 7,
  cancel: 8,
  enhanceYourCalm: 11,
} as const;

/** Largest payload that a peer takes without having said more. */
export const DEFAULT_MAX_FRAME_BYTES = 16_384;
export const DEFAULT_WINDOW_BYTES = 65_535;
export const MAX_WINDOW_BYTES = 0x7fffffff;
export const FRAME_HEAD_BYTES = 9;

const EMPTY = Buffer.alloc(0);

/** @param claimedSize what the frame says its payload's size is */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Buffer = EMPTY,
  claimedSize: number = payload.length,
): Buffer {
  const bytes = Buffer.alloc(FRAME_HEAD_BYTES + payload.length);
  bytes.writeUIntBE(claimedSize & 0xffffff, 0, 3);
  bytes[3] = type & 0xff;
  bytes[4] = flags & 0xff;
  bytes.writeUInt32BE(streamId >>> 0, 5);
  payload.copy(bytes, FRAME_HEAD_BYTES);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

/** SETTINGS of pairs of identifier and value. */
export function settingsFrame(...pairs: readonly (readonly [number, number])[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 6);
  for (const [i, [id, value]] of pairs.entries()) {
    payload.writeUInt16BE(id, i * 6);
    payload.writeUInt32BE(value >>> 0, i * 6 + 2);
  }
  return frame(TYPE.settings, 0, 0, payload);
}

export function windowUpdate(streamId: number, bytes: number): Buffer {
  return frame(TYPE.windowUpdate, 0, streamId, u32(bytes));
}

export function reset(streamId: number, code: number): Buffer {
  return frame(TYPE.reset, 0, streamId, u32(code));
}

/** DATA, with padding of so many bytes if given (0 is padding, too: its length byte is there). */
export function dataFrame(streamId: number, payload: Buffer, isLast: boolean, padding?: number) {
  const flags = isLast ? FLAG.endStream : 0;
  if (padding === undefined) return frame(TYPE.data, flags, streamId, payload);
  const padded = Buffer.concat([Buffer.of(padding), payload, Buffer.alloc(padding)]);
  return frame(TYPE.data, flags | FLAG.padded, streamId, padded);
}

export interface HeadersShape {
  readonly isLast: boolean;
  /** Sizes of the parts of the block: HEADERS gets the first, CONTINUATION frames the others, the last the rest. */
  readonly cuts?: readonly number[];
  readonly padding?: number | undefined;
  /** With the five bytes of priority. */
  readonly hasPriority?: boolean;
}

/** HEADERS, and CONTINUATION frames as cut. */
export function headersFrames(streamId: number, block: Buffer, shape: HeadersShape): Buffer {
  const parts = cutUp(block, shape.cuts ?? []);
  let flags = (shape.isLast ? FLAG.endStream : 0) | (parts.length === 1 ? FLAG.endHeaders : 0);
  let first: Buffer = parts[0] ?? EMPTY;
  if (shape.hasPriority === true) {
    flags |= FLAG.priority;
    first = Buffer.concat([u32(0), Buffer.of(15), first]);
  }
  if (shape.padding !== undefined) {
    flags |= FLAG.padded;
    first = Buffer.concat([Buffer.of(shape.padding), first, Buffer.alloc(shape.padding)]);
  }
  const frames = [frame(TYPE.headers, flags, streamId, first)];
  for (const [i, part] of parts.slice(1).entries()) {
    const isEnd = i === parts.length - 2;
    frames.push(frame(TYPE.continuation, isEnd ? FLAG.endHeaders : 0, streamId, part));
  }
  return Buffer.concat(frames);
}

/** Parts of the sizes given, then the rest; no part is longer than a frame may be. */
function cutUp(block: Buffer, cuts: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (const cut of cuts) {
    const size = Math.min(cut, block.length - at);
    parts.push(block.subarray(at, at + size));
    at += size;
  }
  const room = DEFAULT_MAX_FRAME_BYTES - 300;
  do {
    parts.push(block.subarray(at, at + room));
    at += room;
  } while (at < block.length);
  return parts;
}

/** One message as gRPC frames it. */
export function grpcMessage(bytes: Uint8Array, isCompressed = false): Buffer {
  return Buffer.concat([Buffer.of(isCompressed ? 1 : 0), u32(bytes.length), bytes]);
}
