import type { RegistryChange, RegistryTree } from "@ofs/registry";
import {
  type Change,
  type ChangeKind,
  type ChangePlan,
  type ChangeProblem,
  type PlanContext,
  parseChange,
  planChange,
} from "../../../src/changes/index.ts";

export const CONTEXT: PlanContext = {
  storeConfigs: new Map([
    [1, "scylla"],
    [4, "redis_failover"],
    [9, "embedded"],
  ]),
  distributedCacheConfIds: [2],
  processCacheConfIds: [3, 5],
  newToken: () => "made-token",
  nowSeconds: () => 1_800_000_000,
};

/** A small tree as 2.2 of the published layout has it: one entity, one group of two features. */
export const SMALL_TREE: Readonly<Record<string, string>> = {
  "": "{}",
  "security/reader/test": '{"token":"test"}',
  "security/writer/user_job": '{"token":"job-token"}',
  "storage/stores/1":
    '{"conf-id":1,"db-type":"scylla","max-column-size-in-bytes":1024,"max-row-size-in-bytes":102400,"primary-keys":["user_id"],"table":"user_features","table-ttl":0}',
  "storage/stores/2":
    '{"conf-id":4,"db-type":"redis_failover","max-column-size-in-bytes":1024,"max-row-size-in-bytes":102400,"primary-keys":[],"table":"","table-ttl":0}',
  "entities/user/label": "user",
  "entities/user/keys/0/sequence": "0",
  "entities/user/keys/0/entity-label": "user_id",
  "entities/user/keys/0/column-label": "user_id",
  "entities/user/distributed-cache/enabled": "true",
  "entities/user/distributed-cache/ttl-in-seconds": "300",
  "entities/user/distributed-cache/jitter-percentage": "10",
  "entities/user/distributed-cache/conf-id": "2",
  "entities/user/in-memory-cache/enabled": "false",
  "entities/user/in-memory-cache/ttl-in-seconds": "0",
  "entities/user/in-memory-cache/jitter-percentage": "0",
  "entities/user/in-memory-cache/conf-id": "3",
  "entities/catalog/label": "catalog",
  "entities/catalog/keys/0/sequence": "0",
  "entities/catalog/keys/0/entity-label": "user_id",
  "entities/catalog/keys/0/column-label": "user_id",
  "entities/user/feature-groups/core/id": "0",
  "entities/user/feature-groups/core/store-id": "1",
  "entities/user/feature-groups/core/data-type": "DataTypeFP32",
  "entities/user/feature-groups/core/ttl-in-seconds": "86400",
  "entities/user/feature-groups/core/job-id": "user_job",
  "entities/user/feature-groups/core/in-memory-cache-enabled": "true",
  "entities/user/feature-groups/core/distributed-cache-enabled": "true",
  "entities/user/feature-groups/core/layout-version": "1",
  "entities/user/feature-groups/core/active-version": "1",
  "entities/user/feature-groups/core/columns/seg_0/label": "seg_0",
  "entities/user/feature-groups/core/columns/seg_0/current-size-in-bytes": "17",
  "entities/user/feature-groups/core/features/1/labels": "ctr,cvr",
  "entities/user/feature-groups/core/features/1/default-values": "0.0,-1.0",
  "entities/user/feature-groups/core/features/1/feature-meta":
    '{"ctr":{"sequence":0,"default-value":"AAAAAA==","string-length":0,"vector-length":0},"cvr":{"sequence":1,"default-value":"AACAvw==","string-length":0,"vector-length":0}}',
  "source/user|core|ctr": "TABLE|db.t|c1|0.0",
};

export const CORE = "entities/user/feature-groups/core";

export type Texts = Readonly<Record<string, string | undefined>>;

/** @param changes paths over those of the small tree; undefined leaves one out */
export function smallTree(changes: Texts = {}): RegistryTree {
  return toTree({ ...SMALL_TREE, ...changes });
}

export function toTree(texts: Texts, revision = 7): RegistryTree {
  const entries = new Map<string, Uint8Array>();
  for (const [path, text] of Object.entries(texts)) {
    if (text !== undefined) entries.set(path, Buffer.from(text));
  }
  return { entries, revision };
}

/** What a source would hold after the writes. */
export function applyWrites(tree: RegistryTree, writes: readonly RegistryChange[]): RegistryTree {
  const entries = new Map(tree.entries);
  for (const { path, value } of writes) {
    if (value === undefined) entries.delete(path);
    else entries.set(path, value);
  }
  return { entries, revision: tree.revision + 1 };
}

export function parse(kind: ChangeKind, body: unknown): Change {
  const parsed = parseChange(kind, body);
  if ("change" in parsed) return parsed.change;
  throw new Error(`not parsed: ${format(parsed.problems)}`);
}

export function plan(
  kind: ChangeKind,
  body: unknown,
  tree: RegistryTree = smallTree(),
  context = CONTEXT,
): ChangePlan {
  const planned = planChange(parse(kind, body), tree, context);
  if ("plan" in planned) return planned.plan;
  throw new Error(`not planned: ${format(planned.problems)}`);
}

/** What is wrong with a change, as `field: message (reason)`, from wherever it is found. */
export function problemsOf(
  kind: ChangeKind,
  body: unknown,
  tree: RegistryTree = smallTree(),
  context = CONTEXT,
): string[] {
  const parsed = parseChange(kind, body);
  if ("problems" in parsed) return parsed.problems.map(formatProblem);
  const planned = planChange(parsed.change, tree, context);
  return "problems" in planned ? planned.problems.map(formatProblem) : [];
}

/** Writes of a plan as texts; undefined = removed. */
export function textsOf(writes: readonly RegistryChange[]): Record<string, string | undefined> {
  return Object.fromEntries(
    writes.map(({ path, value }) => [
      path,
      value === undefined ? undefined : Buffer.from(value).toString(),
    ]),
  );
}

function format(problems: readonly ChangeProblem[]): string {
  return problems.map(formatProblem).join("; ");
}

function formatProblem({ field, message, reason }: ChangeProblem): string {
  return `${field}: ${message} (${reason})`;
}
