import { type ErrorCode, FeatureStoreError } from "@ofs/platform";

/** A store failed on what was asked of it. */
export class RowStoreError extends FeatureStoreError {
  override readonly name = "RowStoreError";
}

/** @param failures one at least; one that a retry may mend counts more than the others */
export function storeFailure(
  failures: readonly FeatureStoreError[],
  text: (first: FeatureStoreError) => string,
): RowStoreError {
  const first = failures.find((failure) => failure.isRetryable) ?? failures[0];
  if (first === undefined) throw new Error("a failure without a cause");
  const code: ErrorCode = first.code;
  return new RowStoreError(code, text(first), { cause: first });
}
