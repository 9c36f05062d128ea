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

export interface LateRowStoreOptions {
  readonly kind: string;
  /** For messages. */
  readonly name: string;
  /** Is called again after it has failed. */
  connect(): Promise<RowStore>;
  /** As the store will say it. */
  refuseKey: RowStore["refuseKey"];
}

/**
 * A store that may still have to be connected: each `ping` tries to, one at a time. What is asked meanwhile waits for the
 * first attempt, as long as its caller does; once that has failed, it is UNAVAILABLE at once until an attempt succeeds.
 */
export class LateRowStore implements RowStore {
  readonly kind: string;
  readonly #options: LateRowStoreOptions;
  #store: RowStore | undefined;
  #connecting: Promise<void> | undefined;
  #lastFault: string | undefined;
  #isClosed = false;

  constructor(options: LateRowStoreOptions) {
    this.kind = options.kind;
    this.#options = options;
  }

  async write(request: RowWrite): Promise<RowWriteOutcome[]> {
    const store = this.#store ?? (await this.#connected(request));
    if (!(store instanceof FeatureStoreError)) return store.write(request);
    return new Array<RowWriteOutcome>(request.rows.length).fill(store);
  }

  async read(request: RowRead): Promise<RowReadOutcome[]> {
    const store = this.#store ?? (await this.#connected(request));
    if (!(store instanceof FeatureStoreError)) return store.read(request);
    return new Array<RowReadOutcome>(request.keys.length).fill(store);
  }

  async *scan(request: RowScan): AsyncGenerator<readonly RowCells[]> {
    const store = this.#store ?? (await this.#connected(request));
    if (store instanceof FeatureStoreError) throw store;
    yield* store.scan(request);
  }

  refuseKey(table: RowTable, key: readonly CellBytes[]): string | undefined {
    return this.#options.refuseKey(table, key);
  }

  /** Connects if need be. @throws {FeatureStoreError} UNAVAILABLE */
  async ping(): Promise<void> {
    if (this.#store !== undefined) return this.#store.ping();
    await this.#connect();
    if (this.#lastFault !== undefined) throw this.#unavailable();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#store?.close();
  }

  /** @returns the store, or why there is none yet */
  async #connected({
    deadlineMs,
    signal,
  }: Pick<RowWrite, "deadlineMs" | "signal">): Promise<RowStore | FeatureStoreError> {
    if (this.#lastFault !== undefined || this.#isClosed) return this.#unavailable();
    await this.#connectWithin(deadlineMs, signal);
    return this.#store ?? this.#unavailable();
  }

  /** Never rejects. */
  async #connectWithin(deadlineMs: number, signal: AbortSignal | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let stop: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      stop = resolve;
      const leftMs = deadlineMs - Date.now();
      if (Number.isFinite(leftMs)) timer = setTimeout(resolve, Math.max(0, leftMs));
      signal?.addEventListener("abort", stop, { once: true });
    });
    await Promise.race([this.#connect(), over]);
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }

  /** Never rejects: what fails is the last fault. */
  #connect(): Promise<void> {
    this.#connecting ??= this.#attempt().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #attempt(): Promise<void> {
    try {
      const store = await this.#options.connect();
      if (this.#isClosed) await store.close();
      else this.#store = store;
      this.#lastFault = undefined;
    } catch (error) {
      this.#lastFault = error instanceof Error ? error.message : String(error);
    }
  }

  #unavailable(): FeatureStoreError {
    const fault = this.#lastFault ?? (this.#isClosed ? "it is closed" : "it is being connected");
    return new FeatureStoreError("UNAVAILABLE", `${this.#options.name}: ${fault}`);
  }
}
