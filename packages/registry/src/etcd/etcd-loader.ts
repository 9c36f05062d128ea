import type { IKeyValue, IRangeRequest, IRangeResponse } from "etcd3";
import type { Revision } from "../model.ts";
import type { RegistryTree } from "../source.ts";
import type { EtcdConnection } from "./etcd-client.ts";
import { isCompacted, isPermissionDenied, isTooLarge } from "./etcd-errors.ts";
import { type EtcdKeys, nextKey, ownBytes } from "./etcd-keys.ts";

/** Keys of one page. Halved while a page is larger than the client takes. */
const PAGE_LENGTH = 1_000;

/** How often a load begins again because its revision was compacted under it. */
const RESTARTS_MAX = 3;

/** What the watch must know to tell whether it can go on from a load. */
export interface EtcdBaseline {
  readonly clusterId: string;
  readonly revision: Revision;
  readonly root: RootState;
}

/** The root's own key. Users who may read only what is below it see none. */
export interface RootState {
  readonly isReadable: boolean;
  /** Revision of its last change; 0 if it is absent. */
  readonly modRevision: Revision;
}

export interface LoadedTree {
  readonly tree: RegistryTree;
  readonly baseline: EtcdBaseline;
}

/** Reads the tree page by page, all of it at one revision. */
export async function loadEtcdTree(
  connection: EtcdConnection,
  keys: EtcdKeys,
  signal: AbortSignal,
): Promise<LoadedTree> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await loadOnce(connection, keys, signal);
    } catch (error) {
      if (!isCompacted(error) || restarts >= RESTARTS_MAX) throw error;
    }
  }
}

async function loadOnce(
  connection: EtcdConnection,
  keys: EtcdKeys,
  signal: AbortSignal,
): Promise<LoadedTree> {
  const entries = new Map<string, Uint8Array>();
  const range = { key: keys.prefix, range_end: keys.prefixEnd };
  let { page, limit } = await readPage(connection, { ...range, limit: PAGE_LENGTH }, signal);
  const { cluster_id: clusterId } = page.header;
  const revision = Number(page.header.revision);
  for (;;) {
    for (const { key, value } of page.kvs) {
      entries.set(keys.toPath(key), ownBytes(value));
    }
    const last = page.kvs.at(-1);
    if (!page.more || last === undefined) break;
    const next = { ...range, key: nextKey(last.key), limit, revision };
    ({ page, limit } = await readPage(connection, next, signal));
  }
  const { root, value } = await readRoot(connection, keys, signal, revision);
  if (value !== undefined) entries.set("", ownBytes(value));
  return { tree: { entries, revision }, baseline: { clusterId, revision, root } };
}

/** @returns the page, and the limit that it took */
async function readPage(
  connection: EtcdConnection,
  request: IRangeRequest & { readonly limit: number },
  signal: AbortSignal,
): Promise<{ readonly page: IRangeResponse; readonly limit: number }> {
  for (let { limit } = request; ; limit = Math.ceil(limit / 2)) {
    try {
      return { page: await connection.range({ ...request, limit }, signal), limit };
    } catch (error) {
      if (!isTooLarge(error) || limit === 1) throw error;
    }
  }
}

async function readRoot(
  connection: EtcdConnection,
  keys: EtcdKeys,
  signal: AbortSignal,
  revision: Revision,
): Promise<{ readonly root: RootState; readonly value: Uint8Array | undefined }> {
  try {
    const { kvs } = await connection.range({ key: keys.root, revision }, signal);
    return { root: toRootState(kvs), value: kvs[0]?.value };
  } catch (error) {
    if (!isPermissionDenied(error)) throw error;
    return { root: { isReadable: false, modRevision: 0 }, value: undefined };
  }
}

function toRootState(kvs: readonly IKeyValue[]): RootState {
  return { isReadable: true, modRevision: Number(kvs[0]?.mod_revision ?? 0) };
}

/** What can be told of the tree without reading it. */
export async function readBaseline(
  connection: EtcdConnection,
  keys: EtcdKeys,
  isRootReadable: boolean,
  signal: AbortSignal,
): Promise<EtcdBaseline> {
  const key = isRootReadable ? keys.root : keys.prefix;
  const { header, kvs } = await connection.range({ key, keys_only: true }, signal);
  return {
    clusterId: header.cluster_id,
    revision: Number(header.revision),
    root: isRootReadable ? toRootState(kvs) : { isReadable: false, modRevision: 0 },
  };
}

/** @returns the revision of the newest entry below the root; 0 if there is none */
export async function readLastChange(
  connection: EtcdConnection,
  keys: EtcdKeys,
  signal: AbortSignal,
): Promise<Revision> {
  const newest: IRangeRequest = {
    key: keys.prefix,
    range_end: keys.prefixEnd,
    keys_only: true,
    sort_target: "Mod",
    sort_order: "Descend",
    limit: 1,
  };
  const { kvs } = await connection.range(newest, signal);
  return Number(kvs[0]?.mod_revision ?? 0);
}
