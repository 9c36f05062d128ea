import { FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup, StoreDefinition } from "@ofs/registry";
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
import { passedLimit, withinLimits } from "../request-limits.ts";
import { BlockSlab } from "./block-slab.ts";
import { recordFailure } from "./embedded-failures.ts";
import type { EmbeddedEnvironment, EmbeddedTable } from "./environment.ts";
import { Sweeper, type SweepReport } from "./expiry-sweep.ts";
import { type RowKey, RowKeyEncoder } from "./row-key.ts";
import { mergeRecord, RowRecord, recordOverheadBytes } from "./row-record.ts";

/** Largest block: a row is rewritten whole by each change of it. */
const MAX_BLOCK_SIZE_BYTES = 1024 * 1024;

/** Largest key, as the sum of its parts in UTF-8. */
const MAX_KEY_SIZE_BYTES = 65_535;

/** Rows that are merged in one go, between which other work may run. */
const MAX_ROWS_PER_COMMIT = 500;

/**
 * Blocks in the data folder: one record a row, all groups of it inside. Reads are point look-ups in mapped
 * memory; writes merge in a transaction and are acknowledged once they are on disk.
 */
export class EmbeddedBlockStore implements BlockStore {
  readonly kind = "embedded";
  readonly #environment: EmbeddedEnvironment;
  readonly #keys = new RowKeyEncoder();
  readonly #sweeper: Sweeper;
  #isClosed = false;

  /** @param environment stays open when the store is closed: its owner closes it */
  constructor(environment: EmbeddedEnvironment) {
    this.#environment = environment;
    this.#sweeper = new Sweeper(environment);
  }

  read(request: BlockRead): StoredCell[] {
    const { entity, groups, keys, store } = request;
    const cells = new Array<StoredCell>(keys.length * groups.length).fill(undefined);
    const stop = passedLimit(request, Date.now(), subject(request)) ?? this.#closedFailure();
    if (stop !== undefined) return cells.fill(stop);

    this.#environment.refresh();
    const blocks = this.#environment.table("blocks");
    this.#keys.startTable(store.table, entity.label);
    const slab = new BlockSlab(cells.length);
    for (let index = 0; index < keys.length; index++) {
      this.#readRow(blocks, keys[index] as KeyValues, groups, slab, cells, index * groups.length);
    }
    return cells;
  }

