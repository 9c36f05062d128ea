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
import { LateConnection } from "./late-connection.ts";

/**
 * A store that may still have to be connected. Until then every read and write is UNAVAILABLE; each `ping` tries
 * to connect, one at a time.
 */
export class LateBlockStore implements BlockStore {
  readonly kind: string;
  readonly #connection: LateConnection<BlockStore>;

  /**
   * @param name for messages
   * @param connect is called again after it has failed
   */
  constructor(kind: string, name: string, connect: () => Promise<BlockStore>) {
    this.kind = kind;
    this.#connection = new LateConnection(name, connect);
  }

  read(request: BlockRead): StoredCell[] | Promise<StoredCell[]> {
    const { store } = this.#connection;
    if (store !== undefined) return store.read(request);
    const cellCount = request.keys.length * request.groups.length;
    return new Array<StoredCell>(cellCount).fill(this.#connection.fault());
  }

  async write(request: BlockWrite): Promise<RowOutcome[]> {
    const { store } = this.#connection;
    if (store !== undefined) return store.write(request);
    return new Array<RowOutcome>(request.rows.length).fill(this.#connection.fault());
  }

  /** What is too large shows once the store is there; before, nothing is written anyway. */
  maxBlockSizeBytes(definition: StoreDefinition, group: FeatureGroup): number {
    const { store } = this.#connection;
    return store?.maxBlockSizeBytes(definition, group) ?? Number.POSITIVE_INFINITY;
  }

  refuseKey(table: BlockTable, key: KeyValues): string | undefined {
    return this.#connection.store?.refuseKey(table, key);
  }

  async prepare(table: BlockTable, groups: readonly FeatureGroup[]): Promise<void> {
    const { store } = this.#connection;
    if (store === undefined) throw this.#connection.fault();
    await store.prepare(table, groups);
  }

  /** Connects if need be. @throws {FeatureStoreError} UNAVAILABLE */
  ping(): Promise<void> {
    return this.#connection.ping();
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
