import { type ErrorCode, FeatureStoreError } from "@ofs/platform";
import { errors, types } from "cassandra-driver";

const { responseErrorCodes } = types;

/** What the server says of itself or of its replicas: another time it may work. */
const UNAVAILABLE_CODES: ReadonlySet<number> = new Set([
  responseErrorCodes.serverError,
  responseErrorCodes.protocolError,
  responseErrorCodes.unavailableException,
  responseErrorCodes.overloaded,
  responseErrorCodes.isBootstrapping,
  responseErrorCodes.truncateError,
  responseErrorCodes.writeTimeout,
  responseErrorCodes.readTimeout,
  responseErrorCodes.readFailure,
  responseErrorCodes.writeFailure,
]);

/** What the server says of the statement: schema or rights are not as they must be. */
const PRECONDITION_CODES: ReadonlySet<number> = new Set([
  responseErrorCodes.badCredentials,
  responseErrorCodes.syntaxError,
  responseErrorCodes.unauthorized,
  responseErrorCodes.invalid,
  responseErrorCodes.configError,
]);

/**
 * Turns what the driver threw into our own error; none of the driver's leaves the adapter.
 *
 * @param subject names store and table, for the message
 * @param isPastDeadline a time-out is then the caller's deadline
 */
export function toScyllaFailure(
  error: unknown,
  subject: string,
  isPastDeadline: boolean,
): FeatureStoreError {
  if (error instanceof FeatureStoreError) return error;
  const code = codeOf(error, isPastDeadline);
  return new FeatureStoreError(code, `${subject}: ${reasonOf(error)}`, { cause: error });
}

/** Whether the statement may have been refused for its size or its mix, so that parts of it may pass. */
export function isResponseError(error: unknown, code: number): boolean {
  return error instanceof errors.ResponseError && error.code === code;
}

/**
 * Whether the driver no longer knows a statement that a node has forgotten, too, and asks for: it was given up for others
 * in between (`maxPreparedStatements`). Nothing was carried out, and it can be prepared anew.
 */
export function isForgottenStatement(error: unknown): boolean {
  return error instanceof errors.DriverInternalError && error.message.startsWith("Unprepared");
}

function codeOf(error: unknown, isPastDeadline: boolean): ErrorCode {
  if (error instanceof errors.OperationTimedOutError) {
    return isPastDeadline ? "DEADLINE_EXCEEDED" : "UNAVAILABLE";
  }
  if (error instanceof errors.NoHostAvailableError) return noHostCode(error, isPastDeadline);
  if (error instanceof errors.AuthenticationError) return "FAILED_PRECONDITION";
  if (error instanceof errors.BusyConnectionError) return "RESOURCE_EXHAUSTED";
  if (error instanceof errors.ResponseError) {
    if (UNAVAILABLE_CODES.has(error.code)) return "UNAVAILABLE";
    if (PRECONDITION_CODES.has(error.code)) return "FAILED_PRECONDITION";
    return "INTERNAL";
  }
  return isSocketError(error) || isConnectionState(error) ? "UNAVAILABLE" : "INTERNAL";
}

/**
 * What the driver says of its connections it says by plain errors ("No connection available", where a statement is to
 * be prepared on a node whose pool is just being filled again) and, of answers that fit no question of its own, by
 * internal ones. Mistakes in a program are errors of a kind of their own, such as TypeError.
 */
function isConnectionState(error: unknown): boolean {
  if (error instanceof errors.DriverInternalError) return true;
  return error instanceof Error && Object.getPrototypeOf(error) === Error.prototype;
}

/** A connection of all nodes that failed for one reason fails for that reason. */
function noHostCode(error: errors.NoHostAvailableError, isPastDeadline: boolean): ErrorCode {
  const reasons = innerErrors(error);
  if (reasons.some(isOurSetting)) return "FAILED_PRECONDITION";
  if (
    reasons.length > 0 &&
    reasons.every((reason) => reason instanceof errors.BusyConnectionError)
  ) {
    return "RESOURCE_EXHAUSTED";
  }
  const isTimeout = reasons.some((reason) => reason instanceof errors.OperationTimedOutError);
  return isTimeout && isPastDeadline ? "DEADLINE_EXCEEDED" : "UNAVAILABLE";
}

/** Wrong credentials, or a data centre that the cluster does not have. */
function isOurSetting(reason: unknown): boolean {
  return reason instanceof errors.AuthenticationError || reason instanceof errors.ArgumentError;
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.NoHostAvailableError) {
    const reasons = innerErrors(error).map((reason) =>
      reason instanceof Error ? reason.message : String(reason),
    );
    return `no node could answer (${[...new Set(reasons)].join("; ") || "none is known"})`;
  }
  return error instanceof Error ? error.message : String(error);
}

function innerErrors(error: errors.NoHostAvailableError): unknown[] {
  return Object.values((error.innerErrors ?? {}) as Record<string, unknown>).filter(Boolean);
}

function isSocketError(error: unknown): boolean {
  return (
    error instanceof Error &&
    ("isSocketError" in error || ("code" in error && typeof error.code === "string"))
  );
}
