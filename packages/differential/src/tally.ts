import type { Case } from "./cases.ts";
import { type Difference, describeStatus } from "./compare.ts";
import type { Verdict } from "./explanations.ts";
import type { Answer } from "./target.ts";

/** Most kinds of unexplained differences that are shown with an example. */
export const EXAMPLES_MAX = 20;

/** One request that shows an unexplained difference, with both answers. */
export interface Example {
  readonly each: Case;
  readonly left: Answer;
  readonly right: Answer;
  readonly differences: readonly Difference[];
}

interface UnexplainedKind {
  count: number;
  readonly example: Example;
}

/** Counts how requests came out. */
export class Tally {
  equalCount = 0;
  /** Requests all of whose differences are explained. */
  explainedCount = 0;
  unexplainedCount = 0;
  readonly #byExplanation = new Map<string, number>();
  readonly #kinds = new Map<string, UnexplainedKind>();

  /** Requests by the id of the entry that explains a difference of theirs. */
  get byExplanation(): ReadonlyMap<string, number> {
    return this.#byExplanation;
  }

  get kinds(): ReadonlyMap<string, UnexplainedKind> {
    return this.#kinds;
  }

  /**
   * @returns whether the request is the first of its kind with an unexplained difference, and wants an
   * example
   */
  add(each: Case, verdict: Verdict): boolean {
    for (const id of verdict.explainedBy) {
      this.#byExplanation.set(id, (this.#byExplanation.get(id) ?? 0) + 1);
    }
    if (verdict.differences.length === 0) this.equalCount += 1;
    else if (verdict.unexplained.length === 0) this.explainedCount += 1;
    else return this.#addUnexplained(each, verdict.unexplained);
    return false;
  }

  keep(example: Example, kind: string): void {
    this.#kinds.set(kind, { count: 1, example });
  }

  #addUnexplained(each: Case, unexplained: readonly Difference[]): boolean {
    this.unexplainedCount += 1;
    const known = this.#kinds.get(kindOf(each, unexplained));
    if (known !== undefined) known.count += 1;
    return known === undefined && this.#kinds.size < EXAMPLES_MAX;
  }
}

/** What groups unexplained differences: the call, what differs, and what was unusual. */
export function kindOf(each: Case, unexplained: readonly Difference[]): string {
  const [first] = unexplained;
  const type = first?.column === undefined ? "" : ` ${first.column.dataType.name}`;
  const traits = each.traits.size === 0 ? "" : ` (${[...each.traits].sort().join(", ")})`;
  return `${each.method}: ${first?.aspect ?? "nothing"}${type}${traits}`;
}

/** The report of a run, for people. */
export function renderTally(tally: Tally): string {
  const { equalCount, explainedCount, unexplainedCount } = tally;
  const lines = [`equal        ${equalCount}`, `explained    ${explainedCount}`];
  for (const [id, count] of [...tally.byExplanation].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`  ${String(count).padStart(9)}  ${id}`);
  }
  lines.push(`unexplained  ${unexplainedCount}`);
  for (const [kind, { count, example }] of tally.kinds) {
    lines.push("", `${kind}: ${count}`, ...renderExample(example));
  }
  return `${lines.join("\n")}\n`;
}

function renderExample({ each, left, right, differences }: Example): string[] {
  const request = each.kind === "raw" ? Buffer.from(each.bytes).toString("hex") : each.query;
  const [headers, body] = [JSON.stringify(each.headers), JSON.stringify(request, toPlain)];
  const shown = differences.slice(0, 3).map(({ where, left: l, right: r }) => {
    return `    ${where}: ${show(l)} | ${show(r)}`;
  });
  return [
    `  request${headers === "{}" ? "" : ` with headers ${headers}`}: ${body}`,
    `  left:    ${describeAnswer(left)}`,
    `  right:   ${describeAnswer(right)}`,
    "  differences, left | right:",
    ...shown,
    ...(differences.length > 3 ? [`    and ${differences.length - 3} more`] : []),
  ];
}

function describeAnswer(answer: Answer): string {
  const trailers = JSON.stringify(answer.trailers);
  const bytes = Buffer.from(answer.response);
  const body = bytes.length === 0 ? "" : `, ${bytes.length} bytes ${bytes.toString("hex", 0, 64)}`;
  return `status ${describeStatus(answer)}${trailers === "{}" ? "" : `, trailers ${trailers}`}${body}`;
}

function show(value: string | Uint8Array): string {
  return typeof value === "string" ? JSON.stringify(value) : Buffer.from(value).toString("hex");
}

/** 64-bit numbers as text, and what JSON has no form for. */
function toPlain(_: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value === "object" && value !== null && "low" in value && "high" in value) {
    return String(value);
  }
  return value;
}
