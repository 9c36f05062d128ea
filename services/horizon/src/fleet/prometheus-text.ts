import { FeatureStoreError } from "@ofs/platform";

/** One line of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Perhaps NaN or infinite. */
  readonly value: number;
}

/** Longest part of a line that an error shows. */
const SHOWN_LENGTH = 80;

const NAME = /[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)/y;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/y;
/** A value, and perhaps a time of milliseconds, which nobody needs here. */
const VALUE = /^[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*$/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

const SPECIAL_VALUES: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["+inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
]);

/**
 * Reads the text that Prometheus scrapes (exposition format 0.0.4). Lines of metrics that are not wanted are skipped
 * after their name.
 *
 * @param isWanted told the whole name, for example `latency_seconds_bucket`
 * @throws {FeatureStoreError} INTERNAL for a line that is none of that format, with its number
 */
export function parsePrometheusText(text: string, isWanted: (name: string) => boolean): Sample[] {
  const samples: Sample[] = [];
  let lineNumber = 0;
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    lineNumber += 1;
    // Most lines are of metrics that are not wanted: of those no more is looked at than the name.
    NAME.lastIndex = start;
    const name = NAME.exec(text)?.[1];
    if (name === undefined) assertNothing(text.slice(start, end), lineNumber);
    else if (isWanted(name))
      samples.push(parseSample(text.slice(start, end).trim(), name, lineNumber));
    start = end + 1;
  }
  return samples;
}

/** @throws {FeatureStoreError} if a line without a name is neither empty nor a comment */
function assertNothing(line: string, lineNumber: number): void {
  const text = line.trim();
  if (text !== "" && !text.startsWith("#")) throw malformed(lineNumber, text, "no name");
}

function parseSample(line: string, name: string, lineNumber: number): Sample {
  const { labels, end } = parseLabels(line, name.length, lineNumber);
  const word = VALUE.exec(line.slice(end))?.[1];
  const value = word === undefined ? undefined : parseValue(word);
  if (value === undefined) throw malformed(lineNumber, line, "no value");
  return { name, labels, value };
}

/** @returns the labels, and where they end */
function parseLabels(
  line: string,
  start: number,
  lineNumber: number,
): { readonly labels: ReadonlyMap<string, string>; readonly end: number } {
  const labels = new Map<string, string>();
  if (line[start] !== "{") return { labels, end: start };
  let at = start + 1;
  while (line[at] !== "}") {
    LABEL.lastIndex = at;
    const [whole, name, value] = LABEL.exec(line) ?? [];
    if (whole === undefined || name === undefined || value === undefined || labels.has(name)) {
      throw malformed(lineNumber, line, `no label at character ${at + 1}`);
    }
    labels.set(name, unescaped(value));
    at += whole.length;
    if (line[at] === ",") at += 1;
    else if (line[at] !== "}") throw malformed(lineNumber, line, "labels without an end");
  }
  return { labels, end: at + 1 };
}

function unescaped(value: string): string {
  if (!value.includes("\\")) return value;
  return value.replace(/\\(["\\n])/g, (_, code: string) => (code === "n" ? "\n" : code));
}

function parseValue(word: string): number | undefined {
  return NUMBER.test(word) ? Number(word) : SPECIAL_VALUES.get(word.toLowerCase());
}

function malformed(lineNumber: number, line: string, what: string): FeatureStoreError {
  const shown = JSON.stringify(line.slice(0, SHOWN_LENGTH));
  return new FeatureStoreError("INTERNAL", `line ${lineNumber} of the metrics: ${what}: ${shown}`);
}
