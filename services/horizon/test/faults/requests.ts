import type { ApprovedRequest } from "../support/operator.ts";

/** Features of the large group: with their nodes more than one transaction of etcd takes. */
const MANY = 200;

export function askEntity(label: string): ApprovedRequest {
  const key = { sequence: 0, "entity-label": "user_id", "column-label": "user_id" };
  return {
    submit: "register-entity",
    decide: "process-entity",
    body: { "entity-label": label, "key-map": { "0": key } },
  };
}

export function askStore(table: string): ApprovedRequest {
  return {
    submit: "register-store",
    decide: "process-store",
    body: { "conf-id": 1, "db-type": "scylla", table, "primary-keys": ["user_id"] },
  };
}

export function askJob(id: string): ApprovedRequest {
  return {
    submit: "register-job",
    decide: "process-job",
    body: { "job-type": "writer", "job-id": id, token: "t0ken" },
  };
}

export function askGroup(entity: string, storeId: number, jobId: string): ApprovedRequest {
  const features = Array.from({ length: MANY }, (_, index) => ({
    labels: `f${index}`,
    "default-values": "0.5",
    "source-base-path": "db.t",
    "source-data-column": `c${index}`,
    "storage-provider": "TABLE",
  }));
  return {
    submit: "register-feature-group",
    decide: "process-feature-group",
    body: {
      "entity-label": entity,
      "fg-label": "core",
      "job-id": jobId,
      "store-id": storeId,
      "ttl-in-seconds": 60,
      "data-type": "DataTypeFP32",
      features,
    },
  };
}
