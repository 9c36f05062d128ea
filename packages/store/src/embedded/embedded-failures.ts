import { CodecError } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";

/** lmdb reports a failed commit as one error, and what failed in a promise beside it. */
interface CommitFailure extends Error {
  readonly commitError: Promise<unknown>;
}

function isCommitFailure(error: unknown): error is CommitFailure {
  return error instanceof Error && "commitError" in error;
}

/** What made a commit fail: waits for lmdb's own reason, and takes care that it is not left unhandled. */
export async function commitFailureCause(error: unknown): Promise<unknown> {
  if (!isCommitFailure(error)) return error;
  try {
    await error.commitError;
    return error;
  } catch (cause) {
    return cause;
  }
}

/** @param what was being done, for example `commit failed` */
export function embeddedFailure(folder: string, what: string, cause: unknown): FeatureStoreError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FeatureStoreError("UNAVAILABLE", `embedded store in ${folder}: ${what}: ${reason}`, {
    cause,
  });
}

export function closedFailure(folder: string): FeatureStoreError {
  return new FeatureStoreError("UNAVAILABLE", `embedded store in ${folder}: it is closed`);
}

/** Failures pass; anything else met while a record was read is a damaged or unreadable store. */
export function recordFailure(folder: string, error: unknown): FeatureStoreError {
  if (error instanceof FeatureStoreError) return error;
  if (error instanceof CodecError) {
    return new FeatureStoreError(
      "INTERNAL",
      `embedded store in ${folder}: a stored row is damaged: ${error.message}`,
      { cause: error },
    );
  }
  return embeddedFailure(folder, "a row cannot be read or written", error);
}
