import { roundValue } from "./float-format.ts";
import {
  columnsOf,
  type ModelColumn,
  type ModelRead,
  type ModelWrite,
  writeRefusals,
} from "./model-request.ts";
import {
  activeFeatures,
  defaultOf,
  findEntity,
  findGroup,
  type ModelEntity,
  type ModelGroup,
  type ModelSchema,
} from "./model-schema.ts";
import type { FeatureValue, ModelType } from "./model-type.ts";

/** When a call was sent and answered, by the clock of the server, in Unix milliseconds. */
export interface CallTime {
  readonly sentMs: number;
  readonly answeredMs: number;
}

/** What one write left in one group of one key. */
interface Version {
  readonly values: ReadonlyMap<string, FeatureValue>;
  /** Unix milliseconds of the last live moment: not before, and not after. Infinite without a TTL. */
  readonly earliestEndMs: number;
  readonly latestEndMs: number;
}

/** One group of one key: the writes of which one counts. `undefined` = nothing was written. */
interface Cell {
  candidates: readonly (Version | undefined)[];
  /** All its writes are answered, so that what is read once stays. */
  isSettled: boolean;
}

/** Values of one row of an answer in column order; `undefined` = the bytes are no value of the type. */
export interface AnswerRow {
  /** Whether column `index` of the answer shows the value. */
  shows(index: number, value: FeatureValue, type: ModelType): boolean;
  /** For a report. */
  describe(index: number): string;
}

export interface Mismatch {
  readonly key: readonly string[];
  readonly group: string;
  readonly features: readonly string[];
  readonly expected: readonly string[];
  readonly received: readonly string[];
}

/** How a write ended. */
export type WriteOutcome =
  /** Answered, and no other write of the same keys was in flight. */
  | "done"
  /** Answered, beside others of the same keys: one of them counts. */
  | "contended"
  /** Not answered: it may count or not, and may start to at any later time. */
  | "unknown";

const NEVER_WRITTEN: Cell = { candidates: [undefined], isSettled: true };

/**
 * The online store as its users see it: entities, keys, groups, and the typed values of the last write. No blocks, no
 * bytes, no caches. Where the outside cannot know what happened (a write that was never answered, an expiry
 * during the call) it keeps every possibility, and drops those that an answer rules out.
 */
export class OnlineStoreModel {
  schema: ModelSchema;
  /** By entity, key and group. */
  readonly #cells = new Map<string, Cell>();

  constructor(schema: ModelSchema) {
    this.schema = schema;
  }

  /** Takes over a write that the schema allows. Of rows with one key the last counts. */
  write(write: ModelWrite, time: CallTime, outcome: WriteOutcome): void {
    if (writeRefusals(this.schema, write).size > 0) throw new Error("the write is not allowed");
    const entity = findEntity(this.schema, write.entity) as ModelEntity;
    for (const [index, { label, features }] of write.groups.entries()) {
      const group = findGroup(entity, label) as ModelGroup;
      const lastByKey = new Map<string, readonly FeatureValue[]>();
      for (const { key, values } of write.rows) {
        const path = pathOf(entity, write.keysSchema, key, label);
        lastByKey.set(path, values[index] as readonly FeatureValue[]);
      }
      for (const [path, values] of lastByKey) {
        this.#put(path, versionOf(group, features, values, time), outcome);
      }
    }
  }

