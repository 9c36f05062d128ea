import {
  FRAME_PREFIX_BYTES,
  frameKind,
  frameSizeAt,
  isIntact,
  KIND_FOOTER,
  SEGMENT_HEADER_BYTES,
  sealFrame,
} from "./frame.ts";
import { INDEX_INTERVAL_BYTES } from "./limits.ts";

/*
 * The footer is the last frame of a segment that is full. After the kind (byte 8), little-endian:
 *
 *   12  u64  one past the last record
 *   20  u32  number of entries
 *   24       entries: u32 offset - first offset of the segment, u32 position in the file
 *   end-8    u32 size of the footer's frame, u32 magic "OFSF"
 */
const KIND_AT = 8;
const END_OFFSET_AT = 12;
const COUNT_AT = 20;
const ENTRIES_AT = 24;
const ENTRY_BYTES = 8;
export const TRAILER_BYTES = 8;
const MAGIC = 0x4653464f;
const WORD = 2 ** 32;

/** A place in a segment where a record begins. */
export interface IndexEntry {
  readonly offset: number;
  readonly position: number;
}

/** Where some of a segment's records begin: one about every 64 KiB. */
export class SegmentIndex {
  readonly baseOffset: number;
  readonly #offsets: number[] = [];
  readonly #positions: number[] = [];

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset;
  }

  /** Tells it of a record; offsets and positions rise from call to call. */
  note(offset: number, position: number): void {
    const last = this.#positions.at(-1) ?? SEGMENT_HEADER_BYTES;
    if (position - last < INDEX_INTERVAL_BYTES) return;
    this.add({ offset, position });
  }

  /** @returns the last known place at or before the record */
  floor(offset: number): IndexEntry {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] as number) <= offset) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return { offset: this.baseOffset, position: SEGMENT_HEADER_BYTES };
    return {
      offset: this.#offsets[low - 1] as number,
      position: this.#positions[low - 1] as number,
    };
  }

  /** Adds a place, however near. */
  add({ offset, position }: IndexEntry): void {
    this.#offsets.push(offset);
    this.#positions.push(position);
  }

  encodeFooter(endOffset: number, seed: number): Buffer {
    const count = this.#offsets.length;
    const sizeBytes = ENTRIES_AT + count * ENTRY_BYTES + TRAILER_BYTES;
    const bytes = Buffer.alloc(sizeBytes);
    bytes[KIND_AT] = KIND_FOOTER;
    bytes.writeUInt32LE(endOffset % WORD, END_OFFSET_AT);
    bytes.writeUInt32LE(Math.floor(endOffset / WORD), END_OFFSET_AT + 4);
    bytes.writeUInt32LE(count, COUNT_AT);
    for (let entry = 0; entry < count; entry++) {
      const at = ENTRIES_AT + entry * ENTRY_BYTES;
      bytes.writeUInt32LE((this.#offsets[entry] as number) - this.baseOffset, at);
      bytes.writeUInt32LE(this.#positions[entry] as number, at + 4);
    }
    bytes.writeUInt32LE(sizeBytes, sizeBytes - TRAILER_BYTES);
    bytes.writeUInt32LE(MAGIC, sizeBytes - 4);
    sealFrame(bytes, 0, sizeBytes, seed);
    return bytes;
  }
}

/** What a footer says. */
export interface Footer {
  readonly endOffset: number;
  readonly index: SegmentIndex;
}

/** @returns size of the footer's frame by a segment's last bytes; undefined if it does not end in a footer */
export function footerSize(trailer: Buffer): number | undefined {
  if (trailer.length < TRAILER_BYTES || trailer.readUInt32LE(4) !== MAGIC) return undefined;
  return trailer.readUInt32LE(0);
}

/** @returns undefined if the bytes are no intact footer of that segment */
export function decodeFooter(frame: Buffer, baseOffset: number, seed: number): Footer | undefined {
  if (frame.length < ENTRIES_AT + TRAILER_BYTES || frame.length < FRAME_PREFIX_BYTES)
    return undefined;
  if (frameSizeAt(frame, 0) !== frame.length || frameKind(frame, 0) !== KIND_FOOTER)
    return undefined;
  if (!isIntact(frame, 0, frame.length, seed)) return undefined;
  const count = frame.readUInt32LE(COUNT_AT);
  if (ENTRIES_AT + count * ENTRY_BYTES + TRAILER_BYTES !== frame.length) return undefined;
  const index = new SegmentIndex(baseOffset);
  for (let entry = 0; entry < count; entry++) {
    const at = ENTRIES_AT + entry * ENTRY_BYTES;
    index.add({
      offset: baseOffset + frame.readUInt32LE(at),
      position: frame.readUInt32LE(at + 4),
    });
  }
  const endOffset =
    frame.readUInt32LE(END_OFFSET_AT) + frame.readUInt32LE(END_OFFSET_AT + 4) * WORD;
  return { endOffset, index };
}
