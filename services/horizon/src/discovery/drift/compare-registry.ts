import type { Catalog, CatalogSource } from "../catalog/model.ts";
import { activeVersionOf, faultsOfGroup } from "../catalog/read-group.ts";
import { createDifference, type Difference } from "./model.ts";

/** What does not fit together within the registry. */
export function compareRegistry(catalog: Catalog): Difference[] {
  return [...faultyNodes(catalog), ...unknownJobs(catalog), ...strangeSources(catalog)];
}

function faultyNodes({ snapshot }: Catalog): Difference[] {
  return snapshot.faults.map(({ path, reason, disables }) =>
    createDifference({
      kind: "node-faulty",
      severity: disables === "nothing" ? "warning" : "error",
      subject: `node ${path}`,
      message: disables === "nothing" ? reason : `${reason}; the ${disables} is not served`,
    }),
  );
}

function unknownJobs(catalog: Catalog): Difference[] {
  const differences: Difference[] = [];
  for (const { groups } of catalog.entities.values()) {
    for (const { entityLabel, label, jobId } of groups.values()) {
      if (catalog.writers.has(jobId)) continue;
      differences.push(
        createDifference({
          kind: "job-unknown",
          severity: "warning",
          subject: `feature-group ${entityLabel}/${label}`,
          message: `its job ${JSON.stringify(jobId)} is not registered: no job can ask for its sources`,
        }),
      );
    }
  }
  return differences;
}

function strangeSources(catalog: Catalog): Difference[] {
  const labels = new Map<string, ReadonlySet<string>>();
  for (const { groups } of catalog.entities.values()) {
    for (const group of groups.values()) {
      const features = activeVersionOf(group)?.features ?? [];
      labels.set(
        `${group.entityLabel}|${group.label}`,
        new Set(features.map(({ label }) => label)),
      );
    }
  }
  return [...catalog.sources.values()].flatMap((source) => {
    const known = labels.get(`${source.entityLabel}|${source.groupLabel}`);
    return strangeSource(source, known?.has(source.featureLabel) === true, catalog);
  });
}

/** Deleting is safe only where nothing reads the entry: one that no feature has, or that names no source. */
function strangeSource(
  source: CatalogSource,
  isOfFeature: boolean,
  catalog: Catalog,
): Difference[] {
  const subject = `source ${source.name}`;
  const [fault] = source.faults;
  if (fault !== undefined) {
    const message = `${fault.path}: ${fault.reason}`;
    return [createDifference({ kind: "source-faulty", severity: "warning", subject, message })];
  }
  const isEmpty = source.provider === "";
  if (isOfFeature && !isEmpty) return [];
  const message = isEmpty
    ? "it names no source, and push clients refuse it"
    : "no active version has this feature";
  return [
    createDifference({
      kind: "source-stray",
      severity: "info",
      subject,
      message,
      found: `${source.provider}|${source.basePath}|${source.column}`,
      remedy:
        isEmpty || isSurelyGone(source, catalog)
          ? { do: "delete", path: `source/${source.name}` }
          : undefined,
    }),
  ];
}

/** Whether the feature is really not there, and not just hidden by a fault that somebody may put right. */
function isSurelyGone({ entityLabel, groupLabel }: CatalogSource, catalog: Catalog): boolean {
  const entity = catalog.entities.get(entityLabel);
  if (entity === undefined) {
    return !catalog.snapshot.faults.some(({ path }) => path === "" || path === "entities");
  }
  if (entity.faults.length > 0) return false;
  const group = entity.groups.get(groupLabel);
  return group === undefined || faultsOfGroup(group).length === 0;
}
