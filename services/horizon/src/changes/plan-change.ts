import type { RegistryTree } from "@ofs/registry";
import {
  isFeaturesAddCarriedOut,
  isFeaturesDeleteCarriedOut,
  isFeaturesEditCarriedOut,
} from "./features-carried-out.ts";
import { isGroupCarriedOut, isGroupEditCarriedOut } from "./group-carried-out.ts";
import type { Change, PlanContext, Planned } from "./model.ts";
import {
  isEntityCarriedOut,
  isEntityEditCarriedOut,
  planEntity,
  planEntityEdit,
} from "./plan-entity.ts";
import { planFeaturesAdd, planFeaturesDelete, planFeaturesEdit } from "./plan-features.ts";
import { planGroup } from "./plan-group.ts";
import { planGroupEdit } from "./plan-group-edit.ts";
import { isJobCarriedOut, planJob } from "./plan-job.ts";
import { isStoreCarriedOut, planStore } from "./plan-store.ts";
import { isJobRotateCarriedOut, planJobRotate } from "./plan-tokens.ts";
import { RegistryView } from "./registry-view.ts";
import type { PlanTree } from "./writes.ts";

/**
 * Checks a change against the registry and says how it is carried out. Pure but for `context.newToken` and `nowSeconds`; nothing of the
 * tree is assumed to be free of faults.
 *
 * @param tree the whole tree, with `authorRevision` if it comes from a `RegistryAuthor`
 * @returns the plan, or all that is wrong
 */
export function planChange(change: Change, tree: PlanTree, context: PlanContext): Planned {
  const view = viewFor(change, tree);
  switch (change.kind) {
    case "store":
      return planStore(change.payload, tree, view, context);
    case "job":
      return planJob(change.payload, tree, view, context);
    case "job-rotate":
      return planJobRotate(change.payload, tree, view, context);
    case "entity":
      return planEntity(change.payload, tree, view, context);
    case "entity-edit":
      return planEntityEdit(change.payload, tree, view, context);
    case "feature-group":
      return planGroup(change.payload, tree, view);
    case "feature-group-edit":
      return planGroupEdit(change.payload, tree, view);
    case "features-add":
      return planFeaturesAdd(change.payload, tree, view);
    case "features-edit":
      return planFeaturesEdit(change.payload, tree, view);
    case "features-delete":
      return planFeaturesDelete(change.payload, tree, view);
  }
}

/**
 * Whether the registry says already what the change's plan would have written: a request that was interrupted after the
 * registry's write has only its row to finish. For requests whose carrying out has begun; of one that nobody has begun it
 * tells that another did the same.
 *
 * Ids and columns that were allotted are not compared. Features that were added or taken out count if the group's history
 * has that very step and its active version still agrees. A job without a token in its payload is never recognised: put a
 * made token into the payload before the request is stored.
 */
export function isCarriedOut(change: Change, tree: RegistryTree): boolean {
  const view = viewFor(change, tree);
  switch (change.kind) {
    case "store":
      return isStoreCarriedOut(change.payload, view);
    case "job":
      return isJobCarriedOut(change.payload, view);
    case "job-rotate":
      return isJobRotateCarriedOut(change.payload, view);
    case "entity":
      return isEntityCarriedOut(change.payload, view);
    case "entity-edit":
      return isEntityEditCarriedOut(change.payload, view);
    case "feature-group":
      return isGroupCarriedOut(change.payload, view);
    case "feature-group-edit":
      return isGroupEditCarriedOut(change.payload, view);
    case "features-add":
      return isFeaturesAddCarriedOut(change.payload, view);
    case "features-edit":
      return isFeaturesEditCarriedOut(change.payload, tree, view);
    case "features-delete":
      return isFeaturesDeleteCarriedOut(change.payload, view);
  }
}

function viewFor({ payload }: Change, tree: RegistryTree): RegistryView {
  return new RegistryView(tree, "entity-label" in payload ? payload["entity-label"] : undefined);
}
