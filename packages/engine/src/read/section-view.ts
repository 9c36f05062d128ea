import type { FeatureLayout } from "@ofs/codec";
import { fieldSize } from "@ofs/proto";
import type { FeatureSchema } from "@ofs/registry";
import type { Column, Section } from "./plan.ts";

/** A section's columns as one schema version of the group holds them. */
export interface SectionView {
  readonly layout: FeatureLayout;
  /** Position in the block by column of the section; -1 where that version lacks the feature. */
  readonly positions: Int32Array;
  /** Size of each column's bytes in the answer; -1 where it depends on the block (strings). */
  readonly columnSizes: Int32Array;
  /** Size of all columns in an encoded row, or -1 where it depends on the block. */
  readonly wireSizeBytes: number;
  /** A payload of at least this size holds every column whole. */
  readonly payloadSizeBytes: number;
  /** Undefined unless every column lies in the payload as it stands in the answer, and is short. */
  readonly copies: ColumnCopies | undefined;
}

/** What to copy from a whole payload, by column of the section. */
export interface ColumnCopies {
  readonly starts: Int32Array;
  /** Below `MAX_COPY_SIZE_BYTES`, so that a length is one byte in the answer. */
  readonly sizes: Int32Array;
}

const MAX_COPY_SIZE_BYTES = 128;

/** @returns undefined where the registry does not know the version: such a block cannot be read */
export function viewOfVersion(section: Section, version: number): SectionView | undefined {
  const known = section.views.get(version);
  if (known !== undefined) return known;
  const schema = section.group.versions.get(version);
  if (schema === undefined) return undefined;
  const view = createView(section.columns, schema);
  section.views.set(version, view);
  return view;
}

function createView(columns: readonly Column[], schema: FeatureSchema): SectionView {
  const { layout, sequences } = schema;
  const positions = new Int32Array(columns.length);
  const columnSizes = new Int32Array(columns.length);
  let wireSizeBytes = 0;
  for (const [index, column] of columns.entries()) {
    const position = sequences.get(column.label) ?? -1;
    positions[index] = position;
    const size = position < 0 ? column.defaultValue.length : answerSize(layout, position, column);
    columnSizes[index] = size;
    wireSizeBytes = size < 0 || wireSizeBytes < 0 ? -1 : wireSizeBytes + fieldSize(size);
  }
  return {
    layout,
    positions,
    columnSizes,
    wireSizeBytes,
    payloadSizeBytes: layout.minPayloadSizeBytes,
    copies: columnCopies(columns, layout, positions, columnSizes),
  };
}

function columnCopies(
  columns: readonly Column[],
  layout: FeatureLayout,
  positions: Int32Array,
  sizes: Int32Array,
): ColumnCopies | undefined {
  const isCopied = columns.every(({ dataType, quantizer }, c) => {
    const isPlain =
      dataType.kind !== "bool" && dataType.kind !== "string" && quantizer === undefined;
    return isPlain && (positions[c] as number) >= 0 && (sizes[c] as number) < MAX_COPY_SIZE_BYTES;
  });
  if (!isCopied) return undefined;
  return { starts: positions.map((position) => layout.byteStarts[position] as number), sizes };
}

/** Bytes of one column of a fixed-width type; -1 for strings. */
function answerSize(layout: FeatureLayout, position: number, column: Column): number {
  const { kind, unitSizeBytes } = column.dataType;
  if (kind === "string") return -1;
  const elements = layout.vectorLengths[position] as number;
  return kind === "bool" ? elements : elements * unitSizeBytes;
}
