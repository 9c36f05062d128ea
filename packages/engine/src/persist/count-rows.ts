import type { BlockRow, RowOutcome } from "@ofs/store";
import type { WrittenRows } from "../metrics.ts";

/** Counts the rows of one write by their outcomes: those that bring values, and those that take groups away. */
export function countRows(
  rows: readonly BlockRow[],
  outcomes: readonly RowOutcome[],
): { readonly writes: WrittenRows; readonly deletes: WrittenRows } {
  const writes = { written: 0, failed: 0 };
  const deletes = { written: 0, failed: 0 };
  for (let index = 0; index < rows.length; index++) {
    const counts = isDelete(rows[index] as BlockRow) ? deletes : writes;
    if (outcomes[index] === undefined) counts.written += 1;
    else counts.failed += 1;
  }
  return { writes, deletes };
}

/** The engine deletes all groups of a row or none. */
function isDelete({ blocks }: BlockRow): boolean {
  return blocks[0]?.length === 0;
}
