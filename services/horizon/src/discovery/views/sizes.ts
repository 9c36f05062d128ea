import type { DataType } from "@ofs/codec";
import type { Catalog, CatalogFeature, CatalogGroup } from "../catalog/model.ts";
import { activeVersionOf } from "../catalog/read-group.ts";

/** Before the features, in a block of layout 1. */
const BLOCK_HEADER_SIZE_BYTES = 9;

/** Before each string, in a block. */
const STRING_SIZE_BYTES = 2;

/** What a group may take up in its store's table, and how much it does. */
export interface GroupSizes {
  readonly columns: {
    readonly label: string;
    readonly "current-size-in-bytes": number;
    readonly "max-size-in-bytes": number;
  }[];
  /** What the control plane accounts for this group. */
  readonly "accounted-size-in-bytes": number;
  /** Largest block of the active version, uncompressed; null if the data type is unknown. */
  readonly "block-size-in-bytes": number | null;
  /** Accounted for all groups of the same table: they share its rows. */
  readonly "row-size-in-bytes": number;
  readonly "max-row-size-in-bytes": number;
}

export function groupSizes(catalog: Catalog, group: CatalogGroup): GroupSizes {
  const store = catalog.stores.get(group.storeId);
  const active = activeVersionOf(group)?.features ?? [];
  return {
    columns: group.columns.map(({ label, currentSizeBytes }) => ({
      label,
      "current-size-in-bytes": currentSizeBytes,
      "max-size-in-bytes": store?.maxColumnSizeBytes ?? 0,
    })),
    "accounted-size-in-bytes": accountedSize(group),
    "block-size-in-bytes": group.dataType === undefined ? null : blockSize(group.dataType, active),
    "row-size-in-bytes": rowSize(catalog, group.storeId),
    "max-row-size-in-bytes": store?.maxRowSizeBytes ?? 0,
  };
}

/** Largest block that features of a type can make, with its header. */
export function blockSize(dataType: DataType, features: readonly CatalogFeature[]): number {
  let sizeBytes = BLOCK_HEADER_SIZE_BYTES;
  for (const feature of features) {
    const elementCount = dataType.isVector ? feature.vectorLength : 1;
    sizeBytes += elementCount * elementSize(dataType, feature);
  }
  return sizeBytes;
}

function elementSize(dataType: DataType, { stringLength }: CatalogFeature): number {
  if (dataType.kind === "string") return stringLength + STRING_SIZE_BYTES;
  return Math.max(dataType.unitSizeBytes, 1);
}

function accountedSize({ columns }: CatalogGroup): number {
  return columns.reduce((sum, { currentSizeBytes }) => sum + currentSizeBytes, 0);
}

function rowSize(catalog: Catalog, storeId: string): number {
  let sizeBytes = 0;
  for (const { groups } of catalog.entities.values()) {
    for (const group of groups.values()) {
      if (group.storeId === storeId) sizeBytes += accountedSize(group);
    }
  }
  return sizeBytes;
}
