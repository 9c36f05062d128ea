import { EMPTY_FEATURE, type FeatureDraft } from "./payloads.ts";

/** More rows than a form can show are better sent through the API. */
export const MAX_PASTED_FEATURES = 500;

/** In the order of columns; any from the end may be left out. */
export const LINE_COLUMNS = [
  "labels",
  "default-values",
  "storage-provider",
  "source-base-path",
  "source-data-column",
  "string-length",
  "vector-length",
] as const satisfies readonly (keyof FeatureDraft)[];

export interface FeatureLines {
  readonly features: readonly FeatureDraft[];
  /** Each names its line. */
  readonly faults: readonly string[];
}

/**
 * Reads features pasted from a spreadsheet or written by hand: one a line, columns separated by tabs, or by semicolons
 * where a line has no tab. Commas separate nothing: defaults of vectors have them.
 */
export function parseFeatureLines(text: string): FeatureLines {
  const features: FeatureDraft[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const cells = line.split(line.includes("\t") ? "\t" : ";").map((cell) => cell.trim());
    const fault = faultOf(cells, features);
    if (fault === undefined) features.push(featureOf(cells));
    else faults.push(`line ${index + 1}: ${fault}`);
  }
  return { features, faults };
}

function faultOf(cells: readonly string[], earlier: readonly FeatureDraft[]): string | undefined {
  const [label = ""] = cells;
  if (cells.length > LINE_COLUMNS.length) {
    return `has ${cells.length} columns, at most ${LINE_COLUMNS.length} are known`;
  }
  if (label === "") return "has no label";
  if (earlier.some(({ labels }) => labels === label)) return `repeats the label ${label}`;
  if (earlier.length >= MAX_PASTED_FEATURES) return `is past the limit of ${MAX_PASTED_FEATURES}`;
  return undefined;
}

function featureOf(cells: readonly string[]): FeatureDraft {
  const given = LINE_COLUMNS.map((column, index) => [column, cells[index] ?? ""] as const);
  return { ...EMPTY_FEATURE, ...Object.fromEntries(given.filter(([, cell]) => cell !== "")) };
}
