import { ValueError } from "./errors.ts";

/*
 * Expiry in a block's header: UTC calendar fields, packed into 40 bits. Never = five zero bytes.
 *
 *   39..26   25..17               16..0
 *   year     day (1 January = 0)  second of the day
 *
 * Bytes 0-3 hold bits 39..8 little endian, byte 4 holds bits 7..0.
 */

const SECONDS_PER_DAY = 86_400;
const MAX_YEAR = 16_383;
/** Days from 0000-01-01 to 1970-01-01, proleptic Gregorian. */
const EPOCH_DAYS = daysBeforeYear(1970);
/** First second that the 14-bit year cannot express. */
const END_SECONDS = (daysBeforeYear(MAX_YEAR + 1) - EPOCH_DAYS) * SECONDS_PER_DAY;

function daysBeforeYear(year: number): number {
  const last = year - 1;
  return year * 365 + Math.floor(last / 4) - Math.floor(last / 100) + Math.floor(last / 400) + 1;
}

/**
 * Writes five bytes.
 *
 * @param expiryAtSeconds Unix seconds; 0 = never
 * @throws {ValueError} if it is not a whole number of seconds, not after `nowSeconds`, or past the year 16383
 */
export function encodeExpiry(
  expiryAtSeconds: number,
  nowSeconds: number,
  out: Uint8Array,
  offset: number,
): void {
  let high = 0;
  let low = 0;
  if (expiryAtSeconds !== 0) {
    assertEncodable(expiryAtSeconds, nowSeconds);
    const days = Math.floor(expiryAtSeconds / SECONDS_PER_DAY) + EPOCH_DAYS;
    const second = expiryAtSeconds % SECONDS_PER_DAY;
    let year = Math.floor(days / 365.2425);
    if (days < daysBeforeYear(year)) year--;
    else if (days >= daysBeforeYear(year + 1)) year++;
    high = (year << 18) | ((days - daysBeforeYear(year)) << 9) | (second >>> 8);
    low = second & 0xff;
  }
  out[offset] = high & 0xff;
  out[offset + 1] = (high >>> 8) & 0xff;
  out[offset + 2] = (high >>> 16) & 0xff;
  out[offset + 3] = high >>> 24;
  out[offset + 4] = low;
}

function assertEncodable(expiryAtSeconds: number, nowSeconds: number): void {
  if (!Number.isSafeInteger(expiryAtSeconds)) {
    throw new ValueError(`expiry ${expiryAtSeconds} is not a whole number of seconds`);
  }
  if (!(expiryAtSeconds > nowSeconds)) {
    throw new ValueError(`expiry ${expiryAtSeconds} is not after now, ${nowSeconds}`);
  }
  if (expiryAtSeconds < 0 || expiryAtSeconds >= END_SECONDS) {
    throw new ValueError(`expiry ${expiryAtSeconds} is not between 1970 and the year ${MAX_YEAR}`);
  }
}

/**
 * Reads five bytes. Days and seconds beyond the calendar's simply add.
 *
 * @returns Unix seconds; 0 = never. The first second of 1970, which would be 0, too, is given as -1: long past.
 */
export function decodeExpiry(bytes: Uint8Array, offset: number): number {
  const high =
    ((bytes[offset] as number) |
      ((bytes[offset + 1] as number) << 8) |
      ((bytes[offset + 2] as number) << 16) |
      ((bytes[offset + 3] as number) << 24)) >>>
    0;
  const low = bytes[offset + 4] as number;
  if (high === 0 && low === 0) return 0;
  const days = daysBeforeYear(high >>> 18) + ((high >>> 9) & 0x1ff) - EPOCH_DAYS;
  const seconds = days * SECONDS_PER_DAY + ((high & 0x1ff) << 8) + low;
  return seconds === 0 ? -1 : seconds;
}

/**
 * A block is live up to and including the second it expires at; any fraction past it counts.
 *
 * @param expiryAtSeconds Unix seconds; 0 = never
 */
export function isExpired(expiryAtSeconds: number, nowMs: number): boolean {
  return expiryAtSeconds !== 0 && nowMs > expiryAtSeconds * 1000;
}
