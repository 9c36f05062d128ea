/** Slots of a Redis cluster. */
export const SLOT_COUNT = 16_384;

/** CRC-16/XMODEM: polynomial 0x1021, initial value 0. */
const CRC16_POLYNOMIAL = 0x1021;

/** Up to here UTF-8 and UTF-16 are the same, and most keys never leave it. */
const LAST_ASCII = 0x7f;

const crc16Table = createTable();

function createTable(): Uint16Array {
  const table = new Uint16Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte << 8;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 0x8000 ? (crc << 1) ^ CRC16_POLYNOMIAL : crc << 1;
    }
    table[byte] = crc & 0xffff;
  }
  return table;
}

/**
 * The cluster slot of a key: CRC-16 of its hash tag, or of the whole key if it has none.
 *
 * @returns 0-16383
 */
export function hashSlot(key: string): number {
  const text = hashTag(key) ?? key;
  let crc = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > LAST_ASCII) return crc16(Buffer.from(text)) % SLOT_COUNT;
    crc = ((crc << 8) & 0xffff) ^ (crc16Table[(crc >> 8) ^ unit] as number);
  }
  return crc % SLOT_COUNT;
}

function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < bytes.length; i++) {
    crc = ((crc << 8) & 0xffff) ^ (crc16Table[(crc >> 8) ^ (bytes[i] as number)] as number);
  }
  return crc;
}

/** The text between the first `{` and the first `}` after it, unless there is none or it is empty. */
export function hashTag(key: string): string | undefined {
  const open = key.indexOf("{");
  if (open < 0) return undefined;
  const close = key.indexOf("}", open + 1);
  return close > open + 1 ? key.slice(open + 1, close) : undefined;
}
