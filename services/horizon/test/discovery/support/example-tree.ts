import { createTree, parseSnapshot } from "@ofs/registry";
import type { Catalog } from "../../../src/discovery/catalog/model.ts";
import { readCatalog } from "../../../src/discovery/catalog/read-catalog.ts";

export type TextEntries = Readonly<Record<string, string | undefined>>;

const GROUP = "entities/user/feature-groups/core";
const TAGS = "entities/user/feature-groups/tags";

/** A registry as the control plane writes it: two entities, one with two groups. */
export const EXAMPLE: Readonly<Record<string, string>> = {
  "security/reader/ranker": '{"token":"s3cret"}',
  "security/reader/auditor":
    '{"token":"auditor-token","scopes":{"entities":["catalog"],"access":["read"]}}',
  "security/writer/user_job": '{"token":"new-token","previous":{"token":"old-token","until":2000}}',
  "storage/stores/1":
    '{"conf-id":1,"db-type":"scylla","max-column-size-in-bytes":1024,"max-row-size-in-bytes":102400,"primary-keys":["user_id"],"table":"user_features","table-ttl":0}',
  "entities/catalog/label": "catalog",
  "entities/catalog/keys/0/sequence": "1",
  "entities/catalog/keys/0/entity-label": "catalog_id",
  "entities/catalog/keys/0/column-label": "catalog_id",
  "entities/catalog/keys/1/sequence": "0",
  "entities/catalog/keys/1/entity-label": "shop_id",
  "entities/catalog/keys/1/column-label": "shop",
  "entities/user/label": "user",
  "entities/user/keys/0/sequence": "0",
  "entities/user/keys/0/entity-label": "user_id",
  "entities/user/keys/0/column-label": "user_id",
  "entities/user/distributed-cache/enabled": "true",
  "entities/user/distributed-cache/ttl-in-seconds": "300",
  "entities/user/distributed-cache/jitter-percentage": "10",
  "entities/user/distributed-cache/conf-id": "2",
  "entities/user/in-memory-cache/enabled": "false",
  "entities/user/in-memory-cache/ttl-in-seconds": "60",
  "entities/user/in-memory-cache/jitter-percentage": "5",
  "entities/user/in-memory-cache/conf-id": "3",
  [`${GROUP}/id`]: "0",
  [`${GROUP}/active-version`]: "1",
  [`${GROUP}/store-id`]: "1",
  [`${GROUP}/data-type`]: "DataTypeFP32",
  [`${GROUP}/ttl-in-seconds`]: "86400",
  [`${GROUP}/job-id`]: "user_job",
  [`${GROUP}/layout-version`]: "1",
  [`${GROUP}/in-memory-cache-enabled`]: "true",
  [`${GROUP}/distributed-cache-enabled`]: "true",
  [`${GROUP}/columns/seg_0/label`]: "seg_0",
  [`${GROUP}/columns/seg_0/current-size-in-bytes`]: "17",
  [`${GROUP}/features/1/labels`]: "ctr,cvr",
  [`${GROUP}/features/1/default-values`]: "0.0,0.0",
  [`${GROUP}/features/1/feature-meta`]:
    '{"ctr":{"sequence":0,"default-value":"AAAAAA==","string-length":0,"vector-length":0},"cvr":{"sequence":1,"default-value":"AAAAAA==","string-length":0,"vector-length":0}}',
  "source/user|core|ctr": "TABLE|db.t|c1|0.0",
  "source/user|core|cvr": "TABLE|db.t|c2|0.0",
  [`${TAGS}/id`]: "1",
  [`${TAGS}/active-version`]: "2",
  [`${TAGS}/store-id`]: "1",
  [`${TAGS}/data-type`]: "DataTypeStringVector",
  [`${TAGS}/ttl-in-seconds`]: "0",
  [`${TAGS}/job-id`]: "user_job",
  [`${TAGS}/layout-version`]: "1",
  [`${TAGS}/in-memory-cache-enabled`]: "false",
  [`${TAGS}/distributed-cache-enabled`]: "false",
  [`${TAGS}/columns/seg_1/label`]: "seg_1",
  [`${TAGS}/columns/seg_1/current-size-in-bytes`]: "57",
  [`${TAGS}/features/1/labels`]: "city,tier",
  [`${TAGS}/features/1/default-values`]: "[na,na],[x]",
  [`${TAGS}/features/1/feature-meta`]:
    '{"city":{"sequence":0,"default-value":"AgACAG5hbmE=","string-length":16,"vector-length":2},"tier":{"sequence":1,"default-value":"AQB4","string-length":4,"vector-length":1}}',
  [`${TAGS}/features/2/labels`]: "zone,city",
  [`${TAGS}/features/2/default-values`]: "[z],[na,na]",
  [`${TAGS}/features/2/feature-meta`]:
    '{"zone":{"sequence":1,"default-value":"AQB6","string-length":8,"vector-length":1},"city":{"sequence":0,"default-value":"AgACAG5hbmE=","string-length":16,"vector-length":2}}',
  "source/user|tags|zone": "PARQUET_GCS|gs://bucket/zones|zone|[z]",
};

export function toEntries(texts: TextEntries): Map<string, Uint8Array> {
  const entries = new Map<string, Uint8Array>();
  for (const [path, text] of Object.entries(texts)) {
    if (text !== undefined) entries.set(path, Buffer.from(text));
  }
  return entries;
}

export function catalogOf(entries: ReadonlyMap<string, Uint8Array>, revision = 7): Catalog {
  return readCatalog(createTree(entries), parseSnapshot(entries, revision));
}

/** The example with some paths changed; undefined leaves one out. */
export function exampleCatalog(changes: TextEntries = {}): Catalog {
  return catalogOf(toEntries({ ...EXAMPLE, ...changes }));
}
