const KEY_BYTES = 16;

/** 128 random bits in hex. Not `randomUUID`: browsers have that only on https and localhost. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
