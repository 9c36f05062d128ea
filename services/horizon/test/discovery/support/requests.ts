import type { ChangeKind } from "../../../src/changes/model.ts";
import type { ChangeRequest } from "../../../src/database/ports.ts";

type Payload = Readonly<Record<string, unknown>>;

let lastId = 0;

/** An approved request; each later one was decided later. */
export function approved(
  kind: ChangeKind,
  payload: Payload,
  facts: Partial<ChangeRequest> = {},
): ChangeRequest {
  lastId += 1;
  return {
    id: lastId,
    kind,
    payload,
    createdBy: "author@example.com",
    approvedBy: "admin@example.com",
    status: "APPROVED",
    rejectReason: "",
    createdAtMs: lastId,
    updatedAtMs: lastId,
    attempt: 2,
    ...facts,
  };
}

function feature(label: string, source: string): Payload {
  const [provider = "", path = "", column = ""] = source.split("|");
  return {
    labels: label,
    "default-values": "0.0",
    "source-base-path": path,
    "source-data-column": column,
    "storage-provider": provider,
    "string-length": "0",
    "vector-length": "0",
  };
}

const CACHE_OFF = { enabled: "false", "ttl-in-seconds": 0, "jitter-percentage": 0, "conf-id": 0 };

/** Requests that lead to the example tree. */
export function exampleRequests(): ChangeRequest[] {
  return [
    approved("store", {
      "conf-id": 1,
      "db-type": "scylla",
      table: "user_features",
      "primary-keys": ["user_id"],
      "table-ttl": 0,
    }),
    approved("job", { "job-type": "writer", "job-id": "user_job" }),
    approved("job", { "job-type": "reader", "job-id": "ranker" }),
    approved("entity", {
      "entity-label": "user",
      "key-map": { "0": { sequence: 0, "entity-label": "user_id", "column-label": "user_id" } },
      "distributed-cache": { ...CACHE_OFF, "conf-id": 2 },
      "in-memory-cache": CACHE_OFF,
    }),
    approved("entity-edit", {
      "entity-label": "user",
      "distributed-cache": {
        enabled: "true",
        "ttl-in-seconds": 300,
        "jitter-percentage": 10,
        "conf-id": 2,
      },
      "in-memory-cache": {
        enabled: "false",
        "ttl-in-seconds": 60,
        "jitter-percentage": 5,
        "conf-id": 3,
      },
    }),
    approved("feature-group", {
      "entity-label": "user",
      "fg-label": "core",
      "job-id": "user_job",
      "store-id": 1,
      "ttl-in-seconds": 60,
      "in-memory-cache-enabled": false,
      "distributed-cache-enabled": true,
      "data-type": "DataTypeFP32",
      "layout-version": 1,
      features: [
        feature("ctr", "TABLE|db.old|c1"),
        feature("gone", "TABLE|db.t|g"),
        feature("", ""),
      ],
    }),
    approved("feature-group-edit", {
      "entity-label": "user",
      "fg-label": "core",
      "ttl-in-seconds": 86_400,
      "in-memory-cache-enabled": true,
      "distributed-cache-enabled": true,
      "layout-version": 1,
    }),
    approved("features-add", {
      "entity-label": "user",
      "feature-group-label": "core",
      features: [feature("cvr", "TABLE|db.t|c2")],
    }),
    approved("features-edit", {
      "entity-label": "user",
      "feature-group-label": "core",
      features: [{ labels: "ctr", "source-base-path": "db.t" }],
    }),
    approved("features-delete", {
      "entity-label": "user",
      "feature-group-label": "core",
      "feature-labels": ["gone"],
    }),
  ];
}
