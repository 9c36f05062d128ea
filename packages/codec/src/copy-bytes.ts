/**
 * From this size on a bulk copy beats the loop in spite of the view that it allocates: the view costs 60 ns whatever the
 * size, the loop 10 ns for 4 bytes, 30 for 24 and 75 for 64 (bench/README.md).
 */
const BULK_COPY_FROM_BYTES = 56;

/** Copies `size` bytes from `start` on to `offset`; both must have them. For many short pieces, without garbage. */
export function copyBytes(
  from: Uint8Array,
  start: number,
  size: number,
  to: Uint8Array,
  offset: number,
): void {
  if (size >= BULK_COPY_FROM_BYTES) {
    to.set(new Uint8Array(from.buffer, from.byteOffset + start, size), offset);
    return;
  }
  // Four bytes at a time: a loop of single bytes takes 1.6 times as long.
  const quads = size & ~3;
  let i = 0;
  for (; i < quads; i += 4) {
    to[offset + i] = from[start + i] as number;
    to[offset + i + 1] = from[start + i + 1] as number;
    to[offset + i + 2] = from[start + i + 2] as number;
    to[offset + i + 3] = from[start + i + 3] as number;
  }
  for (; i < size; i++) to[offset + i] = from[start + i] as number;
}
