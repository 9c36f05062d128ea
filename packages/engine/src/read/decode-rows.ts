import { type Block, FeatureReader, formatFeature } from "@ofs/codec";
import { FeatureStoreError } from "@ofs/platform";
import type { RetrieveQueryView } from "@ofs/proto";
import type { Resolution } from "./assemble.ts";
import type { Fetch } from "./fetch.ts";
import type { Column, Section } from "./plan.ts";
import type { SectionView } from "./section-view.ts";

export interface DecodedRows {
  readonly rows: readonly { readonly keys: readonly string[]; readonly columns: string[] }[];
  /** Columns answered by a default because their block ends too early. */
  readonly cutColumnCount: number;
}

/**
 * The same answer as `assembleRows`, each column as text.
 *
 * @param maxSizeBytes limit on the answer
 * @throws {FeatureStoreError} RESOURCE_EXHAUSTED, before more than that is made
 */
export function decodeRows(
  fetch: Fetch,
  query: RetrieveQueryView,
  resolution: Resolution,
  maxSizeBytes: number,
): DecodedRows {
  const { keys } = fetch;
  const reader = new FeatureReader();
  const rowCounts = rowCountsOf(fetch);
  let cutColumnCount = 0;
  let sizeBytes = 0;
  const columnsByKey = Array.from({ length: keys.count }, (_, k) => {
    const decoded = decodeKey(fetch, resolution, reader, k);
    cutColumnCount += decoded.cutColumnCount;
    sizeBytes += sizeOf(decoded.columns) * (rowCounts[k] as number);
    if (sizeBytes > maxSizeBytes) throw tooLarge(keys.indexByRow.length, maxSizeBytes);
    return decoded.columns;
  });
  const rows = keys.indexByRow.map((k, row) => ({
    keys: query.keys[row] as string[],
    columns: columnsByKey[k] as string[],
  }));
  return { rows, cutColumnCount };
}

/** How many rows each key has. */
function rowCountsOf({ keys }: Fetch): number[] {
  const counts = new Array<number>(keys.count).fill(0);
  for (const k of keys.indexByRow) counts[k] = (counts[k] as number) + 1;
  return counts;
}

/** Bytes of the texts, without what frames them. */
function sizeOf(columns: readonly string[]): number {
  let size = 0;
  for (const column of columns) size += Buffer.byteLength(column);
  return size;
}

function tooLarge(rowCount: number, maxSizeBytes: number): FeatureStoreError {
  return new FeatureStoreError(
    "RESOURCE_EXHAUSTED",
    `the answer of ${rowCount} rows is larger than ${maxSizeBytes} bytes`,
  );
}

function decodeKey(
  { plan, cells }: Fetch,
  { views }: Resolution,
  reader: FeatureReader,
  k: number,
): { columns: string[]; cutColumnCount: number } {
  const columns: string[] = [];
  let cutColumnCount = 0;
  for (const [s, section] of plan.sections.entries()) {
    const view = views[k * plan.sections.length + s];
    const { payload } = cells[k * plan.groups.length + section.groupIndex] as Block;
    if (view !== undefined) reader.open(view.layout, payload);
    for (const [c, column] of section.columns.entries()) {
      const position = view?.positions[c] ?? -1;
      const isReadable = view !== undefined && position >= 0 && reader.size(position) >= 0;
      if (!isReadable && position >= 0) cutColumnCount += 1;
      columns.push(
        isReadable
          ? formatStored(view, position, column, reader, payload)
          : formatDefault(section, column),
      );
    }
  }
  return { columns, cutColumnCount };
}

function formatDefault(section: Section, column: Column): string {
  const elements = section.group.active.layout.vectorLengths[column.activePosition] as number;
  return formatFeature(column.dataType, column.defaultValue, elements);
}

function formatStored(
  { layout }: SectionView,
  position: number,
  column: Column,
  reader: FeatureReader,
  payload: Uint8Array,
): string {
  const elements = layout.vectorLengths[position] as number;
  if (column.quantizer !== undefined) {
    const bytes = new Uint8Array(elements * column.dataType.unitSizeBytes);
    column.quantizer.convert(payload, layout.byteStarts[position] as number, elements, bytes, 0);
    return formatFeature(column.dataType, bytes, elements);
  }
  const bytes = new Uint8Array(reader.size(position));
  reader.copy(position, bytes, 0);
  return formatFeature(column.dataType, bytes, elements);
}
