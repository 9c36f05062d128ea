import type { Catalog, CatalogGroup, CatalogJob } from "../catalog/model.ts";
import { type FaultsShape, faultsShape } from "./discovery-shapes.ts";

export interface GroupName {
  readonly "entity-label": string;
  readonly "feature-group-label": string;
}

/**
 * A writer job or a client: what the data plane lets it do, and what it feeds. Never its tokens. A writer's token opens
 * the mapping of its sources, and nothing of the data plane.
 */
export interface JobShape extends FaultsShape {
  readonly "job-id": string;
  readonly "job-type": "writer" | "reader";
  /** Groups that name it as their job; none for clients. */
  readonly writes: GroupName[];
  /** Entities that it may use; null = all. */
  readonly entities: string[] | null;
  readonly "may-read": boolean;
  readonly "may-write": boolean;
  /** When its previous token ends, in Unix seconds; null without one that is still accepted. */
  readonly "previous-token-until": number | null;
  /** Whether all its tokens were taken from it. */
  readonly revoked: boolean;
}

/** Names only, sorted: the published shape. */
export function jobNames(catalog: Catalog, kind: CatalogJob["kind"]): string[] {
  return [...jobsOf(catalog, kind).keys()];
}

export function jobShapes(
  catalog: Catalog,
  kind: CatalogJob["kind"],
  nowSeconds: number,
): JobShape[] {
  return [...jobsOf(catalog, kind).values()].map((job) => jobShape(catalog, job, nowSeconds));
}

function jobShape(catalog: Catalog, job: CatalogJob, nowSeconds: number): JobShape {
  const { access } = job;
  const ends = (access?.credentials ?? []).flatMap(({ untilSeconds }) =>
    untilSeconds !== undefined && untilSeconds >= nowSeconds ? [untilSeconds] : [],
  );
  return {
    "job-id": job.id,
    "job-type": job.kind,
    writes: job.kind === "writer" ? groupsOfJob(catalog, job.id).map(groupName) : [],
    entities: access?.entities === undefined ? null : [...access.entities].sort(),
    "may-read": job.kind === "reader" && access?.mayRead === true,
    "may-write": job.kind === "reader" && access?.mayWrite === true,
    "previous-token-until": ends.length === 0 ? null : Math.max(...ends),
    revoked: access?.isRevoked === true,
    ...faultsShape(job.faults),
  };
}

/** Groups that name a job as theirs, by entity and label. */
export function groupsOfJob(catalog: Catalog, jobId: string): CatalogGroup[] {
  const groups: CatalogGroup[] = [];
  for (const entity of catalog.entities.values()) {
    for (const group of entity.groups.values()) if (group.jobId === jobId) groups.push(group);
  }
  return groups;
}

export function jobsOf(
  catalog: Catalog,
  kind: CatalogJob["kind"],
): ReadonlyMap<string, CatalogJob> {
  return kind === "writer" ? catalog.writers : catalog.readers;
}

function groupName({ entityLabel, label }: CatalogGroup): GroupName {
  return { "entity-label": entityLabel, "feature-group-label": label };
}
