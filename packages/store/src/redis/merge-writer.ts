import { encodeRecord, entityKeyString, MAX_RECORD_BLOCK_BYTES } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup } from "@ofs/registry";
import type { BlockRow, BlockWrite, RowOutcome } from "../block-store.ts";
import type { RedisConnection, RedisReply } from "./connection.ts";
import { MERGE_SCRIPT } from "./merge-script.ts";
import { refuseRecordName, siblingKey } from "./record-names.ts";
import { ReplyError, toStoreError } from "./redis-errors.ts";

/** Rows sent at once: bounds what one write puts before other commands of the connection. */
const WRITE_BATCH_ROWS = 200;

/**
 * Rows and bytes of blocks that one script call merges. On the client's side most of a row's cost is that of a command, and
 * several rows share one; but the server does nothing else meanwhile.
 */
const MERGE_ROWS_MAX = 50;
const MERGE_BYTES_MAX = 64 * 1024;

/** Rows that one script call merges. */
interface Merge {
  /** Positions in the write. */
  readonly positions: number[];
  /** Records and their siblings, by turns. */
  readonly keys: string[];
  readonly args: (string | Buffer)[];
  sizeBytes: number;
}

/** Merges blocks into records. */
export class MergeWriter {
  readonly #connection: RedisConnection;
  readonly #now: () => number;

  /** @param now Unix milliseconds; decides which groups have expired when a row is merged */
  constructor(connection: RedisConnection, now: () => number) {
    this.#connection = connection;
    this.#now = now;
  }

  /** @returns one outcome a row, in order; never rejects */
  async write(request: BlockWrite): Promise<RowOutcome[]> {
    const { rows, groups } = request;
    const outcomes = new Array<RowOutcome>(rows.length).fill(undefined);
    if (groups.length === 0) return outcomes;
    const isWhole = coversRecord(request) ? "1" : "0";
    for (let start = 0; start < rows.length; start += WRITE_BATCH_ROWS) {
      const end = Math.min(start + WRITE_BATCH_ROWS, rows.length);
      const merges = this.#planMerges(request, isWhole, start, end, outcomes);
      await this.#run(merges, request, outcomes);
      const fault = commonFault(outcomes, start, end);
      // Redis is away: without this each further batch would wait for its own timeout.
      if (fault !== undefined) return outcomes.fill(fault, end);
    }
    return outcomes;
  }

  /** Rows that are refused get their outcome, the others are merged. */
  #planMerges(
    request: BlockWrite,
    isWhole: string,
    start: number,
    end: number,
    outcomes: RowOutcome[],
  ): Merge[] {
    const { entity, groups } = request;
    const { kind } = this.#connection;
    // On a cluster the keys of one call must lie in one slot.
    const maxRows = kind === "cluster" ? 1 : MERGE_ROWS_MAX;
    const head = [String(this.#now()), isWhole];
    const merges: Merge[] = [];
    let merge: Merge | undefined;
    for (let r = start; r < end; r++) {
      const row = request.rows[r] as BlockRow;
      const name = entityKeyString(entity.label, row.key);
      const reason = refuseRecordName(name, kind) ?? refuseBlocks(groups, row.blocks);
      if (reason !== undefined) {
        outcomes[r] = new FeatureStoreError("INVALID_ARGUMENT", reason);
        continue;
      }
      const update = encodeUpdate(groups, row.blocks);
      if (merge === undefined || isFull(merge, maxRows, update.length)) {
        merge = { positions: [], keys: [], args: [...head], sizeBytes: 0 };
        merges.push(merge);
      }
      merge.positions.push(r);
      merge.keys.push(name, siblingKey(name));
      merge.args.push(String(row.writeTimeMicros ?? request.writeTimeMicros), update);
      merge.sizeBytes += update.length;
    }
    return merges;
  }

  async #run(
    merges: readonly Merge[],
    { deadlineMs, entity, signal }: BlockWrite,
    outcomes: RowOutcome[],
  ): Promise<void> {
    const commands = merges.map(({ args, keys }) => ({ command: MERGE_SCRIPT, keys, args }));
    const replies = await this.#connection.run(commands, { deadlineMs, signal });
    for (const [m, { keys, positions }] of merges.entries()) {
      const reply = replies[m] as RedisReply;
      for (const [i, position] of positions.entries()) {
        const own = Array.isArray(reply) ? reply[i] : reply;
        outcomes[position] = this.#outcome(own, keys[2 * i] as string, entity.label);
      }
    }
  }

  /** @param reply of the script for one record, or of the server for the whole call */
  #outcome(reply: unknown, name: string, entityLabel: string): RowOutcome {
    if (reply instanceof FeatureStoreError) return reply;
    if (typeof reply === "number" && reply >= 0) return undefined;
    if (typeof reply === "number") {
      return new FeatureStoreError(
        "FAILED_PRECONDITION",
        `redis record ${name} is corrupt (at byte ${-1 - reply}): only a write of all groups of ${entityLabel} replaces it`,
      );
    }
    if (Buffer.isBuffer(reply)) {
      const fault = new ReplyError(`${reply.toString()} (record ${name})`);
      return toStoreError(fault, this.#connection.name);
    }
    return new FeatureStoreError(
      "INTERNAL",
      `merge of redis record ${name} answered ${String(reply)}`,
    );
  }
}

function isFull({ positions, sizeBytes }: Merge, maxRows: number, nextBytes: number): boolean {
  return positions.length >= maxRows || sizeBytes + nextBytes > MERGE_BYTES_MAX;
}

function encodeUpdate(groups: readonly FeatureGroup[], blocks: readonly Uint8Array[]): Buffer {
  return encodeRecord(groups.map(({ id }, g) => ({ groupId: id, block: blocks[g] as Uint8Array })));
}

function refuseBlocks(
  groups: readonly FeatureGroup[],
  blocks: readonly Uint8Array[],
): string | undefined {
  for (let g = 0; g < groups.length; g++) {
    const size = blocks[g]?.length ?? 0;
    if (size > MAX_RECORD_BLOCK_BYTES) {
      return `block of ${size} bytes of feature group ${groups[g]?.label}: redis stores up to ${MAX_RECORD_BLOCK_BYTES}`;
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
