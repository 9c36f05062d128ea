/** Bodies as existing clients send them; each with some fields changed. */
type Fields = Readonly<Record<string, unknown>>;

export function storeBody(changes: Fields = {}): Fields {
  return {
    "conf-id": 1,
    "db-type": "scylla",
    table: "new_table",
    "primary-keys": ["user_id"],
    "table-ttl": 0,
    ...changes,
  };
}

export function jobBody(changes: Fields = {}): Fields {
  return { "job-type": "writer", "job-id": "new_job", token: "s3cret", ...changes };
}

export function rotationBody(changes: Fields = {}): Fields {
  return { "job-type": "writer", "job-id": "user_job", token: "n3w", ...changes };
}

export function cacheBody(changes: Fields = {}): Fields {
  return {
    enabled: "true",
    "ttl-in-seconds": 300,
    "jitter-percentage": 10,
    "conf-id": 2,
    ...changes,
  };
}

export function keyBody(sequence: number, name: string): Fields {
  return { sequence, "entity-label": name, "column-label": name };
}

export function entityBody(changes: Fields = {}): Fields {
  return {
    "entity-label": "shop",
    "key-map": { "0": keyBody(0, "shop_id") },
    "distributed-cache": cacheBody(),
    "in-memory-cache": cacheBody({ "conf-id": 3 }),
    ...changes,
  };
}

export function featureBody(labels: string, changes: Fields = {}): Fields {
  return {
    labels,
    "default-values": "0.0",
    "source-base-path": "",
    "source-data-column": "",
    "storage-provider": "",
    "string-length": "0",
    "vector-length": "0",
    ...changes,
  };
}

export function groupBody(changes: Fields = {}): Fields {
  return {
    "entity-label": "user",
    "fg-label": "fresh",
    "job-id": "user_job",
    "store-id": 1,
    "ttl-in-seconds": 3600,
    "in-memory-cache-enabled": true,
    "distributed-cache-enabled": false,
    "data-type": "DataTypeFP32",
    "layout-version": 1,
    features: [featureBody("a")],
    ...changes,
  };
}

export function groupEditBody(changes: Fields = {}): Fields {
  return {
    "entity-label": "user",
    "fg-label": "core",
    "ttl-in-seconds": 60,
    "in-memory-cache-enabled": false,
    "distributed-cache-enabled": true,
    "layout-version": 1,
    ...changes,
  };
}

export function featuresBody(features: readonly unknown[], changes: Fields = {}): Fields {
  return { "entity-label": "user", "feature-group-label": "core", features, ...changes };
}

export function deleteBody(labels: readonly string[], changes: Fields = {}): Fields {
  return {
    "entity-label": "user",
    "feature-group-label": "core",
    "feature-labels": labels,
    ...changes,
  };
}
