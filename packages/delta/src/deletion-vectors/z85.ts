const ALPHABET =
  "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
const DIGITS: ReadonlyMap<string, number> = new Map(
  [...ALPHABET].map((character, digit) => [character, digit]),
);
const CHARACTERS_PER_WORD = 5;
const BYTES_PER_WORD = 4;
const BASE = 85;
const WORD_MAX = 0xffff_ffff;

/**
 * Decodes Z85 (ZeroMQ RFC 32): five characters are four bytes, big-endian.
 *
 * @returns undefined if it is not Z85
 */
export function decodeZ85(text: string): Buffer | undefined {
  if (text.length % CHARACTERS_PER_WORD !== 0) return undefined;
  const bytes = Buffer.alloc((text.length / CHARACTERS_PER_WORD) * BYTES_PER_WORD);
  for (let word = 0; word * CHARACTERS_PER_WORD < text.length; word++) {
    let value = 0;
    for (let index = 0; index < CHARACTERS_PER_WORD; index++) {
      const digit = DIGITS.get(text.charAt(word * CHARACTERS_PER_WORD + index));
      if (digit === undefined) return undefined;
      value = value * BASE + digit;
    }
    if (value > WORD_MAX) return undefined;
    bytes.writeUInt32BE(value, word * BYTES_PER_WORD);
  }
  return bytes;
}
