import { type ErrorCode, FeatureStoreError } from "@ofs/platform";
import {
  EtcdAuthenticationFailedError,
  EtcdPermissionDeniedError,
  GRPCDeadlineExceededError,
  GRPCInvalidArgumentError,
  GRPCResourceExhastedError,
} from "etcd3";

/** The revision that was asked for is no longer kept. */
export function isCompacted(error: unknown): boolean {
  return error instanceof Error && error.message.includes("required revision has been compacted");
}

/** A reply larger than the client takes, or a request larger than the server takes. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof GRPCResourceExhastedError && error.message.includes("larger than max");
}

export function isPermissionDenied(error: unknown): boolean {
  return error instanceof EtcdPermissionDeniedError;
}

/** Whether the answer is etcd's own and another connection, with a log-in of its own, gets the same. */
export function isDefinite(error: unknown): boolean {
  if (!(error instanceof Error) || error.message.includes("auth store is old")) return false;
  return (
    error instanceof GRPCInvalidArgumentError ||
    error instanceof GRPCResourceExhastedError ||
    isPermissionDenied(error) ||
    isCompacted(error)
  );
}

/** Turns a client's error into ours; it stays the cause. */
export function toStoreError(action: string, error: unknown): FeatureStoreError {
  if (error instanceof FeatureStoreError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new FeatureStoreError(codeOf(error), `etcd: ${action}: ${reason}`, { cause: error });
}

function codeOf(error: unknown): ErrorCode {
  if (isPermissionDenied(error)) return "PERMISSION_DENIED";
  if (error instanceof EtcdAuthenticationFailedError) return "PERMISSION_DENIED";
  if (error instanceof GRPCDeadlineExceededError) return "DEADLINE_EXCEEDED";
  if (error instanceof GRPCInvalidArgumentError || isTooLarge(error)) return "INVALID_ARGUMENT";
  if (error instanceof GRPCResourceExhastedError) return "RESOURCE_EXHAUSTED";
  return "UNAVAILABLE";
}
