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
}

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
  };
}

/** Bytes of one column of a fixed-width type; -1 for strings. */
function answerSize(layout: FeatureLayout, position: number, column: Column): number {
  const { kind, unitSizeBytes } = column.dataType;
  if (kind === "string") return -1;
  const elements = layout.vectorLengths[position] as number;
  return kind === "bool" ? elements : elements * unitSizeBytes;
}