  #put(path: string, version: Version, outcome: WriteOutcome): void {
    const cell = this.#cells.get(path) ?? NEVER_WRITTEN;
    const isDone = outcome === "done";
    this.#cells.set(path, {
      candidates: isDone ? [version] : [...cell.candidates, version],
      isSettled: isDone || (cell.isSettled && outcome !== "unknown"),
    });
  }

  /**
   * Compares an answer, row by row.
   *
   * @param isFinal no write of these keys is in flight: what the answer rules out never was
   * @returns the groups of keys for which no possibility fits
   */
  check(
    read: ModelRead,
    rows: readonly AnswerRow[],
    time: CallTime,
    isFinal: boolean,
  ): readonly Mismatch[] {
    const { columns } = columnsOf(this.schema, read);
    const entity = findEntity(this.schema, read.entity) as ModelEntity;
    const byGroup = groupColumns(columns);
    const mismatches: Mismatch[] = [];
    for (const [i, key] of read.keys.entries()) {
      const row = rows[i] as AnswerRow;
      for (const [group, columnsOfGroup] of byGroup) {
        const path = pathOf(entity, read.keysSchema, key, group.label);
        const cell = this.#cells.get(path) ?? NEVER_WRITTEN;
        const fitting = cell.candidates.filter((candidate) =>
          fits(candidate, columnsOfGroup, row, time),
        );
        if (fitting.length === 0) mismatches.push(describe(cell, columnsOfGroup, row, time, key));
        else if (isFinal && cell.isSettled) cell.candidates = fitting;
      }
    }
    return mismatches;
  }
}

type IndexedColumn = readonly [index: number, column: ModelColumn];

function groupColumns(columns: readonly ModelColumn[]): ReadonlyMap<ModelGroup, IndexedColumn[]> {
  const byGroup = new Map<ModelGroup, IndexedColumn[]>();
  for (const [index, column] of columns.entries()) {
    const list = byGroup.get(column.group) ?? [];
    byGroup.set(column.group, list);
    list.push([index, column]);
  }
  return byGroup;
}

/** Either all columns of the group show the written values, or all show defaults. */
function fits(
  version: Version | undefined,
  columns: readonly IndexedColumn[],
  row: AnswerRow,
  time: CallTime,
): boolean {
  return statesAt(version, time).some((state) =>
    columns.every(([index, column]) => row.shows(index, shown(state, column), column.type)),
  );
}

/** The version, `undefined` for defaults, or both if it ends during the call. */
function statesAt(version: Version | undefined, time: CallTime): readonly (Version | undefined)[] {
  if (version === undefined || time.answeredMs <= version.earliestEndMs) return [version];
  return time.sentMs > version.latestEndMs ? [undefined] : [version, undefined];
}

function shown(version: Version | undefined, { group, feature, type }: ModelColumn): FeatureValue {
  const value = version?.values.get(feature.label) ?? defaultOf(group, feature);
  return type === group.type ? value : roundValue(value, type);
}

function versionOf(
  group: ModelGroup,
  labels: readonly string[],
  values: readonly FeatureValue[],
  { sentMs, answeredMs }: CallTime,
): Version {
  const entries = activeFeatures(group).map((feature) => {
    const given = values[labels.indexOf(feature.label)];
    return [feature.label, roundValue(given ?? defaultOf(group, feature), group.type)] as const;
  });
  const endOf = (writtenMs: number): number =>
    group.ttlSeconds === 0
      ? Number.POSITIVE_INFINITY
      : (Math.floor(writtenMs / 1000) + group.ttlSeconds) * 1000;
  return {
    values: new Map(entries),
    earliestEndMs: endOf(sentMs),
    latestEndMs: endOf(answeredMs),
  };
}

/** Key values in the entity's own order. */
function pathOf(
  { label, keys }: ModelEntity,
  keysSchema: readonly string[],
  key: readonly string[],
  group: string,
): string {
  return JSON.stringify([label, keys.map((name) => key[keysSchema.indexOf(name)]), group]);
}

function describe(
  cell: Cell,
  columns: readonly IndexedColumn[],
  row: AnswerRow,
  time: CallTime,
  key: readonly string[],
): Mismatch {
  const [first] = columns;
  return {
    key,
    group: (first?.[1].group.label ?? "") as string,
    features: columns.map(([, { feature, type }]) => `${feature.label}: ${type.name}`),
    expected: cell.candidates
      .flatMap((candidate) => statesAt(candidate, time))
      .map((state) => columns.map(([, column]) => show(shown(state, column))).join(", ")),
    received: columns.map(([index]) => row.describe(index)),
  };
}

/** A value in words, for reports. */
export function show(value: FeatureValue): string {
  if (Array.isArray(value)) return `[${value.map((element) => show(element)).join(", ")}]`;
  if (typeof value === "string") return JSON.stringify(value);
  return Object.is(value, -0) ? "-0" : String(value);
}
