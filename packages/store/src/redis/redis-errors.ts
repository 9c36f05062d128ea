import { FeatureStoreError } from "@ofs/platform";

/** Replies that a later attempt, or another node, may not give. */
const TRANSIENT_REPLY = /^(LOADING|READONLY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|BUSY|MOVED|ASK) /;

/** Replies that mean that the cluster's layout has changed since the client looked. */
const REDIRECT_REPLY = /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /;

/** Servers before version 7 wrap the reply to a command that a script ran. */
const REPLY_IN_SCRIPT = /^ERR Error running script .*@user_script:\s?\d+: -?([A-Z]{2,} .*)$/;

/** A fault of the script itself, not of a command that it ran. */
const SCRIPT_FAULT = /^ERR .*user_script/;

/** Nothing was sent: there is no connection. */
export class NotConnectedError extends Error {
  override readonly name = "NotConnectedError";
}

/** A reply that tells of an error, as the driver has it: here made of a part of a reply. */
export class ReplyError extends Error {
  override readonly name = "ReplyError";
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
  return isReply(error) ? TRANSIENT_REPLY.test(replyText(error)) : true;
}

/** Turns whatever went wrong with one command into an error of the fleet. */
export function toStoreError(error: Error, connectionName: string): FeatureStoreError {
  if (error instanceof FeatureStoreError) return error;
  const message = `${connectionName}: ${error.message}`;
  if (!isReply(error)) return new FeatureStoreError("UNAVAILABLE", message, { cause: error });
  const reply = replyText(error);
  if (reply.startsWith("WRONGTYPE")) {
    return new FeatureStoreError("FAILED_PRECONDITION", message, { cause: error });
  }
  if (SCRIPT_FAULT.test(reply)) return new FeatureStoreError("INTERNAL", message, { cause: error });
  return new FeatureStoreError("UNAVAILABLE", message, { cause: error });
}

function isReply(error: Error): boolean {
  return error.name === "ReplyError";
}

function replyText({ message }: Error): string {
  return REPLY_IN_SCRIPT.exec(message)?.[1] ?? message;
}
