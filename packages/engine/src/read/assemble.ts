import { type Block, FeatureReader } from "@ofs/codec";
import { FeatureStoreError, type ReusableMemory } from "@ofs/platform";
import {
  fieldSize,
  type RetrieveQueryView,
  ROW_COLUMN_TAG,
  ROW_TAG,
  writeFieldHead,
} from "@ofs/proto";
import type { Validity } from "../metrics.ts";
import { ABSENT, EXPIRED } from "./cells.ts";
import type { Fetch } from "./fetch.ts";
import type { Column, Section } from "./plan.ts";
import { encodeRowKeys } from "./row-keys.ts";
import { type ColumnCopies, type SectionView, viewOfVersion } from "./section-view.ts";

/** Where each cell of the answer comes from, found once and used for sizing and for writing. */
export interface Resolution {
  /** View to read with, or undefined for the section's defaults; key by key, section by section. */
  readonly views: readonly (SectionView | undefined)[];
  /** By section. */
  readonly validity: readonly Validity[];
  readonly degradedCellCount: number;
  /** A block's version that the registry does not know, though it knows older ones. */
  readonly unknownNewerVersion: { readonly group: string; readonly version: number } | undefined;
}

/** Decides for each key and section whether its block can be read, and with which version's layout. */
export function resolveCells({ plan, keys, cells }: Fetch): Resolution {
  const { sections, groups } = plan;
  const views = new Array<SectionView | undefined>(keys.count * sections.length);
  const validity = sections.map(
    (): Validity => ({ valid: 0, expired: 0, negative: 0, degraded: 0 }),
  );
  let degradedCellCount = 0;
  let unknownNewerVersion: Resolution["unknownNewerVersion"];
  for (let s = 0; s < sections.length; s++) {
    const section = sections[s] as Section;
    const counts = validity[s] as Validity;
    for (let k = 0; k < keys.count; k++) {
      const cell = cells[k * groups.length + section.groupIndex] as Block;
      const view = viewOf(section, cell);
      views[k * sections.length + s] = view;
      count(counts, cell, view);
      if (view === undefined && isNewer(section, cell)) {
        unknownNewerVersion = { group: section.group.label, version: cell.schemaVersion };
      }
    }
    degradedCellCount += counts.degraded * section.columns.length;
  }
  return { views, validity, degradedCellCount, unknownNewerVersion };
}

/** @returns undefined for a mark, a block of another data type, or one of an unknown version */
function viewOf(section: Section, cell: Block): SectionView | undefined {
  if (cell.dataTypeCode !== section.group.dataType.code) return undefined;
  return viewOfVersion(section, cell.schemaVersion);
}

function count(counts: Validity, cell: Block, view: SectionView | undefined): void {
  if (view !== undefined) counts.valid += 1;
  else if (cell === ABSENT) counts.negative += 1;
  else if (cell === EXPIRED) counts.expired += 1;
  else counts.degraded += 1;
}

function isNewer({ group }: Section, block: Block): boolean {
  if (block.dataTypeCode !== group.dataType.code) return false;
  for (const version of group.versions.keys()) {
    if (version >= block.schemaVersion) return false;
  }
  return true;
}

/**
 * Writes `retrieve.Result`: one pass sizes it, one fills it, straight from the blocks.
 *
 * @param maxSizeBytes limit on the answer
 * @param memory that the answer is written into
 * @returns the encoded answer, and how many columns were cut off in their block and answered by defaults
 * @throws {FeatureStoreError} RESOURCE_EXHAUSTED
 */
export function assembleRows(
  fetch: Fetch,
  query: RetrieveQueryView,
  { views }: Resolution,
  maxSizeBytes: number,
  memory: ReusableMemory,
): { readonly response: Uint8Array; readonly cutColumnCount: number } {
  const writer = new RowWriter(fetch, views);
  const { plan, keys } = fetch;
  const columnSizes = new Float64Array(keys.count);
  for (let k = 0; k < columnSizes.length; k++) columnSizes[k] = writer.sizeOf(k);
  const rowCount = keys.indexByRow.length;
  const rowKeys = encodeRowKeys(query);
  let size = plan.head.length;
  for (let row = 0; row < rowCount; row++) {
    size += fieldSize(
      rowKeys.sizeOf(row) + (columnSizes[keys.indexByRow[row] as number] as number),
    );
  }
  if (size > maxSizeBytes) {
    throw new FeatureStoreError(
      "RESOURCE_EXHAUSTED",
      `the answer of ${rowCount} rows is ${size} bytes, more than ${maxSizeBytes}`,
    );
  }
  // Every byte is written below: the final assertion holds that.
  const out = memory.take(size);
  out.set(plan.head, 0);
  let offset = plan.head.length;
  for (let row = 0; row < rowCount; row++) {
    const k = keys.indexByRow[row] as number;
    const bodySize = rowKeys.sizeOf(row) + (columnSizes[k] as number);
    offset = writeFieldHead(out, offset, ROW_TAG, bodySize);
    offset = rowKeys.copy(row, out, offset);
    offset = writer.write(k, out, offset);
  }
  if (offset !== size) throw new Error(`assembled ${offset} bytes where ${size} were sized`);
  return { response: out, cutColumnCount: writer.cutColumnCount };
}

