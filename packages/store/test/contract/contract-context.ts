import { type CancelSignal, FeatureStoreError } from "@ofs/platform";
import type { Entity, FeatureGroup, StoreDefinition } from "@ofs/registry";
import type { BlockStore, BlockTable, KeyValues, RowOutcome, StoredCell } from "@ofs/store";
import { entity, featureGroup, storeDefinition, uniqueName } from "../fixtures.ts";

/** An adapter under test, on data that nobody else writes. */
export interface BlockStoreSubject {
  readonly store: BlockStore;
  /** How the registry describes a store of this adapter. */
  readonly definition: Pick<StoreDefinition, "dbType" | "confId">;
  /** Keys of a one-column entity that this store cannot hold. */
  readonly refusedKeys: readonly KeyValues[];
  /**
   * What a second write of the same time does: `replaces`, as the port says, or `larger-value-wins`
   * where the database itself compares the values.
   */
  readonly equalWriteTime: "replaces" | "larger-value-wins";
  /** One more connection to the same data; the suite closes it. */
  connect(): Promise<BlockStore>;
  /** Closes the store and removes the data. */
  close(): Promise<void>;
}

export const T0 = 1_750_000_000_000_000;

/** Groups of each entity of the suite: two of one column, and one of three. */
function suiteGroups(entityLabel: string): FeatureGroup[] {
  return [
    featureGroup({ entityLabel, label: "scores", id: 0, columns: ["seg_0"] }),
    featureGroup({ entityLabel, label: "tags", id: 1, columns: ["seg_1"] }),
    featureGroup({
      entityLabel,
      label: "vectors",
      id: 300,
      columns: ["seg_10", "seg_11", "seg_9"],
    }),
  ];
}

/** Tables and rows of the suite. */
export class Table implements BlockTable {
  readonly entity: Entity;
  readonly store: StoreDefinition;
  readonly scores: FeatureGroup;
  readonly tags: FeatureGroup;
  readonly vectors: FeatureGroup;
  readonly groups: readonly FeatureGroup[];

  constructor(subject: BlockStoreSubject, keyLabels: readonly string[]) {
    const label = uniqueName("contract");
    const groups = suiteGroups(label);
    [this.scores, this.tags, this.vectors] = groups as [FeatureGroup, FeatureGroup, FeatureGroup];
    this.groups = groups;
    this.entity = entity(label, keyLabels, groups);
    this.store = storeDefinition({ ...subject.definition, table: label, primaryKeys: keyLabels });
  }

  async read(
    store: BlockStore,
    keys: readonly KeyValues[],
    groups: readonly FeatureGroup[] = this.groups,
    limits: { readonly deadlineMs?: number; readonly signal?: CancelSignal } = {},
  ): Promise<StoredCell[]> {
    return store.read({
      entity: this.entity,
      store: this.store,
      groups,
      keys,
      deadlineMs: Number.POSITIVE_INFINITY,
      ...limits,
    });
  }

  /** Writes one group of rows that have times of their own. */
  writeTimed(
    store: BlockStore,
    group: FeatureGroup,
    rows: readonly TimedRow[],
    writeTimeMicros: number = T0,
  ): Promise<RowOutcome[]> {
    return store.write({
      entity: this.entity,
      store: this.store,
      groups: [group],
      rows: rows.map(({ block, ...row }) => ({ ...row, blocks: [block] })),
      writeTimeMicros,
      deadlineMs: Number.POSITIVE_INFINITY,
    });
  }

  write(
    store: BlockStore,
    groups: readonly FeatureGroup[],
    rows: readonly (readonly [key: KeyValues, ...blocks: Uint8Array[]])[],
    writeTimeMicros: number = T0,
    limits: { readonly deadlineMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<RowOutcome[]> {
    return store.write({
      entity: this.entity,
      store: this.store,
      groups,
      rows: rows.map(([key, ...blocks]) => ({ key, blocks })),
      writeTimeMicros,
      deadlineMs: Number.POSITIVE_INFINITY,
      ...limits,
    });
  }
}

/** One row of `Table.writeTimed`. */
export interface TimedRow {
  readonly key: KeyValues;
  readonly block: Uint8Array;
  /** Left out: that of the write. */
  readonly writeTimeMicros?: number | undefined;
}

/** Cells as text or marks, so that a difference prints readably. */
export function shown(cells: readonly StoredCell[]): (string | undefined)[] {
  return cells.map((cell) => {
    if (cell === undefined) return undefined;
    return cell instanceof FeatureStoreError ? `${cell.code}: ${cell.message}` : hex(cell);
  });
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

export function codes(outcomes: readonly (StoredCell | RowOutcome)[]): (string | undefined)[] {
  return outcomes.map((outcome) =>
    outcome instanceof FeatureStoreError ? outcome.code : outcome && "bytes",
  );
}

/** What the parts of the contract work on. */
export interface ContractContext {
  readonly subject: BlockStoreSubject;
  readonly store: BlockStore;
  /** Of a one-column entity. */
  readonly users: Table;
  /** Of a two-column entity. */
  readonly pairs: Table;
}
