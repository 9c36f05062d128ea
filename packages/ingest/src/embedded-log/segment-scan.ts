import {
  FRAME_PREFIX_BYTES,
  frameBatchOffset,
  frameKind,
  frameOffset,
  frameSizeAt,
  isIntact,
  KIND_FOOTER,
  KIND_RECORD,
  RECORD_HEAD_BYTES,
  SEGMENT_HEADER_BYTES,
} from "./frame.ts";
import { MAX_RESYNC_BYTES } from "./limits.ts";
import { decodeFooter, SegmentIndex } from "./segment-index.ts";

/** The bytes of a segment, some at a time. */
export interface ScanWindow {
  readonly sizeBytes: number;
  /**
   * @returns a buffer and where in it `position` is, with at least `length` bytes behind it; more may be there.
   * Good until the next call. Within the segment only.
   */
  load(position: number, length: number): Promise<{ bytes: Buffer; at: number }>;
}

/** What a segment holds. */
export interface ScanResult {
  readonly index: SegmentIndex;
  /** One past the last record. */
  readonly endOffset: number;
  /** One past the last record's bytes; what is behind it is a footer, or was never acknowledged. */
  readonly endPosition: number;
  /** Whether a footer ends it. */
  readonly isSealed: boolean;
  /** Where acknowledged records are missing or damaged, if anywhere: the first such place. */
  readonly damage: { readonly offset: number; readonly position: number } | undefined;
}

interface ScannedFrame {
  readonly kind: number;
  readonly end: number;
  /** Of a record; of a footer: one past the last record. */
  readonly offset: number;
  readonly batchOffset: number;
}

/** The search behind damage came upon too much that looks like records. */
export class ScanLimitError extends Error {
  override readonly name = "ScanLimitError";
}

/**
 * Reads through a segment, record by record.
 *
 * Behind the last good record there may be a torn batch: the process or the machine stopped while it was written.
 * It is told from damage by what follows: a batch is written only when the one before is synced. So if a later
 * batch has even one good record, or a footer is there, what is bad was once good.
 *
 * @throws {ScanLimitError} if it cannot tell
 */
export async function scanSegment(
  window: ScanWindow,
  baseOffset: number,
  seed: number,
): Promise<ScanResult> {
  const scan = new SegmentScan(window, baseOffset, seed);
  const index = new SegmentIndex(baseOffset);
  let position = SEGMENT_HEADER_BYTES;
  let endPosition = position;
  let expected = baseOffset;
  let isSealed = false;
  let damage: ScanResult["damage"];
  while (position < window.sizeBytes) {
    const frame = await scan.frameAt(position);
    if (frame?.kind === KIND_FOOTER) {
      if (frame.offset !== expected) damage ??= { offset: expected, position };
      expected = Math.max(expected, frame.offset);
      isSealed = true;
      break;
    }
    if (frame !== undefined && frame.offset === expected) {
      index.note(expected, position);
      position = frame.end;
      endPosition = position;
      expected += 1;
      continue;
    }
    const next = await scan.resync(frame === undefined ? position + 1 : position, expected);
    if (next === undefined) break;
    damage ??= { offset: expected, position };
    position = next.position;
    if (next.frame.kind === KIND_RECORD) {
      expected = next.frame.offset;
      index.add({ offset: expected, position });
    }
  }
  return { index, endOffset: expected, endPosition, isSealed, damage };
}

class SegmentScan {
  readonly #window: ScanWindow;
  readonly #baseOffset: number;
  readonly #seed: number;
  #resyncBytes = 0;

  constructor(window: ScanWindow, baseOffset: number, seed: number) {
    this.#window = window;
    this.#baseOffset = baseOffset;
    this.#seed = seed;
  }

  /** @returns undefined if there is no intact frame */
  async frameAt(position: number): Promise<ScannedFrame | undefined> {
    const left = this.#window.sizeBytes - position;
    if (left < FRAME_PREFIX_BYTES) return undefined;
    const prefix = await this.#window.load(position, FRAME_PREFIX_BYTES);
    const sizeBytes = frameSizeAt(prefix.bytes, prefix.at);
    if (sizeBytes === undefined || sizeBytes > left) return undefined;
    const { bytes, at } = await this.#window.load(position, sizeBytes);
    const end = at + sizeBytes;
    if (!isIntact(bytes, at, end, this.#seed)) return undefined;
    if (frameKind(bytes, at) === KIND_FOOTER) {
      const footer = decodeFooter(bytes.subarray(at, end), this.#baseOffset, this.#seed);
      if (footer === undefined) return undefined;
      const { endOffset } = footer;
      return {
        kind: KIND_FOOTER,
        end: position + sizeBytes,
        offset: endOffset,
        batchOffset: endOffset,
      };
    }
    const offset = frameOffset(bytes, at, end);
    if (offset === undefined) return undefined;
    return {
      kind: KIND_RECORD,
      end: position + sizeBytes,
      offset,
      batchOffset: frameBatchOffset(bytes, at),
    };
  }

  /**
   * Looks for good frames from a place on.
   *
   * @param expected record that should be there
   * @returns the first one; undefined if all that follows may belong to a batch that was never acknowledged
   */
  async resync(
    from: number,
    expected: number,
  ): Promise<{ position: number; frame: ScannedFrame } | undefined> {
    let first: { position: number; frame: ScannedFrame } | undefined;
    let next = from;
    for (;;) {
      const candidate = await this.#nextCandidate(next, expected);
      if (candidate === undefined) return undefined;
      const frame = await this.frameAt(candidate.position);
      this.#resyncBytes += candidate.sizeBytes;
      if (this.#resyncBytes > MAX_RESYNC_BYTES) {
        throw new ScanLimitError(
          `more than ${MAX_RESYNC_BYTES} bytes look like records and are none`,
        );
      }
      next = candidate.position + 1;
      if (frame === undefined || frame.offset < expected) continue;
      first ??= { position: candidate.position, frame };
      if (frame.kind === KIND_FOOTER || frame.batchOffset > expected) return first;
      next = frame.end;
    }
  }

  /** @returns the next place where a frame could begin, by its size and offset */
  async #nextCandidate(
    from: number,
    expected: number,
  ): Promise<{ position: number; sizeBytes: number } | undefined> {
    const { sizeBytes } = this.#window;
    let position = from;
    while (sizeBytes - position > FRAME_PREFIX_BYTES) {
      const needed = Math.min(RECORD_HEAD_BYTES, sizeBytes - position);
      const { bytes, at } = await this.#window.load(position, needed);
      const last = bytes.length - needed;
      for (let here = at; here <= last; here++) {
        const kind = bytes[here + FRAME_PREFIX_BYTES];
        if (kind !== KIND_RECORD && kind !== KIND_FOOTER) continue;
        const place = position + here - at;
        const size = frameSizeAt(bytes, here);
        if (size === undefined || size > sizeBytes - place) continue;
        if (kind === KIND_RECORD && !isNear(bytes, here, expected, sizeBytes)) continue;
        return { position: place, sizeBytes: size };
      }
      position += Math.max(last - at, 0) + 1;
    }
    return undefined;
  }
}

/** Whether a record's frame has an offset that this segment can hold. */
function isNear(bytes: Buffer, at: number, expected: number, sizeBytes: number): boolean {
  const offset = frameOffset(bytes, at, bytes.length);
  if (offset === undefined || offset < expected) return false;
  return offset - expected <= sizeBytes / RECORD_HEAD_BYTES;
}
