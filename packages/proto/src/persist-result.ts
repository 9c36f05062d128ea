/** Text of a successful persist. Older clients show it to their users. */
export const PERSIST_OK_MESSAGE = "Data Persisted Successfully";

/** Tag of `persist.Result.message`, field 2. */
const MESSAGE_TAG = 0x12;

/** The whole `persist.Result` of a successful persist. Never write to it. */
export const PERSIST_OK: Uint8Array = Buffer.from([
  MESSAGE_TAG,
  PERSIST_OK_MESSAGE.length,
  ...Buffer.from(PERSIST_OK_MESSAGE),
]);
