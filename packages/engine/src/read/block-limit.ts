import type { FeatureLayout } from "@ofs/codec";
import type { FeatureGroup } from "@ofs/registry";

/** Schemas are edited in place: a stored block may be somewhat larger than its version says now. */
const HEADROOM = 4;

/** So that small groups have room for any edit at all. */
const LEAST_LIMIT_BYTES = 64 * 1024;

/** No block is larger, whatever its schema says. */
const MOST_LIMIT_BYTES = 64 * 1024 * 1024;

const limits = new WeakMap<FeatureGroup, number>();

/**
 * What a stored block of a group may grow to when it is decompressed: a frame of a few KiB can hold gigabytes.
 *
 * @returns bytes
 */
export function maxPayloadBytes(group: FeatureGroup): number {
  let limit = limits.get(group);
  if (limit === undefined) {
    limit = computeLimit(group);
    limits.set(group, limit);
  }
  return limit;
}

function computeLimit({ versions }: FeatureGroup): number {
  let largest = 0;
  for (const { layout } of versions.values()) largest = Math.max(largest, largestPayload(layout));
  return Math.min(MOST_LIMIT_BYTES, Math.max(LEAST_LIMIT_BYTES, largest * HEADROOM));
}

function largestPayload(layout: FeatureLayout): number {
  const { minPayloadSizeBytes, stringLengths, vectorLengths } = layout;
  let size = minPayloadSizeBytes;
  for (const [position, length] of stringLengths.entries()) {
    size += length * (vectorLengths[position] as number);
  }
  return size;
}