  async write(request: BlockWrite): Promise<RowOutcome[]> {
    const { rows } = request;
    const outcomes = new Array<RowOutcome>(rows.length).fill(undefined);
    const stop = passedLimit(request, Date.now(), subject(request)) ?? this.#closedFailure();
    if (stop !== undefined) return outcomes.fill(stop);

    const commits: Promise<void>[] = [];
    for (let start = 0; start < rows.length; start += MAX_ROWS_PER_COMMIT) {
      commits.push(this.#writeRows(request, start, outcomes));
    }
    const done = Promise.all(commits).then(() => outcomes);
    const result = await withinLimits(done, request, subject(request));
    return result instanceof FeatureStoreError ? outcomes.map((known) => known ?? result) : result;
  }

  maxBlockSizeBytes(_store: StoreDefinition, _group: FeatureGroup): number {
    return MAX_BLOCK_SIZE_BYTES;
  }

  refuseKey(_table: BlockTable, key: KeyValues): string | undefined {
    // UTF-8 takes at most three bytes a unit: short keys need not be measured.
    const unitCount = key.reduce((sum, part) => sum + part.length, 0);
    if (unitCount * 3 <= MAX_KEY_SIZE_BYTES) return undefined;
    const size = key.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    if (size <= MAX_KEY_SIZE_BYTES) return undefined;
    return `key of ${size} bytes, at most ${MAX_KEY_SIZE_BYTES} can be stored`;
  }

  /** Nothing to do: rows need no schema. */
  async prepare(_table: BlockTable, _groups: readonly FeatureGroup[]): Promise<void> {
    this.#assertOpen();
  }

  async ping(): Promise<void> {
    this.#assertOpen();
    this.#environment.refresh();
    this.#environment.table("meta").doesExist(Buffer.from("format"));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  /**
   * Drops expired blocks, a bounded number of rows at a time: each call goes on where the last one ended,
   * and begins anew after the last row. Call it from a timer.
   *
   * @param nowMs Unix milliseconds
   * @param maxRows rows to look at, at most
   * @throws {FeatureStoreError} UNAVAILABLE
   */
  sweep(nowMs: number, maxRows: number): Promise<SweepReport> {
    return this.#sweeper.sweep(nowMs, maxRows);
  }

  #readRow(
    table: EmbeddedTable,
    key: KeyValues,
    groups: readonly FeatureGroup[],
    slab: BlockSlab,
    cells: StoredCell[],
    base: number,
  ): void {
    try {
      const record = loadRecord(table, this.#keys.encode(key));
      if (record === undefined) return;
      for (let index = 0; index < groups.length; index++) {
        const place = record.indexOf((groups[index] as FeatureGroup).id);
        const size = place < 0 ? 0 : record.blockSize(place);
        if (size > 0) cells[base + index] = record.copyBlock(place, slab);
      }
    } catch (error) {
      cells.fill(recordFailure(this.#environment.folder, error), base, base + groups.length);
    }
  }

  async #writeRows(request: BlockWrite, start: number, outcomes: RowOutcome[]): Promise<void> {
    const end = Math.min(start + MAX_ROWS_PER_COMMIT, request.rows.length);
    try {
      await this.#environment.commit(
        () => this.#mergeRows(request, start, end, outcomes),
        sizeOfRows(request, start, end),
      );
    } catch (error) {
      for (let index = start; index < end; index++) {
        outcomes[index] ??= recordFailure(this.#environment.folder, error);
      }
    }
  }

  /** Runs in a transaction. Faults of one row are its outcome; the others go on. */
  #mergeRows(request: BlockWrite, start: number, end: number, outcomes: RowOutcome[]): void {
    const stop = passedLimit(request, Date.now(), subject(request));
    if (stop !== undefined) {
      outcomes.fill(stop, start, end);
      return;
    }
    const table = this.#environment.table("blocks");
    const groupIds = request.groups.map((group) => group.id);
    this.#keys.startTable(request.store.table, request.entity.label);
    for (let index = start; index < end; index++) {
      const row = request.rows[index] as BlockRow;
      const refusal = this.#refuseRow(request, row);
      if (refusal === undefined) this.#mergeRow(table, row, groupIds, request);
      else outcomes[index] = new FeatureStoreError("INVALID_ARGUMENT", refusal);
    }
  }

  #mergeRow(
    table: EmbeddedTable,
    row: BlockRow,
    groupIds: readonly number[],
    { writeTimeMicros }: BlockWrite,
  ): void {
    const key = this.#keys.encode(row.key);
    const existing = loadRecord(table, key);
    const change = {
      groupIds,
      blocks: row.blocks,
      writeTimeMicros: row.writeTimeMicros ?? writeTimeMicros,
    };
    const merged = mergeRecord(existing, change, key.full);
    if (merged !== undefined) table.putSync(key.database, merged);
  }

  #refuseRow(request: BlockWrite, row: BlockRow): string | undefined {
    for (let index = 0; index < row.blocks.length; index++) {
      const size = (row.blocks[index] as Uint8Array).length;
      if (size > MAX_BLOCK_SIZE_BYTES) {
        const label = request.groups[index]?.label;
        return `${subject(request)}: block of ${size} bytes for feature group ${label}, at most ${MAX_BLOCK_SIZE_BYTES} can be stored`;
      }
    }
    const reason = this.refuseKey(request, row.key);
    return reason === undefined ? undefined : `${subject(request)}: ${reason}`;
  }

  #closedFailure(): FeatureStoreError | undefined {
    if (!this.#isClosed && !this.#environment.isClosed) return undefined;
    return new FeatureStoreError(
      "UNAVAILABLE",
      `embedded store in ${this.#environment.folder}: it is closed`,
    );
  }

  #assertOpen(): void {
    const failure = this.#closedFailure();
    if (failure !== undefined) throw failure;
  }
}

/** @throws {CodecError} if the stored bytes are no record of the key */
function loadRecord(table: EmbeddedTable, key: RowKey): RowRecord | undefined {
  const bytes = table.getBinaryFast(key.database);
  if (bytes === undefined) return undefined;
  // lmdb sets `length` of its shared buffer to the size of the value; the buffer itself is longer.
  const record = new RowRecord(bytes, bytes.length);
  record.assertKey(key.full);
  return record;
}

function sizeOfRows(request: BlockWrite, start: number, end: number): number {
  let sizeBytes = 0;
  for (let index = start; index < end; index++) {
    const { blocks, key } = request.rows[index] as BlockRow;
    for (const block of blocks) sizeBytes += block.length;
    const keySize = key.reduce((sum, part) => sum + part.length, 0);
    sizeBytes += recordOverheadBytes(blocks.length, keySize);
  }
  return sizeBytes;
}

function subject(table: BlockTable): string {
  return `embedded store ${table.store.id}, table ${table.store.table}`;
}
