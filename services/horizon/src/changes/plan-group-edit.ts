import { quote } from "@ofs/registry";
import { findEntity } from "./group-place.ts";
import { readNumber } from "./group-view.ts";
import { editableGroupFields } from "./group-writes.ts";
import type { Planned } from "./model.ts";
import type { Payloads } from "./payloads.ts";
import { Problems } from "./problems.ts";
import type { RegistryView } from "./registry-view.ts";
import { finishPlan, type PlanTree, refuse, Writes } from "./writes.ts";

/** Changes of TTL and cache flags. */
export function planGroupEdit(
  payload: Payloads["feature-group-edit"],
  tree: PlanTree,
  view: RegistryView,
): Planned {
  const problems = new Problems();
  const entity = findEntity(payload["entity-label"], view, problems);
  const label = payload["fg-label"];
  const group = entity && view.groups(entity).get(label);
  if (entity !== undefined && group === undefined) {
    const of = `of entity ${quote(entity.name)}`;
    problems.missing("fg-label", `feature group ${quote(label)} ${of} is not there`);
  }
  if (group === undefined) return refuse(problems);
  const writes = new Writes(tree);
  for (const [name, text] of editableGroupFields(payload))
    writes.put(`${group.path}/${name}`, text);
  const version = readNumber(group, "active-version") ?? "unknown";
  const unchanged = [`${group.path}/id`];
  return finishPlan(tree, writes, { outcome: { version }, unchanged }, problems);
}
