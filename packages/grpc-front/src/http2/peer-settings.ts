import { ConnectionError } from "./connection-error.ts";
import {
  DEFAULT_WINDOW_BYTES,
  ENABLE_PUSH,
  FLOW_CONTROL_ERROR,
  FRAME_SIZE_ERROR,
  INITIAL_WINDOW_SIZE,
  MAX_FRAME_BYTES,
  MAX_FRAME_SIZE,
  MAX_HEADER_LIST_SIZE,
  MAX_SETTABLE_FRAME_BYTES,
  MAX_WINDOW_BYTES,
  PROTOCOL_ERROR,
} from "./constants.ts";

const SETTING_BYTES = 6;

/** Settings in one frame; more are not taken for settings. */
const MAX_SETTINGS_PER_FRAME = 64;

/** What the peer has told us in SETTINGS frames, as far as it concerns a server that sends no table updates. */
export class PeerSettings {
  initialWindowBytes = DEFAULT_WINDOW_BYTES;
  maxHeaderListBytes = Number.POSITIVE_INFINITY;

  /** @throws {ConnectionError} for a value that is not allowed */
  apply(bytes: Buffer, start: number, end: number): void {
    const size = end - start;
    if (size % SETTING_BYTES !== 0 || size > SETTING_BYTES * MAX_SETTINGS_PER_FRAME) {
      throw new ConnectionError(FRAME_SIZE_ERROR, `SETTINGS of ${size} bytes`);
    }
    for (let at = start; at < end; at += SETTING_BYTES) {
      this.#set(bytes.readUInt16BE(at), bytes.readUInt32BE(at + 2));
    }
  }

  #set(id: number, value: number): void {
    if (id === INITIAL_WINDOW_SIZE) {
      if (value > MAX_WINDOW_BYTES) {
        throw new ConnectionError(FLOW_CONTROL_ERROR, `INITIAL_WINDOW_SIZE of ${value}`);
      }
      this.initialWindowBytes = value;
    } else if (id === MAX_HEADER_LIST_SIZE) {
      this.maxHeaderListBytes = value;
    } else if (id === ENABLE_PUSH) {
      if (value > 1) throw new ConnectionError(PROTOCOL_ERROR, `ENABLE_PUSH of ${value}`);
    } else if (id === MAX_FRAME_SIZE) {
      if (value < MAX_FRAME_BYTES || value > MAX_SETTABLE_FRAME_BYTES) {
        throw new ConnectionError(PROTOCOL_ERROR, `MAX_FRAME_SIZE of ${value}`);
      }
    }
  }
}

/** A SETTINGS payload. */
export function encodeSettings(
  settings: readonly (readonly [id: number, value: number])[],
): Buffer {
  const bytes = Buffer.alloc(settings.length * SETTING_BYTES);
  for (const [index, [id, value]] of settings.entries()) {
    bytes.writeUInt16BE(id, index * SETTING_BYTES);
    bytes.writeUInt32BE(value, index * SETTING_BYTES + 2);
  }
  return bytes;
}
