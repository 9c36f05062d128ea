import {
  CodecError,
  encodeRecord,
  entityKeyString,
  MAX_RECORD_BLOCK_BYTES,
  readStoreRecord,
} from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup } from "@ofs/registry";
import type {
  BlockRead,
  BlockRow,
  BlockStore,
  BlockTable,
  BlockWrite,
  KeyValues,
  RowOutcome,
  StoredCell,
} from "../block-store.ts";
import type { RedisConnection, RedisReply, RedisValue } from "./connection.ts";
import { hashTag } from "./hash-slot.ts";
import { MERGE_SCRIPT } from "./merge-script.ts";
import type { RedisCall } from "./redis-call.ts";
import type { RedisCommand } from "./redis-command.ts";

/** Rows sent at once: bounds what one write puts before other commands of the connection. */
const WRITE_BATCH_ROWS = 100;

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
  readonly #now: () => number;

  constructor({ connection, now = Date.now }: RedisBlockStoreOptions) {
    this.#connection = connection;
    this.#now = now;
  }

  async read({ entity, groups, keys, deadlineMs, signal }: BlockRead): Promise<StoredCell[]> {
    if (groups.length === 0) return [];
    const names = keys.map((key) => entityKeyString(entity.label, key));
    const values = await this.#connection.read(names, { deadlineMs, signal });
    const groupIds = groups.map(({ id }) => id);
    const cells = new Array<StoredCell>(keys.length * groups.length);
    for (let k = 0; k < keys.length; k++) {
      const base = k * groups.length;
      const blocks = readRecord(values[k], groupIds, names[k] as string);
      for (let g = 0; g < groups.length; g++) {
        cells[base + g] = blocks instanceof FeatureStoreError ? blocks : blocks?.[g];
      }
    }
    return cells;
  }

  async write(request: BlockWrite): Promise<RowOutcome[]> {
    const { rows, groups, deadlineMs, signal } = request;
    const outcomes = new Array<RowOutcome>(rows.length).fill(undefined);
    if (groups.length === 0) return outcomes;
    const isWhole = coversRecord(request) ? "1" : "0";
    for (let start = 0; start < rows.length; start += WRITE_BATCH_ROWS) {
      const end = Math.min(start + WRITE_BATCH_ROWS, rows.length);
      await this.#writeBatch(request, isWhole, start, end, outcomes, { deadlineMs, signal });
      const fault = commonFault(outcomes, start, end);
      // Redis is away: without this each further batch would wait for its own timeout.
      if (fault !== undefined) return outcomes.fill(fault, end);
    }
    return outcomes;
  }

  maxBlockSizeBytes(): number {
    return MAX_RECORD_BLOCK_BYTES;
  }

  refuseKey({ entity }: BlockTable, key: KeyValues): string | undefined {
    const name = entityKeyString(entity.label, key);
    if (this.#connection.kind !== "cluster" || !hasBrace(name) || hashTag(name) !== undefined) {
      return undefined;
    }
    return `key ${name} has a brace but no {tag}: its record and its write times would be on two cluster nodes`;
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

  async #writeBatch(
    request: BlockWrite,
    isWhole: string,
    start: number,
    end: number,
    outcomes: RowOutcome[],
    call: RedisCall,
  ): Promise<void> {
    const now = String(this.#now());
    const commands: RedisCommand[] = [];
    const positions: number[] = [];
    for (let r = start; r < end; r++) {
      const row = request.rows[r] as BlockRow;
      outcomes[r] = this.#refuseRow(request, row);
      if (outcomes[r] !== undefined) continue;
      const name = entityKeyString(request.entity.label, row.key);
      const update = encodeRecord(
        request.groups.map(({ id }, g) => ({ groupId: id, block: row.blocks[g] as Uint8Array })),
      );
      commands.push({
        command: MERGE_SCRIPT,
        keys: [name, siblingKey(name)],
        args: [now, String(row.writeTimeMicros ?? request.writeTimeMicros), isWhole, update],
      });
      positions.push(r);
    }
    const replies = await this.#connection.run(commands, call);
    for (const [i, command] of commands.entries()) {
      const [name] = command.keys as [string, string];
      const reply = replies[i] as RedisReply;
      outcomes[positions[i] as number] = mergeOutcome(reply, name, request.entity.label);
    }
  }

  #refuseRow(request: BlockWrite, { key, blocks }: BlockRow): RowOutcome {
    const reason = this.refuseKey(request, key) ?? refuseBlocks(request.groups, blocks);
    return reason === undefined ? undefined : new FeatureStoreError("INVALID_ARGUMENT", reason);
  }
}

/** Key of the hash that holds a record's write times: on a cluster, in the record's slot. */
export function siblingKey(name: string): string {
  return hasBrace(name) ? `ofs:wt:${name}` : `{${name}}:wt`;
}

function hasBrace(name: string): boolean {
  return name.includes("{") || name.includes("}");
}

function refuseBlocks(
  groups: readonly FeatureGroup[],
  blocks: readonly Uint8Array[],
): string | undefined {
  for (const [g, { label }] of groups.entries()) {
    const size = blocks[g]?.length ?? 0;
    if (size > MAX_RECORD_BLOCK_BYTES) {
      return `block of ${size} bytes of feature group ${label}: redis stores up to ${MAX_RECORD_BLOCK_BYTES}`;
    }
  }
  return undefined;
}

/** What went wrong with all of these rows, if it would go wrong with any other, too. */
function commonFault(
  outcomes: readonly RowOutcome[],
  start: number,
  end: number,
): FeatureStoreError | undefined {
  for (let r = start; r < end; r++) if (!outcomes[r]?.isRetryable) return undefined;
  return outcomes[start];
}

/** Whether the write has every group that the record may hold, as far as the registry is readable. */
function coversRecord({ entity, store, groups }: BlockWrite): boolean {
  if (entity.disabledGroups.size > 0) return false;
  const written = new Set(groups.map(({ id }) => id));
  for (const group of entity.groups.values()) {
    if (group.storeId === store.id && !written.has(group.id)) return false;
  }
  return true;
}

function readRecord(
  value: RedisValue,
  groupIds: readonly number[],
  name: string,
): (Uint8Array | undefined)[] | FeatureStoreError | undefined {
  if (value === undefined || value instanceof FeatureStoreError) return value;
  try {
    return readStoreRecord(value, groupIds);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    const message = `redis record ${name} is corrupt: ${cause.message}`;
    return new FeatureStoreError("FAILED_PRECONDITION", message, { cause });
  }
}

function mergeOutcome(reply: RedisReply, name: string, entityLabel: string): RowOutcome {
  if (reply instanceof FeatureStoreError) return reply;
  if (typeof reply === "number" && reply >= 0) return undefined;
  if (typeof reply === "number") {
    return new FeatureStoreError(
      "FAILED_PRECONDITION",
      `redis record ${name} is corrupt (at byte ${-1 - reply}): only a write of all groups of ${entityLabel} replaces it`,
    );
  }
  return new FeatureStoreError("INTERNAL", `merge of redis record ${name} answered ${reply}`);
}
