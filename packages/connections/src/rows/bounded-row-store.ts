import { FeatureStoreError } from "@ofs/platform";
import type {
  CellBytes,
  RowCells,
  RowRead,
  RowReadOutcome,
  RowScan,
  RowStore,
  RowTable,
  RowWrite,
  RowWriteOutcome,
} from "@ofs/store";

/**
 * Bounds the calls that wait for one tenant's store, so that one that has stalled does not hold every call that the
 * process may work on. More are refused at once.
 */
export class BoundedRowStore implements RowStore {
  readonly kind: string;
  readonly #store: RowStore;
  readonly #tenant: string;
  readonly #max: number;
  #count = 0;
  #refusedCount = 0;
  #onIdle: (() => void) | undefined;

  /** @param max calls at once */
  constructor(store: RowStore, tenant: string, max: number) {
    this.kind = store.kind;
    this.#store = store;
    this.#tenant = tenant;
    this.#max = max;
  }

  /** Calls under way. */
  get count(): number {
    return this.#count;
  }

  /** Calls refused since the start. */
  get refusedCount(): number {
    return this.#refusedCount;
  }

  async write(request: RowWrite): Promise<RowWriteOutcome[]> {
    const refusal = this.#enter();
    if (refusal !== undefined) {
      return new Array<RowWriteOutcome>(request.rows.length).fill(refusal);
    }
    try {
      return await this.#store.write(request);
    } finally {
      this.#leave();
    }
  }

  async read(request: RowRead): Promise<RowReadOutcome[]> {
    const refusal = this.#enter();
    if (refusal !== undefined) return new Array<RowReadOutcome>(request.keys.length).fill(refusal);
    try {
      return await this.#store.read(request);
    } finally {
      this.#leave();
    }
  }

  async *scan(request: RowScan): AsyncGenerator<readonly RowCells[]> {
    const refusal = this.#enter();
    if (refusal !== undefined) throw refusal;
    try {
      yield* this.#store.scan(request);
    } finally {
      this.#leave();
    }
  }

  refuseKey(table: RowTable, key: readonly CellBytes[]): string | undefined {
    return this.#store.refuseKey(table, key);
  }

  ping(): Promise<void> {
    return this.#store.ping();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Resolves when no call is under way. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      if (this.#count === 0) resolve();
    });
  }

  #enter(): FeatureStoreError | undefined {
    if (this.#count < this.#max) {
      this.#count += 1;
      return undefined;
    }
    this.#refusedCount += 1;
    const text = `tenant ${this.#tenant}: too many calls wait for its store: the limit STORE_MAX_IN_FLIGHT is ${this.#max}`;
    return new FeatureStoreError("RESOURCE_EXHAUSTED", text);
  }

  #leave(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#onIdle?.();
  }
}
