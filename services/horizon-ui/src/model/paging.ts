/** Rows that a list shows at a time. */
export const PAGE_SIZE = 25;

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** From 1; within bounds, whatever was asked for. */
  readonly page: number;
  readonly pageCount: number;
  readonly total: number;
}

/** Cuts a page out of rows that are all here. */
export function pageOf<Row>(rows: readonly Row[], wanted: number, size = PAGE_SIZE): Page<Row> {
  const pageCount = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(Math.max(1, Math.trunc(wanted) || 1), pageCount);
  const start = (page - 1) * size;
  return { rows: rows.slice(start, start + size), page, pageCount, total: rows.length };
}

/** Rows in which each word of the search is found, whatever its case. An empty search finds all. */
export function searchRows<Row>(
  rows: readonly Row[],
  search: string,
  texts: (row: Row) => readonly string[],
): readonly Row[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = texts(row).join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
