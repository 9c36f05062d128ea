/** Bytes of a list's count, and of each element's length. */
const LENGTH_SIZE = 4;

/**
 * A `list<text>` as CQL has it: the count, then of each text its length and its UTF-8 bytes; numbers are big endian, of 4
 * bytes. The driver takes it as it is, and makes a buffer of each text otherwise.
 */
export function encodeTextList(texts: readonly string[]): Buffer {
  let size = LENGTH_SIZE;
  for (const text of texts) size += LENGTH_SIZE + Buffer.byteLength(text);
  const list = Buffer.allocUnsafe(size);
  let offset = list.writeInt32BE(texts.length, 0);
  for (const text of texts) {
    const length = list.write(text, offset + LENGTH_SIZE);
    list.writeInt32BE(length, offset);
    offset += LENGTH_SIZE + length;
  }
  return list;
}
