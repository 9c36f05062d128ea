import type { Catalog, CatalogGroup } from "../catalog/model.ts";
import { activeVersionOf } from "../catalog/read-group.ts";
import { formatSource, isMapped, sourceName } from "../catalog/read-sources.ts";
import type { ApprovedGroup, ApprovedState } from "./approved-state.ts";
import { createDifference, type Difference, type Remedy } from "./model.ts";
import type { ApprovedFeature } from "./payloads.ts";

/** Labels that can be part of a path of the registry. */
const LABEL = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/;

/** Compares approved groups, their features and sources with those of the registry. */
export function compareGroups(state: ApprovedState, catalog: Catalog): Difference[] {
  const differences: Difference[] = [];
  for (const [name, approved] of state.groups) {
    const subject = `feature-group ${name}`;
    const group = catalog.entities.get(approved.entityLabel)?.groups.get(approved.label);
    if (group === undefined) {
      const message = `request ${approved.requestId} was approved, but the registry does not have it: register it again`;
      differences.push(
        createDifference({ kind: "group-missing", severity: "error", subject, message }),
      );
      continue;
    }
    differences.push(...compareFields(approved, group, subject));
    differences.push(...compareFeatures(approved, group, catalog));
  }
  return differences;
}

function compareFields(
  approved: ApprovedGroup,
  group: CatalogGroup,
  subject: string,
): Difference[] {
  const fields: readonly (readonly [string, unknown, unknown, "fixed" | "changeable"])[] = [
    ["data-type", approved.dataTypeName, group.dataTypeName, "fixed"],
    ["store-id", approved.storeId, group.storeId, "fixed"],
    ["job-id", approved.jobId, group.jobId, "fixed"],
    ["ttl-in-seconds", approved.ttlSeconds, group.ttlSeconds, "changeable"],
    ["in-memory-cache-enabled", approved.isInMemoryCached, group.isInMemoryCached, "changeable"],
    [
      "distributed-cache-enabled",
      approved.isDistributedCached,
      group.isDistributedCached,
      "changeable",
    ],
  ];
  return fields.flatMap(([field, wanted, present, nature]) => {
    if (wanted === present) return [];
    const path = `entities/${group.entityLabel}/feature-groups/${group.label}/${field}`;
    const remedy: Remedy = { do: "put", path, value: String(wanted) };
    return [
      createDifference({
        kind: "group-differs",
        severity: nature === "fixed" ? "error" : "warning",
        subject,
        message: `${field} is not what was approved last`,
        expected: String(wanted),
        found: String(present),
        remedy: nature === "fixed" ? undefined : remedy,
      }),
    ];
  });
}

function compareFeatures(
  approved: ApprovedGroup,
  group: CatalogGroup,
  catalog: Catalog,
): Difference[] {
  const active = new Map(activeVersionOf(group)?.features.map((each) => [each.label, each]));
  const differences: Difference[] = [];
  for (const [label, feature] of approved.features) {
    const present = active.get(label);
    if (present !== undefined) {
      differences.push(...compareSource(feature, group, present.defaultText, catalog));
      continue;
    }
    differences.push(
      createDifference({
        kind: "feature-missing",
        severity: "error",
        subject: subjectOf(group, label),
        message: `it was approved, but version ${group.activeVersion} does not have it: add it again`,
      }),
    );
  }
  for (const label of active.keys()) {
    if (approved.features.has(label)) continue;
    differences.push(
      createDifference({
        kind: "feature-unrequested",
        severity: "info",
        subject: subjectOf(group, label),
        message: `version ${group.activeVersion} has it, but no approved request asks for it`,
      }),
    );
  }
  return differences;
}

function compareSource(
  approved: ApprovedFeature,
  group: CatalogGroup,
  defaultText: string,
  catalog: Catalog,
): Difference[] {
  if (approved.provider === "") return [];
  const name = sourceName(group.entityLabel, group.label, approved.label);
  const source = catalog.sources.get(name);
  const expected = placeOf(approved);
  const subject = subjectOf(group, approved.label);
  if (!isMapped(source)) {
    const labels = [group.entityLabel, group.label, approved.label];
    const parts = [approved.provider, approved.basePath, approved.column];
    const isWritable =
      labels.every((label) => LABEL.test(label)) && !parts.some((part) => part.includes("|"));
    const value = formatSource({ ...approved, defaultText });
    return [
      createDifference({
        kind: "source-missing",
        severity: "error",
        subject,
        message: "its source was approved, but the registry does not map it: jobs do not feed it",
        expected,
        found: source === undefined ? "" : placeOf(source),
        remedy: isWritable ? { do: "put", path: `source/${name}`, value } : undefined,
      }),
    ];
  }
  const found = placeOf(source);
  if (found === expected) return [];
  const message = "its source is not the one that was approved last";
  return [
    createDifference({
      kind: "source-differs",
      severity: "warning",
      subject,
      message,
      expected,
      found,
    }),
  ];
}

function placeOf(source: Pick<ApprovedFeature, "provider" | "basePath" | "column">): string {
  return `${source.provider}|${source.basePath}|${source.column}`;
}

function subjectOf(group: CatalogGroup, label: string): string {
  return `feature ${group.entityLabel}/${group.label}/${label}`;
}
