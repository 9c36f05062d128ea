import { type Block, FeatureReader, formatFeature } from "@ofs/codec";
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

/** The same answer as `assembleRows`, each column as text. */
export function decodeRows(
  fetch: Fetch,
  query: RetrieveQueryView,
  resolution: Resolution,
): DecodedRows {
  const { keys } = fetch;
  const reader = new FeatureReader();
  let cutColumnCount = 0;
  const columnsByKey = keys.values.map((_, k) => {
    const decoded = decodeKey(fetch, resolution, reader, k);
    cutColumnCount += decoded.cutColumnCount;
    return decoded.columns;
  });
  const rows = keys.indexByRow.map((k, row) => ({
    keys: query.keys[row] as string[],
    columns: columnsByKey[k] as string[],
  }));
  return { rows, cutColumnCount };
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
