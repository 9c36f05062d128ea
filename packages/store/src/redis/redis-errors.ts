import { FeatureStoreError } from "@ofs/platform";

/** Replies that a later attempt, or another node, may not give. */
const TRANSIENT_REPLY = /^(LOADING|READONLY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|BUSY|MOVED|ASK) /;

/** Replies that mean that the cluster's layout has changed since the client looked. */
const REDIRECT_REPLY = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /;

/** Nothing was sent: there is no connection. */
export class NotConnectedError extends Error {
  override readonly name = "NotConnectedError";
}

/** Whether a reply sends the caller to another node. */
export function isRedirect(error: Error): boolean {
  return REDIRECT_REPLY.test(error.message);
}

/** Whether the server does not hold a script of that digest. */
export function isUnknownScript(error: Error): boolean {
  return error.message.startsWith("NOSCRIPT");
}

/**
 * Whether sending the same command again may help. A lost connection counts (the command may have been
 * applied: all our commands are idempotent), a timeout does not: its time is spent.
 */
export function mayHelpToRetry(error: Error): boolean {
  if (error instanceof FeatureStoreError) return false;
  return isReply(error) ? TRANSIENT_REPLY.test(error.message) : true;
}

/** Turns whatever went wrong with one command into an error of the fleet. */
export function toStoreError(error: Error, connectionName: string): FeatureStoreError {
  if (error instanceof FeatureStoreError) return error;
  const message = `${connectionName}: ${error.message}`;
  if (!isReply(error)) return new FeatureStoreError("UNAVAILABLE", message, { cause: error });
  if (error.message.startsWith("WRONGTYPE")) {
    return new FeatureStoreError("FAILED_PRECONDITION", message, { cause: error });
  }
  if (error.message.includes("user_script:")) {
    return new FeatureStoreError("INTERNAL", message, { cause: error });
  }
  return new FeatureStoreError("UNAVAILABLE", message, { cause: error });
}

function isReply(error: Error): boolean {
  return error.name === "ReplyError";
}
