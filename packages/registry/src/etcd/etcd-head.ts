import { isUtf8 } from "node:buffer";
import { FeatureStoreError } from "@ofs/platform";
import type { IKeyValue, IRequestOp } from "etcd3";
import { parseReceipts } from "../author/receipts.ts";
import type { Revision } from "../model.ts";
import type { RegistryChange } from "../source.ts";
import type { EtcdKeys } from "./etcd-keys.ts";

/** What a decided write may leave to the transactions after its first, in bytes. etcd takes 1.5 MiB a request. */
export const PENDING_SIZE_BYTES_MAX = 1_400_000;

/**
 * The key that all conditional writes of a tree go through. It is not below the tree's root, so readers of the tree never
 * see it. Its revision is that of the last write; its value says what of that write is still to be put, and which writes
 * were the newest:
 *
 *     {"pending":[["entities/user/label","user"],["source/x",null],["odd","/w==","base64"]],"receipts":["store/7"]}
 *
 * `null` is a delete. Once the first transaction of a write is through, the write is decided: whoever meets `pending` puts the
 * rest.
 */
export interface EtcdHead {
  /** 0 = there is none yet. */
  readonly modRevision: Revision;
  readonly pending: readonly RegistryChange[];
  /** Of the newest writes, the last one last. */
  readonly receipts: readonly string[];
}

type PendingChange = [path: string, value: string | null, encoding?: "base64"];

/** Key of the head of a tree, for example `/ofs/config/onfs/author`. */
export function headKey(keys: EtcdKeys): Buffer {
  return Buffer.from(`/ofs${keys.root.toString()}/author`);
}

/** @throws {FeatureStoreError} INTERNAL if something else has been written there */
export function parseHead(kv: IKeyValue | undefined): EtcdHead {
  if (kv === undefined) return { modRevision: 0, pending: [], receipts: [] };
  try {
    const { pending, receipts }: { pending: PendingChange[]; receipts?: unknown } = JSON.parse(
      kv.value.toString(),
    );
    return {
      modRevision: Number(kv.mod_revision),
      pending: pending.map(([path, value, encoding]) => ({
        path,
        value: value === null ? undefined : Buffer.from(value, encoding),
      })),
      receipts: parseReceipts(receipts),
    };
  } catch (cause) {
    const shown = JSON.stringify(kv.value.toString().slice(0, 100));
    throw new FeatureStoreError("INTERNAL", `etcd: key ${kv.key.toString()} holds ${shown}`, {
      cause,
    });
  }
}

/** @throws {FeatureStoreError} INVALID_ARGUMENT if it is too large */
export function formatHead(
  pending: readonly RegistryChange[],
  receipts: readonly string[],
): Buffer {
  const bytes = Buffer.from(JSON.stringify({ pending: pending.map(toPending), receipts }));
  if (bytes.length <= PENDING_SIZE_BYTES_MAX) return bytes;
  throw new FeatureStoreError(
    "INVALID_ARGUMENT",
    `etcd: write: ${bytes.length} bytes are left after the first transaction, ${PENDING_SIZE_BYTES_MAX} at most`,
  );
}

function toPending({ path, value }: RegistryChange): PendingChange {
  if (value === undefined) return [path, null];
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return isUtf8(bytes)
    ? [path, bytes.toString("utf8")]
    : [path, bytes.toString("base64"), "base64"];
}

/** The operation that makes a change. */
export function toOperation(keys: EtcdKeys, { path, value }: RegistryChange): IRequestOp {
  const key = keys.toKey(path);
  if (value === undefined) return { request_delete_range: { key } };
  return {
    request_put: { key, value: Buffer.from(value.buffer, value.byteOffset, value.byteLength) },
  };
}

/** Paths that make a version visible come last: a reader never finds one whose schema is not there yet. */
export function activeVersionsLast(changes: readonly RegistryChange[]): RegistryChange[] {
  const isLast = ({ path }: RegistryChange): boolean => path.split("/").at(-1) === "active-version";
  return [...changes.filter((change) => !isLast(change)), ...changes.filter(isLast)];
}
