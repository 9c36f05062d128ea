import { entityKeyString } from "@ofs/codec";
import type { CancelSignal, FeatureStoreError } from "@ofs/platform";
import type { BlockRead, BlockStore, BlockTable, BlockWrite, StoredCell } from "@ofs/store";

/** `BlockStore` on a map. Failures and pauses are set by the test. */
export class MemoryBlockStore implements BlockStore {
  readonly kind = "scylla";
  readonly reads: { readonly keys: string[]; readonly groups: string[] }[] = [];
  /** Of the reads, in their order. */
  readonly signals: (CancelSignal | undefined)[] = [];
  readonly writes: BlockWrite[] = [];
  readFailure: FeatureStoreError | undefined;
  writeFailure: FeatureStoreError | undefined;
  /** Reads and writes wait for it; a read answers with what was stored when it began. */
  gate: Promise<void> | undefined;
  /** Answers at once, not by a promise. */
  isImmediate = false;
  maxBlockSize = 65_535;
  readonly #blocks = new Map<string, Uint8Array>();

  read({ entity, groups, keys, signal }: BlockRead): StoredCell[] | Promise<StoredCell[]> {
    this.reads.push({ keys: keys.map((key) => key.join("|")), groups: groups.map((g) => g.label) });
    this.signals.push(signal);
    const cells = keys.flatMap((key) =>
      groups.map((group): StoredCell => {
        return this.readFailure ?? this.#blocks.get(cellName(entity.label, key, group.label));
      }),
    );
    if (this.isImmediate) return cells;
    return Promise.resolve(this.gate).then(() => cells);
  }

  async write(request: BlockWrite): Promise<(FeatureStoreError | undefined)[]> {
    this.writes.push(request);
    const { entity, groups, rows } = request;
    await this.gate;
    if (this.writeFailure !== undefined) return rows.map(() => this.writeFailure);
    for (const { key, blocks } of rows) {
      for (const [g, group] of groups.entries()) {
        this.put(entity.label, key, group.label, blocks[g] as Uint8Array);
      }
    }
    return rows.map(() => undefined);
  }

  put(entity: string, key: readonly string[], group: string, block: Uint8Array): void {
    this.#blocks.set(cellName(entity, key, group), block);
  }

  get size(): number {
    return this.#blocks.size;
  }

  maxBlockSizeBytes(): number {
    return this.maxBlockSize;
  }

  refuseKey({ entity }: BlockTable, key: readonly string[]): string | undefined {
    return entity.keys.length === 1 && key[0] === "" ? "the key is empty" : undefined;
  }

  async prepare(): Promise<void> {}
  async ping(): Promise<void> {}
  async close(): Promise<void> {}
}

function cellName(entity: string, key: readonly string[], group: string): string {
  return `${entityKeyString(entity, key)} ${group}`;
}
