import { quote } from "@ofs/registry";
import type { PlanContext, Planned } from "./model.ts";
import type { Payloads } from "./payloads.ts";
import { asTaken, Problems } from "./problems.ts";
import { findFolded, type RegistryView } from "./registry-view.ts";
import { finishPlan, type PlanTree, Writes } from "./writes.ts";

/** A new writer or reader. Its token stands in the writes only, never in the outcome. */
export function planJob(
  payload: Payloads["job"],
  tree: PlanTree,
  view: RegistryView,
  context: PlanContext,
): Planned {
  const problems = new Problems();
  const { "job-type": type, "job-id": id, token, scopes } = payload;
  const taken = findFolded(view.jobs(type).keys(), id);
  if (taken !== undefined) {
    problems.conflict("job-id", `${quote(id)} is a ${type} already${asTaken(id, taken)}`);
  }
  if (scopes !== undefined && type !== "reader") {
    problems.invalid("scopes", `a ${type} has no scopes: they limit readers`);
  }
  if (scopes?.access?.length === 0) {
    problems.invalid("scopes.access", "a list of 0 allows nothing: name read, write or both");
  }
  if (scopes?.entities?.length === 0) {
    problems.invalid(
      "scopes.entities",
      "a list of 0 allows nothing: name entities, or leave it out",
    );
  }
  const path = `security/${type}/${id}`;
  const writes = new Writes(tree);
  if (problems.count === 0) writes.put(path, formatJob(token ?? context.newToken(), scopes));
  const outcome = { jobType: type, jobId: id };
  return finishPlan(tree, writes, { outcome, absent: [path] }, problems);
}

/** A request without its token never is: whoever has the token that stands there cannot be told. */
export function isJobCarriedOut(payload: Payloads["job"], view: RegistryView): boolean {
  const { "job-type": type, "job-id": id, token, scopes } = payload;
  if (token === undefined) return false;
  return view.text(`security/${type}/${id}`) === formatJob(token, scopes);
}

function formatJob(token: string, scopes: Payloads["job"]["scopes"]): string {
  return JSON.stringify(scopes === undefined ? { token } : { token, scopes });
}
