import {
  MessageFault,
  type MessageWrites,
  type PendingWrite,
  type RecordFormat,
  type SourceRecord,
  type WriteOutcome,
} from "@ofs/ingest";
import { FeatureStoreError } from "@ofs/platform";
import type { VirtualClock } from "./virtual-clock.ts";

/** A row of the tests' messages. */
export interface TestRow {
  readonly key: string;
  readonly value: string;
  readonly isDelete?: boolean;
  /** Default `main`. */
  readonly connection?: string;
  /** Default `table`. */
  readonly table?: string;
  /** The format refuses it. */
  readonly isBad?: boolean;
  /** The store refuses it, for good. */
  readonly isRefused?: boolean;
  readonly sizeBytes?: number;
}

/** What the tests' records hold, as JSON. */
export interface TestMessage {
  readonly rows: readonly TestRow[];
  /** A name that the registry must have. */
  readonly needs?: string;
  readonly isPoison?: boolean;
  /** Of a store without a connection. */
  readonly isForeign?: boolean;
}

export interface TestWrite extends PendingWrite {
  readonly value: string;
  readonly table: string;
  readonly isRefused: boolean;
}

/** In place of the value of a row that is deleted. */
export const DELETED = "(deleted)";

export interface StoredRow {
  readonly value: string;
  readonly writeTimeMicros: number;
}

export function encodeMessage(message: TestMessage): string {
  return JSON.stringify(message);
}

/** A store of rows: the newest write time wins; of equal ones a delete, else the later. */
export class MemoryStore {
  /** By `<table>/<key>`. */
  readonly rows = new Map<string, StoredRow>();
  /** All that was ever asked for, batch by batch. */
  readonly batches: (readonly TestWrite[])[] = [];

  put({ isDelete, key, table, value, writeTimeMicros }: TestWrite): void {
    const name = `${table}/${key}`;
    const current = this.rows.get(name);
    if (current !== undefined) {
      if (current.writeTimeMicros > writeTimeMicros) return;
      const isTie = current.writeTimeMicros === writeTimeMicros;
      if (isTie && current.value === DELETED && !isDelete) return;
    }
    this.rows.set(name, { value: isDelete ? DELETED : value, writeTimeMicros });
  }
}

/** JSON messages into a store in memory, with faults as the test likes. */
export class RowFormat implements RecordFormat<TestWrite> {
  readonly name = "row";
  readonly store: MemoryStore;
  readonly #clock: VirtualClock;
  readonly #targets = new Map<string, object>();
  /** What the registry has; `undefined` = everything. */
  registry: Set<string> | undefined = undefined;
  hasForeignStore = false;
  /** Decides what becomes of a row before the store takes it. */
  fail: (write: TestWrite) => WriteOutcome = () => undefined;
  /** How long a write takes. */
  latencyMs: (batch: readonly TestWrite[]) => number = () => 1;
  onPrepare: (record: SourceRecord, writeTimeMicros: number) => void = () => undefined;
  onWrite: (batch: readonly TestWrite[]) => void = () => undefined;
  /** Writes under way, by connection; and the most there ever were. */
  readonly underWay = new Map<string, number>();
  readonly mostUnderWay = new Map<string, number>();

  constructor(clock: VirtualClock, store = new MemoryStore()) {
    this.#clock = clock;
    this.store = store;
  }

  prepare(record: SourceRecord, writeTimeMicros: number): MessageWrites<TestWrite> {
    this.onPrepare(record, writeTimeMicros);
    const message = this.#parse(record);
    this.#check(message);
    const writes: TestWrite[] = [];
    const faults: { row: number; error: FeatureStoreError }[] = [];
    for (const [row, one] of message.rows.entries()) {
      if (one.isBad) faults.push({ row, error: fault(`value ${one.value} is bad`) });
      else writes.push(this.#writeOf(one, row, writeTimeMicros));
    }
    return {
      writes,
      faults,
      subject: "test",
      encodeRows: (rows) => {
        const kept = rows.map((row) => message.rows[row] as TestRow);
        return Buffer.from(encodeMessage({ ...message, rows: kept }));
      },
    };
  }

  async write(batch: readonly TestWrite[]): Promise<readonly WriteOutcome[]> {
    const [first] = batch;
    if (first === undefined) throw new Error("empty batch");
    if (new Set(batch.map(({ key }) => key)).size < batch.length) throw new Error("key twice");
    if (batch.some(({ target }) => target !== first.target)) throw new Error("two targets");
    this.store.batches.push(batch);
    this.onWrite(batch);
    this.#count(first.connection, 1);
    await this.#clock.sleep(this.latencyMs(batch));
    this.#count(first.connection, -1);
    return batch.map((write) => {
      if (write.isRefused) return fault(`${write.value} is refused`);
      const outcome = this.fail(write);
      if (outcome === undefined) this.store.put(write);
      return outcome;
    });
  }

  #parse(record: SourceRecord): TestMessage {
    try {
      return JSON.parse(Buffer.from(record.value ?? []).toString()) as TestMessage;
    } catch {
      throw new MessageFault("poison", fault("value is not JSON"), { field: "value" });
    }
  }

  #check({ isForeign, isPoison, needs }: TestMessage): void {
    if (isPoison) throw new MessageFault("poison", fault("poison"), { field: "isPoison" });
    if (needs !== undefined && this.registry !== undefined && !this.registry.has(needs)) {
      const cause = new FeatureStoreError("NOT_FOUND", `${needs} is not registered`);
      throw new MessageFault("registry", cause, { missing: needs });
    }
    if (isForeign && !this.hasForeignStore) {
      const cause = new FeatureStoreError("FAILED_PRECONDITION", "no connection to store 9");
      throw new MessageFault("store", cause);
    }
  }

  #writeOf(row: TestRow, index: number, writeTimeMicros: number): TestWrite {
    const { connection = "main", isRefused = false, key, sizeBytes = 100, table = "table" } = row;
    const { isDelete = false } = row;
    return {
      connection,
      target: this.#targetOf(`${connection}/${table}`),
      key,
      writeTimeMicros,
      isDelete,
      sizeBytes,
      row: index,
      value: row.value,
      table,
      isRefused,
    };
  }

  #targetOf(name: string): object {
    const target = this.#targets.get(name) ?? { name };
    this.#targets.set(name, target);
    return target;
  }

  #count(connection: string, change: number): void {
    const count = (this.underWay.get(connection) ?? 0) + change;
    this.underWay.set(connection, count);
    this.mostUnderWay.set(connection, Math.max(count, this.mostUnderWay.get(connection) ?? 0));
  }
}

function fault(message: string): FeatureStoreError {
  return new FeatureStoreError("INVALID_ARGUMENT", message);
}
