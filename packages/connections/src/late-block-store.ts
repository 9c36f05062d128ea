import { FeatureStoreError } from "@ofs/platform";
import type { FeatureGroup, StoreDefinition } from "@ofs/registry";
import type {
  BlockRead,
  BlockStore,
  BlockTable,
  BlockWrite,
  KeyValues,
  RowOutcome,
  StoredCell,
} from "@ofs/store";

/**
 * A store that may still have to be connected. Until then every read and write is UNAVAILABLE; each `ping` tries
 * to connect, one at a time.
 */
export class LateBlockStore implements BlockStore {
  readonly kind: string;
  readonly #connect: () => Promise<BlockStore>;
  readonly #name: string;
  #store: BlockStore | undefined;
  #connecting: Promise<BlockStore> | undefined;
  #lastFault = "it has not been connected yet";
  #isClosed = false;

  /**
   * @param name for messages
   * @param connect is called again after it has failed
   */
  constructor(kind: string, name: string, connect: () => Promise<BlockStore>) {
    this.kind = kind;
    this.#name = name;
    this.#connect = connect;
  }

  async read(request: BlockRead): Promise<StoredCell[]> {
    if (this.#store !== undefined) return this.#store.read(request);
    const cellCount = request.keys.length * request.groups.length;
    return new Array<StoredCell>(cellCount).fill(this.#unavailable());
  }

  async write(request: BlockWrite): Promise<RowOutcome[]> {
    if (this.#store !== undefined) return this.#store.write(request);
    return new Array<RowOutcome>(request.rows.length).fill(this.#unavailable());
  }

  /** What is too large shows once the store is there; before, nothing is written anyway. */
  maxBlockSizeBytes(store: StoreDefinition, group: FeatureGroup): number {
    return this.#store?.maxBlockSizeBytes(store, group) ?? Number.POSITIVE_INFINITY;
  }

  refuseKey(table: BlockTable, key: KeyValues): string | undefined {
    return this.#store?.refuseKey(table, key);
  }

  async prepare(table: BlockTable, groups: readonly FeatureGroup[]): Promise<void> {
    if (this.#store === undefined) throw this.#unavailable();
    await this.#store.prepare(table, groups);
  }

  /** Connects if need be. @throws {FeatureStoreError} UNAVAILABLE */
  async ping(): Promise<void> {
    if (this.#store !== undefined) return this.#store.ping();
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    try {
      const store = await this.#connecting;
      if (this.#isClosed) await store.close();
      else this.#store = store;
    } catch (error) {
      this.#lastFault = error instanceof Error ? error.message : String(error);
      throw this.#unavailable(error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#store?.close();
  }

  #unavailable(cause?: unknown): FeatureStoreError {
    return new FeatureStoreError("UNAVAILABLE", `${this.#name}: ${this.#lastFault}`, { cause });
  }
}
