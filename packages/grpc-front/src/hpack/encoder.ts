/*
 * Header blocks without state: literals that enter no table, so that a block can be made once and sent to anyone.
 */

/** @returns the bytes of a number that begins in the low bits of a byte whose other bits are `high` */
function integer(value: number, prefixBits: number, high: number): number[] {
  const max = 2 ** prefixBits - 1;
  if (value < max) return [high | value];
  const bytes = [high | max];
  let rest = value - max;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest & 127) | 128);
  bytes.push(rest);
  return bytes;
}

/** A header of the static table, whole. */
export function indexedField(index: number): Buffer {
  return Buffer.from(integer(index, 7, 0x80));
}

/** @param value one byte for each character */
export function literalField(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name, "latin1");
  const valueBytes = Buffer.from(value, "latin1");
  return Buffer.concat([
    Buffer.of(0),
    Buffer.from(integer(nameBytes.length, 7, 0)),
    nameBytes,
    Buffer.from(integer(valueBytes.length, 7, 0)),
    valueBytes,
  ]);
}
