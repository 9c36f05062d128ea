import { ConnectionError } from "./connection-error.ts";
import { FRAME_SIZE_ERROR, PROTOCOL_ERROR } from "./constants.ts";

/**
 * Bytes of padding at the end of a payload whose first byte tells them.
 *
 * @throws {ConnectionError} if there are more than the payload has
 */
export function paddingOf(streamId: number, bytes: Buffer, start: number, end: number): number {
  const padding = start < end ? (bytes[start] as number) : 0;
  if (start === end || padding >= end - start) {
    const text = `padding of ${padding} bytes in a payload of ${end - start} on stream ${streamId}`;
    throw new ConnectionError(PROTOCOL_ERROR, text);
  }
  return padding;
}

/**
 * Priorities are ignored; this checks that one is there and not of a stream over itself.
 *
 * @throws {ConnectionError}
 */
export function checkPriority(streamId: number, bytes: Buffer, start: number, end: number): void {
  if (end - start < 5) {
    throw new ConnectionError(FRAME_SIZE_ERROR, `a priority of ${end - start} bytes`);
  }
  if ((bytes.readUInt32BE(start) & 0x7fff_ffff) === streamId) {
    throw new ConnectionError(PROTOCOL_ERROR, `stream ${streamId} depends on itself`);
  }
}

/** @throws {ConnectionError} if a frame that concerns the connection is on a stream */
export function assertConnectionFrame(type: number, streamId: number): void {
  if (streamId === 0) return;
  throw new ConnectionError(PROTOCOL_ERROR, `a frame of type ${type} on stream ${streamId}`);
}
