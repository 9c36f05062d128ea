import { CodecError, entityKeyString, MAX_RECORD_BLOCK_BYTES, placeStoreRecord } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type {
  BlockRead,
  BlockStore,
  BlockTable,
  BlockWrite,
  KeyValues,
  RowOutcome,
  StoredCell,
} from "../block-store.ts";
import type { RedisConnection, RedisValue } from "./connection.ts";
import { MergeWriter } from "./merge-writer.ts";
import { refuseRecordName } from "./record-names.ts";

export interface RedisBlockStoreOptions {
  /** Shared: closing the store closes it. */
  readonly connection: RedisConnection;
  /** Unix milliseconds; decides which groups have expired when a row is merged. Default: the clock. */
  readonly now?: () => number;
}

/**
 * Blocks in Redis: one record of all groups per entity key, at `<entity>:<k1>|<k2>`, readable by other
 * implementations of the format. Writes merge into the record by a script, atomically; the write times that
 * the record has no room for are in a sibling hash.
 */
export class RedisBlockStore implements BlockStore {
  readonly kind = "redis";
  readonly #connection: RedisConnection;
  readonly #writer: MergeWriter;

  constructor({ connection, now = Date.now }: RedisBlockStoreOptions) {
    this.#connection = connection;
    this.#writer = new MergeWriter(connection, now);
  }

  async read(request: BlockRead): Promise<StoredCell[]> {
    const { entity, groups, keys, deadlineMs, signal } = request;
    if (groups.length === 0) return [];
    const names = request.names ?? keys.map((key) => entityKeyString(entity.label, key));
    const values = await this.#connection.read(names, { deadlineMs, signal });
    const groupIds = groups.map(({ id }) => id);
    const cells = new Array<StoredCell>(keys.length * groups.length).fill(undefined);
    for (let k = 0; k < keys.length; k++) {
      readRecord(values[k], groupIds, names[k] as string, cells, k * groups.length);
    }
    return cells;
  }

  write(request: BlockWrite): Promise<RowOutcome[]> {
    return this.#writer.write(request);
  }

  maxBlockSizeBytes(): number {
    return MAX_RECORD_BLOCK_BYTES;
  }

  refuseKey({ entity }: BlockTable, key: KeyValues): string | undefined {
    const { kind } = this.#connection;
    if (kind !== "cluster") return undefined;
    return refuseRecordName(entityKeyString(entity.label, key), kind);
  }

  async prepare(): Promise<void> {
    // Redis has no schema.
  }

  async ping(): Promise<void> {
    await this.#connection.ping();
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

function readRecord(
  value: RedisValue,
  groupIds: readonly number[],
  name: string,
  cells: StoredCell[],
  start: number,
): void {
  if (value === undefined) return;
  if (value instanceof FeatureStoreError) {
    cells.fill(value, start, start + groupIds.length);
    return;
  }
  try {
    placeStoreRecord(value, groupIds, cells, start);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    const message = `redis record ${name} is corrupt: ${cause.message}`;
    const failure = new FeatureStoreError("FAILED_PRECONDITION", message, { cause });
    cells.fill(failure, start, start + groupIds.length);
  }
}
