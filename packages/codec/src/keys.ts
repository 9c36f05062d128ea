import { ValueError } from "./errors.ts";

/**
 * Key of one entity key in caches and in the Redis store. Nothing is escaped: callers refuse `|` in the values of an
 * entity with several keys.
 *
 * @param keyValues in the order of the entity's keys
 */
export function entityKeyString(entityLabel: string, keyValues: readonly string[]): string {
  return keyValues.length === 1
    ? `${entityLabel}:${keyValues[0]}`
    : `${entityLabel}:${keyValues.join("|")}`;
}

/**
 * Cuts a block into the pieces that a store keeps in a group's columns, in the order of the columns sorted as text.
 *
 * @returns one piece a column, views of `block`; spare columns get empty pieces
 * @throws {ValueError} if the block does not fit
 */
export function splitBlock(
  block: Uint8Array,
  columnCount: number,
  maxColumnSizeBytes: number,
): Uint8Array[] {
  if (!(block.length <= columnCount * maxColumnSizeBytes)) {
    throw new ValueError(
      `block of ${block.length} bytes does not fit ${columnCount} columns of ${maxColumnSizeBytes} bytes`,
    );
  }
  const pieces = new Array<Uint8Array>(columnCount);
  for (let i = 0; i < columnCount; i++) {
    pieces[i] = block.subarray(i * maxColumnSizeBytes, (i + 1) * maxColumnSizeBytes);
  }
  return pieces;
}

/**
 * Puts the pieces of a block together again, in a buffer of its own.
 *
 * @param parts in the order of `splitBlock`; null and undefined count as empty
 * @returns undefined if there is nothing in any column
 */
export function joinColumns(
  parts: readonly (Uint8Array | null | undefined)[],
): Uint8Array | undefined {
  let sizeBytes = 0;
  for (let i = 0; i < parts.length; i++) sizeBytes += parts[i]?.length ?? 0;
  if (sizeBytes === 0) return undefined;
  const block = new Uint8Array(sizeBytes);
  let offset = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    if (part === null || part === undefined) continue;
    block.set(part, offset);
    offset += part.length;
  }
  return block;
}
