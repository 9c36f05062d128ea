import { NodeFault, quote } from "@ofs/registry";
import { type CallerNode, findCaller, writeCaller } from "./caller-node.ts";
import type { JobType } from "./job-payloads.ts";
import type { PlanContext, Planned } from "./model.ts";
import type { Payloads } from "./payloads.ts";
import { Problems } from "./problems.ts";
import { RegistryView } from "./registry-view.ts";
import { finishPlan, type PlanTree, refuse, Writes } from "./writes.ts";

/**
 * A new token. The one before stays beside it as `previous` until the overlap is over, which readers of the tree tell by
 * their clocks; one that was `previous` until now ends at once. Tokens stand in the writes only, never in the outcome.
 */
export function planJobRotate(
  payload: Payloads["job-rotate"],
  tree: PlanTree,
  view: RegistryView,
  context: PlanContext,
): Planned {
  const problems = new Problems();
  const { "job-type": type, "job-id": id, token, restore } = payload;
  const caller = findCaller(type, id, tree, view, problems);
  if (caller === undefined) return refuse(problems);
  const { access, credentials } = caller;
  if (access instanceof NodeFault) {
    const reason = `${type} ${quote(id)} cannot be read: ${access.path} ${access.message}`;
    problems.conflict("job-id", reason);
    return refuse(problems);
  }
  if (access.isRevoked && !restore) {
    const reason = `the tokens of ${type} ${quote(id)} were revoked: true lets it call again`;
    problems.conflict("restore", reason);
  }
  if (token !== undefined && token === tokenOf(caller)) {
    problems.conflict("token", `${type} ${quote(id)} has this token already`);
  }
  if (problems.count > 0) return refuse(problems);
  const overlapSeconds = access.isRevoked ? 0 : payload["overlap-seconds"];
  const until = context.nowSeconds() + overlapSeconds;
  const writes = new Writes(tree);
  const made = { token: token ?? context.newToken() };
  const isOverlapping = overlapSeconds > 0;
  writeCaller(
    caller,
    isOverlapping ? { ...made, previous: { ...credentials, until } } : made,
    writes,
  );
  const outcome = {
    jobType: type,
    jobId: id,
    ...(isOverlapping ? { previousUntil: toText(until) } : {}),
  };
  const parts = { outcome, unchanged: caller.ownPaths };
  return finishPlan(tree, writes, parts, problems);
}

/** A request without its token never is. */
export function isJobRotateCarriedOut(
  payload: Payloads["job-rotate"],
  view: RegistryView,
): boolean {
  const { "job-type": type, "job-id": id, token } = payload;
  const caller = findCaller(type, id, view.tree, view, new Problems());
  if (token === undefined || caller === undefined || caller.access instanceof NodeFault) {
    return false;
  }
  return tokenOf(caller) === token && !caller.access.isRevoked;
}

/**
 * Takes all tokens from a job or client, and keeps what else it is: groups that name it, its scopes. Its token becomes one
 * that nobody is told, so readers that do not know of `revoked` refuse the old ones, too.
 */
export function planRevocation(
  type: JobType,
  id: string,
  tree: PlanTree,
  newToken: () => string,
): Planned {
  const problems = new Problems();
  const caller = findCaller(type, id, tree, new RegistryView(tree), problems);
  if (caller === undefined) return refuse(problems);
  const writes = new Writes(tree);
  const { access, ownPaths } = caller;
  const isRevoked = !(access instanceof NodeFault) && access.isRevoked;
  if (!isRevoked) writeCaller(caller, { token: newToken(), revoked: true }, writes);
  const outcome = { jobType: type, jobId: id };
  return finishPlan(tree, writes, { outcome, unchanged: ownPaths }, problems);
}

/** RFC 3339, for people. */
function toText(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace(".000Z", "Z");
}

function tokenOf({ credentials }: CallerNode): unknown {
  return Object.entries(credentials).find(([name]) => name.toLowerCase() === "token")?.[1];
}