/** Of whatever row is being written: nothing of it lasts from one to the next. */
const READER = new FeatureReader();

/** Sizes and writes the columns of one key. `sizeOf` and `write` must agree to the byte. */
class RowWriter {
  readonly #fetch: Fetch;
  readonly #views: readonly (SectionView | undefined)[];
  readonly #reader = READER;
  /** Columns answered by a default because their block ends too early; counted while sizing. */
  cutColumnCount = 0;

  constructor(fetch: Fetch, views: readonly (SectionView | undefined)[]) {
    this.#fetch = fetch;
    this.#views = views;
  }

  sizeOf(k: number): number {
    const { plan, cells } = this.#fetch;
    const { sections } = plan;
    let size = 0;
    for (let s = 0; s < sections.length; s++) {
      const section = sections[s] as Section;
      const view = this.#views[k * sections.length + s];
      if (view === undefined) {
        size += section.defaultBytes.length;
        continue;
      }
      const block = cells[k * plan.groups.length + section.groupIndex] as Block;
      size += isWhole(view, block) ? view.wireSizeBytes : this.#sizeByColumn(section, view, block);
    }
    return size;
  }

  write(k: number, out: Uint8Array, start: number): number {
    const { plan, cells } = this.#fetch;
    const { sections } = plan;
    let offset = start;
    for (let s = 0; s < sections.length; s++) {
      const section = sections[s] as Section;
      const view = this.#views[k * sections.length + s];
      if (view === undefined) {
        out.set(section.defaultBytes, offset);
        offset += section.defaultBytes.length;
        continue;
      }
      const block = cells[k * plan.groups.length + section.groupIndex] as Block;
      offset =
        view.copies !== undefined && block.sizeBytes >= view.payloadSizeBytes
          ? copyColumns(view.copies, block, out, offset)
          : this.#writeSection(section, view, block, out, offset);
    }
    return offset;
  }

  #sizeByColumn(section: Section, view: SectionView, block: Block): number {
    this.#reader.open(view.layout, block.bytes, block.start, block.sizeBytes);
    let size = 0;
    for (let c = 0; c < section.columns.length; c++) {
      const column = section.columns[c] as Column;
      let valueSize = this.#valueSize(view, c);
      if (valueSize < 0) {
        if ((view.positions[c] as number) >= 0) this.cutColumnCount += 1;
        valueSize = column.defaultValue.length;
      }
      size += fieldSize(valueSize);
    }
    return size;
  }

  #writeSection(
    section: Section,
    view: SectionView,
    block: Block,
    out: Uint8Array,
    start: number,
  ): number {
    this.#reader.open(view.layout, block.bytes, block.start, block.sizeBytes);
    let offset = start;
    for (let c = 0; c < section.columns.length; c++) {
      const column = section.columns[c] as Column;
      const size = this.#valueSize(view, c);
      if (size < 0) {
        offset = writeFieldHead(out, offset, ROW_COLUMN_TAG, column.defaultValue.length);
        out.set(column.defaultValue, offset);
        offset += column.defaultValue.length;
        continue;
      }
      offset = writeFieldHead(out, offset, ROW_COLUMN_TAG, size);
      offset = this.#writeValue(column, view, c, block, out, offset);
    }
    return offset;
  }

  /** Bytes of a column in the answer; -1 where its default stands in. The reader is open. */
  #valueSize(view: SectionView, c: number): number {
    const position = view.positions[c] as number;
    if (position < 0) return -1;
    const stored = this.#reader.size(position);
    if (stored < 0) return -1;
    const fixed = view.columnSizes[c] as number;
    return fixed < 0 ? stored : fixed;
  }

  #writeValue(
    column: Column,
    view: SectionView,
    c: number,
    block: Block,
    out: Uint8Array,
    offset: number,
  ): number {
    const position = view.positions[c] as number;
    const { layout } = view;
    if (column.quantizer !== undefined) {
      const count = layout.vectorLengths[position] as number;
      const from = block.start + (layout.byteStarts[position] as number);
      column.quantizer.convert(block.bytes, from, count, out, offset);
      return offset + (view.columnSizes[c] as number);
    }
    return this.#reader.copy(position, out, offset);
  }
}

/** The common case without a call for each column. */
function copyColumns(
  { starts, sizes }: ColumnCopies,
  { bytes, start: base }: Block,
  out: Uint8Array,
  start: number,
): number {
  let offset = start;
  for (let c = 0; c < starts.length; c++) {
    const size = sizes[c] as number;
    let from = base + (starts[c] as number);
    out[offset] = ROW_COLUMN_TAG;
    out[offset + 1] = size;
    offset += 2;
    if (size === 4) {
      out[offset] = bytes[from] as number;
      out[offset + 1] = bytes[from + 1] as number;
      out[offset + 2] = bytes[from + 2] as number;
      out[offset + 3] = bytes[from + 3] as number;
      offset += 4;
    } else {
      for (const end = from + size; from < end; from++) out[offset++] = bytes[from] as number;
    }
  }
  return offset;
}

/** Whether every column can be read without looking at its bounds again. */
function isWhole(view: SectionView, { sizeBytes }: Block): boolean {
  return view.wireSizeBytes >= 0 && sizeBytes >= view.payloadSizeBytes;
}
