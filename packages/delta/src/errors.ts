import { type ErrorCode, FeatureStoreError } from "@ofs/platform";

/**
 * A table, a version or a file that cannot be read, named in the message.
 *
 * Codes: NOT_FOUND (table, version or file is not there), UNIMPLEMENTED (a feature or type that is not known),
 * FAILED_PRECONDITION (the table contradicts itself: broken, incomplete), INVALID_ARGUMENT (the request),
 * RESOURCE_EXHAUSTED (beyond a limit), UNAVAILABLE (the storage does not answer; worth another try).
 */
export class DeltaError extends FeatureStoreError {
  override readonly name = "DeltaError";
}

/** The table contradicts itself. */
export function brokenTable(message: string, cause?: unknown): DeltaError {
  return new DeltaError("FAILED_PRECONDITION", message, { cause });
}

/** Wraps what a library threw; errors of this package pass. */
export function wrapError(error: unknown, code: ErrorCode, context: string): Error {
  if (error instanceof FeatureStoreError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DeltaError(code, `${context}: ${reason}`, { cause: error });
}
