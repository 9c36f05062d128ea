import type { EntityRow } from "../../rows.ts";
import type { EntityIndex } from "../entity-index.ts";
import { UsageError } from "../failures.ts";
import { InputError } from "./input-record.ts";
import type { Input } from "./open-input.ts";
import { RowParser } from "./row-parser.ts";

/** Faulty rows that are reported before giving up. */
const MAX_FAULTS = 10;

/** Input without faults. */
export interface CheckedInput {
  readonly rowCount: number;
  /** Features that some row leaves out of a group it writes, as `group: a, b`. */
  readonly gaps: ReadonlySet<string>;
}

/** Reads everything once. @throws {UsageError} with the first faults, one a line */
export async function checkInput(input: Input, index: EntityIndex): Promise<CheckedInput> {
  const gaps = new Set<string>();
  const faults: string[] = [];
  let rowCount = 0;
  for await (const row of readRows(input, index)) {
    if (row instanceof InputError) {
      faults.push(row.message);
      if (faults.length > MAX_FAULTS) break;
    } else {
      addGaps(gaps, row, index);
      rowCount += 1;
    }
  }
  if (faults.length === 0) return { rowCount, gaps };
  const shown = faults.slice(0, MAX_FAULTS);
  const more = faults.length > MAX_FAULTS ? ["and more"] : [];
  throw new UsageError([...shown, ...more, "nothing written"].join("\n"));
}

/** Gives the rows, and the fault in place of each faulty one; what breaks the input itself ends it. */
async function* readRows(input: Input, index: EntityIndex): AsyncGenerator<EntityRow | InputError> {
  const parser = new RowParser(index);
  const shown = new Set<string>();
  try {
    for await (const record of input.read()) {
      const row = parser.tryParse(record);
      // A name that is wrong in the heading is wrong for every row.
      if (row instanceof InputError && shown.has(row.message)) continue;
      if (row instanceof InputError) shown.add(row.message);
      yield row;
    }
  } catch (fault) {
    if (!(fault instanceof InputError)) throw fault;
    yield fault;
  }
}

function addGaps(gaps: Set<string>, row: EntityRow, index: EntityIndex): void {
  for (const [group, values] of Object.entries(row.features)) {
    const all = index.group(group);
    if (Object.keys(values).length === all.size) continue;
    const missing = [...all.keys()].filter((label) => !Object.hasOwn(values, label));
    gaps.add(`${group}: ${missing.join(", ")}`);
  }
}
