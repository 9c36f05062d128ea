// Types, not interfaces: forms want values with an index signature.
export type ColumnChoice = {
  /** Of the table. */
  column: string;
  /** Of the table; empty: not known. */
  type: string;
  /** Empty: it is not sent. */
  target: string;
};

export type FilterDraft = {
  column: string;
  operator: string;
  value: string;
};

export type RunDraft = {
  name: string;
  path: string;
  format: string;
  dialect: string;
  entity: string;
  featureGroup: string;
  /** Empty: the latest. */
  featureGroupVersion: string;
  /** `changes` or `snapshot`. */
  mode: string;
  /** Numbers are texts, as they are typed; empty: none. */
  startVersion: string;
  endVersion: string;
  /** Of a snapshot; empty: the latest. */
  version: string;
  /** `none`, `watch` or `schedule`. */
  follow: string;
  schedule: string;
  /** Empty: as the populator has it. */
  deletes: string;
  /** Empty: columns are named as their targets are. */
  columns: ColumnChoice[];
  filter: FilterDraft[];
  maxRejects: string;
};

/** A run as the populator takes it. */
export type RunBody = Readonly<Record<string, unknown>>;

export const NEW_RUN: RunDraft = {
  name: "",
  path: "",
  format: "delta",
  dialect: "block",
  entity: "",
  featureGroup: "",
  featureGroupVersion: "",
  mode: "snapshot",
  startVersion: "",
  endVersion: "",
  version: "",
  follow: "none",
  schedule: "",
  deletes: "",
  columns: [],
  filter: [],
  maxRejects: "",
};

export const FILTER_OPERATORS: readonly (readonly [operator: string, text: string])[] = [
  ["=", "="],
  ["<", "<"],
  ["<=", "≤"],
  [">", ">"],
  [">=", "≥"],
  ["isNull", "is null"],
  ["isNotNull", "is not null"],
];

/** Whether a condition compares with a value. */
export function takesValue(operator: string): boolean {
  return operator !== "isNull" && operator !== "isNotNull";
}

/** What a draft asks for: only what was filled in, and only what belongs to its mode. */
export function runBody(draft: RunDraft): RunBody {
  const sent = draft.columns.filter(({ target }) => target !== "");
  return withoutUndefined({
    tableName: draft.name.trim(),
    path: draft.path.trim(),
    format: draft.format === "delta" ? undefined : draft.format,
    ...targetBody(draft),
    ...versionsBody(draft),
    watch: draft.follow === "watch" ? true : undefined,
    schedule: draft.follow === "schedule" ? draft.schedule.trim() : undefined,
    deletes: draft.mode === "changes" && draft.deletes !== "" ? draft.deletes : undefined,
    columns:
      sent.length === 0
        ? undefined
        : Object.fromEntries(sent.map(({ column, target }) => [column, target])),
    filter: draft.filter.length === 0 ? undefined : draft.filter.map(termBody),
    maxRejects: numberOf(draft.maxRejects),
  });
}

function targetBody(draft: RunDraft): RunBody {
  if (draft.dialect === "block") return { entityLabel: draft.entity };
  const version = draft.featureGroupVersion === "" ? undefined : draft.featureGroupVersion;
  return { featureGroupName: draft.featureGroup, featureGroupVersion: version };
}

function versionsBody(draft: RunDraft): RunBody {
  if (draft.mode === "snapshot") return { mode: "snapshot", version: numberOf(draft.version) };
  const isEndless = draft.follow !== "none";
  return {
    startVersion: numberOf(draft.startVersion),
    endVersion: isEndless ? undefined : numberOf(draft.endVersion),
  };
}

function termBody({ column, operator, value }: FilterDraft): RunBody {
  return takesValue(operator) ? { column, operator, value } : { column, operator };
}

function numberOf(value: string): number | undefined {
  return value === "" ? undefined : Number(value);
}

function withoutUndefined(body: RunBody): RunBody {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}

/** What a column may become. */
export interface MappingTarget {
  /** As the populator names it: a key, `group:feature`, or a column. */
  readonly target: string;
  /** What a column of the table that becomes it is called, usually. */
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
}

/**
 * The columns of a table with what they probably become: what is called so, and is so but once. What somebody has chosen
 * before stays.
 */
export function suggestColumns(
  schema: Readonly<Record<string, string>>,
  targets: readonly MappingTarget[],
  chosen: readonly ColumnChoice[],
): ColumnChoice[] {
  const known = new Set(targets.map(({ target }) => target));
  return Object.entries(schema).map(([column, type]) => {
    const before = chosen.find((each) => each.column === column);
    if (before !== undefined && known.has(before.target))
      return { column, type, target: before.target };
    const [found, ...others] = targets.filter(({ name }) => name === column);
    return { column, type, target: found !== undefined && others.length === 0 ? found.target : "" };
  });
}

/** What is missing or twice in a mapping, in words; the populator checks the rest. */
export function mappingTroubles(
  columns: readonly ColumnChoice[],
  targets: readonly MappingTarget[],
): string[] {
  if (columns.length === 0) return [];
  const used = columns.map(({ target }) => target).filter((target) => target !== "");
  const missing = targets.filter(({ isKey, target }) => isKey && !used.includes(target));
  const twice = [...new Set(used.filter((target, at) => used.indexOf(target) !== at))];
  return [
    ...missing.map(({ target }) => `no column is the key ${target}`),
    ...twice.map((target) => `${target} has more than one column`),
    ...(used.length > 0 && used.every((one) => targets.find((each) => each.target === one)?.isKey)
      ? ["nothing but keys would be sent"]
      : []),
  ];
}

/** Form's field by the body's, where they differ. */
const FORM_FIELDS: Readonly<Record<string, string>> = {
  tableName: "name",
  entityLabel: "entity",
  featureGroupName: "featureGroup",
  featureGroups: "entity",
  watch: "follow",
};

const BODY_FIELDS: readonly string[] = [
  ...["tableName", "path", "format", "entityLabel", "featureGroupName", "featureGroupVersion"],
  ...["featureGroups", "startVersion", "endVersion", "version", "mode", "watch", "schedule"],
  ...["deletes", "columns", "filter", "maxRejects"],
];

export interface RunProblem {
  /** Of the body: `filter.0.value`, `columns.<column of the table>`; empty: the run as a whole. */
  readonly field: string;
  readonly message: string;
}

/** Problems by field of the form; columns of the table are `columns.<name>`, whatever is in the name. */
export function problemsByField(problems: readonly RunProblem[]): Record<string, string> {
  const byField: Record<string, string> = {};
  for (const { field, message } of problems) {
    const at = formFieldOf(field);
    byField[at] = byField[at] === undefined ? message : `${byField[at]}; ${message}`;
  }
  return byField;
}

/** Refusals without a list of problems begin with the field that they are about. */
export function problemsOfMessage(message: string): RunProblem[] {
  const field = /^[a-zA-Z]+/.exec(message)?.[0] ?? "";
  return BODY_FIELDS.includes(field) ? [{ field, message }] : [];
}

function formFieldOf(field: string): string {
  const [first = "", ...rest] = field.split(".");
  return [FORM_FIELDS[first] ?? first, ...rest].join(".");
}
