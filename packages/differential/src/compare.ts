import { type DataType, dataTypeByName } from "@ofs/codec";
import { persist, retrieve } from "@ofs/proto";
import type { Case, RetrieveCase, Trait } from "./cases.ts";
import type { FeatureModel, GroupModel } from "./entity-model.ts";
import { type Answer, OK } from "./target.ts";

/** What two answers differ in. */
export type Aspect =
  | "status"
  | "message"
  | "trailer"
  | "undecodable"
  | "schema"
  | "row-count"
  | "row-order"
  | "column"
  | "text";

/** The column that a difference is in. */
export interface ColumnInfo {
  readonly group: GroupModel;
  readonly feature: FeatureModel;
  /** That of the answer: the group's, or the one asked for. */
  readonly dataType: DataType;
  readonly isQuantised: boolean;
  /** The same feature is asked for again further on. */
  readonly isRepeatedLater: boolean;
  /** Labels of the same group that are asked for before it. */
  readonly labelsBefore: readonly string[];
  /** How the row was written, if that was unusual. */
  readonly rowTraits: ReadonlySet<Trait>;
}

/** One difference; values are bytes of a column, else text. */
export interface Difference {
  readonly aspect: Aspect;
  /** Which field of the answer, for example `rows[3].columns[0]`. */
  readonly where: string;
  readonly left: string | Uint8Array;
  readonly right: string | Uint8Array;
  readonly column: ColumnInfo | undefined;
}

/** Compares two answers to one request, field by field. */
export function compareAnswers(each: Case, left: Answer, right: Answer): Difference[] {
  if (left.code !== right.code) {
    return [differ("status", "status", describeStatus(left), describeStatus(right))];
  }
  const differences: Difference[] = [];
  addUnequal(differences, "message", "message", left.message, right.message);
  const trailers = [left, right].map((answer) => JSON.stringify(answer.trailers));
  addUnequal(differences, "trailer", "trailers", trailers[0] as string, trailers[1] as string);
  if (left.code !== OK) return differences;
  try {
    addBodies(differences, each, left.response, right.response);
  } catch (error) {
    const [l, r] = [left, right].map(({ response }) => Buffer.from(response).toString("hex"));
    const where = `response (${String(error)})`;
    differences.push(differ("undecodable", where, l as string, r as string));
  }
  return differences;
}

export function describeStatus({ code, message }: Answer): string {
  return code === OK ? "0" : `${code}: ${message}`;
}

function addBodies(to: Difference[], each: Case, left: Uint8Array, right: Uint8Array): void {
  if (each.kind === "retrieve" && each.method === "RetrieveFeatures") {
    addResults(to, each, "column", retrieve.Result.decode(left), retrieve.Result.decode(right));
  } else if (each.kind === "retrieve") {
    const [l, r] = [retrieve.DecodedResult.decode(left), retrieve.DecodedResult.decode(right)];
    addResults(to, each, "text", l, r);
  } else if (each.kind === "persist") {
    const [l, r] = [persist.Result.decode(left), persist.Result.decode(right)];
    addUnequal(to, "message", "result.message", l.message, r.message);
  } else {
    const [l, r] = [left, right].map((bytes) => Buffer.from(bytes).toString("hex"));
    addUnequal(to, "undecodable", "response", l as string, r as string);
  }
}

interface AnyResult {
  readonly entityLabel?: string | null;
  readonly keysSchema?: string[] | null;
  readonly featureSchemas?: unknown;
  readonly rows?: AnyRow[] | null;
}

interface AnyRow {
  readonly keys?: string[] | null;
  readonly columns?: (string | Uint8Array)[] | null;
}

function addResults(
  to: Difference[],
  each: RetrieveCase,
  aspect: "column" | "text",
  left: AnyResult,
  right: AnyResult,
): void {
  const heads = [left, right].map(({ entityLabel, keysSchema, featureSchemas }) =>
    JSON.stringify({ entityLabel, keysSchema, featureSchemas }),
  );
  addUnequal(to, "schema", "schemas", heads[0] as string, heads[1] as string);
  const [lefts, rights] = [left.rows ?? [], right.rows ?? []];
  if (lefts.length !== rights.length) {
    to.push(differ("row-count", "rows", String(lefts.length), String(rights.length)));
    return;
  }
  const keys = [lefts, rights].map((rows) => JSON.stringify(rows.map((row) => row.keys ?? [])));
  if (keys[0] !== keys[1]) {
    to.push(differ("row-order", "rows", keys[0] as string, keys[1] as string));
    return;
  }
  const columns = columnsOf(each);
  for (const [row, { columns: cells }] of lefts.entries()) {
    addRow(to, aspect, row, cells ?? [], rights[row]?.columns ?? [], (index) => {
      const info = columns[index];
      return info && { ...info, rowTraits: each.rowTraits[row] ?? new Set() };
    });
  }
}

function addRow(
  to: Difference[],
  aspect: "column" | "text",
  row: number,
  left: readonly (string | Uint8Array)[],
  right: readonly (string | Uint8Array)[],
  infoOf: (index: number) => ColumnInfo | undefined,
): void {
  if (left.length !== right.length) {
    const where = `rows[${row}].columns`;
    to.push(differ("row-count", where, String(left.length), String(right.length)));
    return;
  }
  for (const [index, value] of left.entries()) {
    const other = right[index] as string | Uint8Array;
    if (isEqual(value, other)) continue;
    const where = `rows[${row}].columns[${index}]`;
    to.push({ aspect, where, left: value, right: other, column: infoOf(index) });
  }
}

function isEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return typeof a === "string" || typeof b === "string" ? a === b : Buffer.compare(a, b) === 0;
}

/** What each column of the answer holds; undefined where the request is at fault. */
export function columnsOf({ query, entity }: RetrieveCase): (ColumnInfo | undefined)[] {
  const asked = (query.featureGroups ?? []).flatMap((group) =>
    (group.featureLabels ?? []).map((label, index, labels) => ({
      group: group.label ?? "",
      ...splitLabel(label),
      before: labels.slice(0, index).map((each) => splitLabel(each).base),
    })),
  );
  return asked.map(({ group: groupLabel, base, target, before }, index) => {
    const group = entity?.groups.find(({ label }) => label === groupLabel);
    const feature = group?.features.find(({ label }) => label === base);
    if (group === undefined || feature === undefined) return undefined;
    const later = asked.slice(index + 1);
    return {
      group,
      feature,
      dataType: target ?? group.dataType,
      isQuantised: target !== undefined,
      isRepeatedLater: later.some((each) => each.group === groupLabel && each.base === base),
      labelsBefore: before,
      rowTraits: new Set<Trait>(),
    };
  });
}

function splitLabel(label: string): { base: string; target: DataType | undefined } {
  const [base = "", suffix, more] = label.split("@");
  const target = more === undefined ? dataTypeByName(suffix ?? "") : undefined;
  return { base: target === undefined ? label : base, target };
}

function addUnequal(
  to: Difference[],
  aspect: Aspect,
  where: string,
  left: string,
  right: string,
): void {
  if (left !== right) to.push(differ(aspect, where, left, right));
}

function differ(aspect: Aspect, where: string, left: string, right: string): Difference {
  return { aspect, where, left, right, column: undefined };
}
