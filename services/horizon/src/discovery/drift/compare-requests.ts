import type { Catalog, CatalogCache, CatalogEntity, CatalogStore } from "../catalog/model.ts";
import { jobsOf } from "../views/jobs.ts";
import type { ApprovedEntity, ApprovedState, ApprovedStore } from "./approved-state.ts";
import { compareGroups } from "./compare-groups.ts";
import { createDifference, type Difference } from "./model.ts";
import type { ApprovedCache } from "./payloads.ts";

/** Compares what was approved with what the registry says. */
export function compareRequests(state: ApprovedState, catalog: Catalog): Difference[] {
  return [
    ...state.unreadable.map(({ request, reason }) =>
      createDifference({
        kind: "request-unreadable",
        severity: "warning",
        subject: `request ${request.kind} ${request.id}`,
        message: `the approved request cannot be compared: ${reason}`,
      }),
    ),
    ...state.stores.flatMap((store) => compareStore(store, catalog)),
    ...state.jobs.flatMap(({ requestId, kind, id }) =>
      jobsOf(catalog, kind).has(id)
        ? []
        : [missing("job-missing", `${kind} ${id}`, requestId, "register it again with a token")],
    ),
    ...[...state.entities.values()].flatMap((entity) => compareEntity(entity, catalog)),
    ...compareGroups(state, catalog),
  ];
}

function compareStore(approved: ApprovedStore, catalog: Catalog): Difference[] {
  const { dbType, confId, table, requestId } = approved;
  const isSamePlace = (store: CatalogStore): boolean =>
    store.dbType === dbType &&
    store.table === table &&
    (dbType === "embedded" || store.confId === confId);
  const candidates = [...catalog.stores.values()].filter(isSamePlace);
  const [found] = candidates;
  const subject = `store of table ${table || "(none)"} (${dbType}, conf-id ${confId})`;
  if (found === undefined) {
    return [missing("store-missing", subject, requestId, "register it again")];
  }
  // Stores without tables can only be told apart by their keys.
  const expected = approved.primaryKeys.join(", ");
  if (candidates.some(({ primaryKeys }) => primaryKeys.join(", ") === expected)) return [];
  return [
    createDifference({
      kind: "store-differs",
      severity: "error",
      subject: `store ${found.id}`,
      message: "primary keys are not those that were approved",
      expected,
      found: found.primaryKeys.join(", "),
    }),
  ];
}

function compareEntity(approved: ApprovedEntity, catalog: Catalog): Difference[] {
  const { label } = approved;
  const subject = `entity ${label}`;
  const entity = catalog.entities.get(label);
  if (entity === undefined) {
    return [missing("entity-missing", subject, approved.requestId, "register it again")];
  }
  const differences: Difference[] = [];
  const expected = approved.keys.join(", ");
  const found = entity.keys.map((key) => `${key.label}=${key.columnLabel}`).join(", ");
  if (found !== expected) {
    const message = "keys (name=column) are not those that were approved";
    differences.push(
      createDifference({
        kind: "entity-differs",
        severity: "error",
        subject,
        message,
        expected,
        found,
      }),
    );
  }
  return [
    ...differences,
    ...compareCache(entity, "in-memory-cache", approved.inMemoryCache, entity.inMemoryCache),
    ...compareCache(
      entity,
      "distributed-cache",
      approved.distributedCache,
      entity.distributedCache,
    ),
  ];
}

function compareCache(
  entity: CatalogEntity,
  name: string,
  approved: ApprovedCache | undefined,
  found: CatalogCache,
): Difference[] {
  if (approved === undefined) return [];
  const fields = [
    ["enabled", approved.isEnabled, found.isEnabled],
    ["ttl-in-seconds", approved.ttlSeconds, found.ttlSeconds],
    ["jitter-percentage", approved.jitterPercent, found.jitterPercent],
  ] as const;
  return fields.flatMap(([field, wanted, present]) =>
    wanted === present
      ? []
      : [
          createDifference({
            kind: "entity-differs",
            severity: "warning",
            subject: `entity ${entity.label}`,
            message: `${name}/${field} is not what was approved last`,
            expected: String(wanted),
            found: String(present),
            remedy: {
              do: "put",
              path: `entities/${entity.label}/${name}/${field}`,
              value: String(wanted),
            },
          }),
        ],
  );
}

/** Something approved that is not in the registry at all: its request holds too little to make it anew. */
function missing(
  kind: Difference["kind"],
  subject: string,
  requestId: number,
  advice: string,
): Difference {
  const message = `request ${requestId} was approved, but the registry does not have it: ${advice}`;
  return createDifference({ kind, severity: "error", subject, message });
}
