import { FeatureStoreError } from "@ofs/platform";

/** Receipts that a tree keeps: those of its newest conditional writes that left one. */
export const RECEIPTS_MAX = 200;

/** Of one receipt, in characters. */
const RECEIPT_LENGTH_MAX = 200;

/** @throws {FeatureStoreError} INVALID_ARGUMENT */
export function assertReceipt(receipt: string | undefined): void {
  if (receipt === undefined) return;
  if (receipt.length > 0 && receipt.length <= RECEIPT_LENGTH_MAX) return;
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `a receipt must have 1 to ${RECEIPT_LENGTH_MAX} characters, not ${receipt.length}`,
  );
}

/** @returns the newest receipts, the last one last */
export function withReceipt(
  receipts: readonly string[],
  receipt: string | undefined,
): readonly string[] {
  return receipt === undefined ? receipts : [...receipts, receipt].slice(-RECEIPTS_MAX);
}

/** @param value as it was stored; undefined = there were none. @throws {TypeError} if it is something else */
export function parseReceipts(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw new TypeError("receipts must be a list of texts");
}
