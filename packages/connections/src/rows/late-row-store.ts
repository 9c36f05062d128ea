import { FeatureStoreError } from "@ofs/platform";
import type {
  RowCells,
  RowRead,
  RowReadOutcome,
  RowScan,
  RowStore,
  RowWrite,
  RowWriteOutcome,
} from "@ofs/store";
import { LateConnection } from "../late-connection.ts";

export interface LateRowStoreOptions {
  readonly kind: string;
  /** For messages. */
  readonly name: string;
  /** Is called again after it has failed. */
  readonly connect: () => Promise<RowStore>;
  /** As the store will say it. */
  readonly refuseKey: RowStore["refuseKey"];
}

/**
 * A store that may still have to be connected: each `ping` tries to, one at a time. What is asked meanwhile waits for the
 * first attempt, as long as its caller does; once that has failed, it is UNAVAILABLE at once until an attempt succeeds.
 */
export class LateRowStore implements RowStore {
  readonly kind: string;
  readonly refuseKey: RowStore["refuseKey"];
  readonly #connection: LateConnection<RowStore>;

  constructor({ kind, name, connect, refuseKey }: LateRowStoreOptions) {
    this.kind = kind;
    this.refuseKey = refuseKey;
    this.#connection = new LateConnection(name, connect);
  }

  async write(request: RowWrite): Promise<RowWriteOutcome[]> {
    const store = this.#connection.store ?? (await this.#connection.storeWithin(request));
    if (!(store instanceof FeatureStoreError)) return store.write(request);
    return new Array<RowWriteOutcome>(request.rows.length).fill(store);
  }

  async read(request: RowRead): Promise<RowReadOutcome[]> {
    const store = this.#connection.store ?? (await this.#connection.storeWithin(request));
    if (!(store instanceof FeatureStoreError)) return store.read(request);
    return new Array<RowReadOutcome>(request.keys.length).fill(store);
  }

  async *scan(request: RowScan): AsyncGenerator<readonly RowCells[]> {
    const store = this.#connection.store ?? (await this.#connection.storeWithin(request));
    if (store instanceof FeatureStoreError) throw store;
    yield* store.scan(request);
  }

  /** Connects if need be. @throws {FeatureStoreError} UNAVAILABLE */
  ping(): Promise<void> {
    return this.#connection.ping();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
