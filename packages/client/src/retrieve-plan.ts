import { CodecError, type DecodedFeature, parseFeatureLabel, ValueError } from "@ofs/codec";
import type { RetrieveResultView, RetrieveShape } from "@ofs/proto";
import { invalid, SchemaMismatchError } from "./errors.ts";
import { type EntitySchema, requireFeature, requireGroup } from "./schema.ts";
import { type AnswerBytes, type ColumnDecoder, columnDecoder } from "./value-decoding.ts";

/** Labels to read by feature group; a label may ask for a narrower float type: `ctr@DataTypeFP16`. */
export type FeatureSelection = Readonly<Record<string, readonly string[]>>;

/** One row's features by group and by label, the label as it was asked for. */
export type RowValues = Readonly<Record<string, Readonly<Record<string, DecodedFeature>>>>;

/** What to send for a selection, and how to read what comes back. */
export interface RetrievePlan {
  readonly shape: RetrieveShape;
  readonly groups: readonly PlannedGroup[];
}

interface PlannedGroup {
  readonly label: string;
  readonly features: readonly PlannedFeature[];
}

interface PlannedFeature {
  /** As asked for. */
  readonly label: string;
  readonly decode: ColumnDecoder;
}

/** @throws {OfsClientError} for groups, labels or target types that the schema does not allow */
export function planRetrieve(
  schema: EntitySchema,
  selection: FeatureSelection,
  keysSchema: readonly string[],
): RetrievePlan {
  const groups = Object.entries(selection).map(([label, labels]) => ({
    label,
    features: labels.map((asked) => planFeature(schema, label, asked)),
  }));
  return { shape: toShape(schema.label, selection, keysSchema), groups };
}

/** @returns the selection as it is sent */
export function toShape(
  entityLabel: string,
  selection: FeatureSelection,
  keysSchema: readonly string[],
): RetrieveShape {
  const featureGroups = Object.entries(selection).map(([label, featureLabels]) => ({
    label,
    featureLabels,
  }));
  return { entityLabel, featureGroups, keysSchema };
}

function planFeature(schema: EntitySchema, groupLabel: string, asked: string): PlannedFeature {
  const group = requireGroup(schema, groupLabel);
  try {
    const { baseLabel, target } = parseFeatureLabel(asked, group.dataType);
    requireFeature(group, baseLabel);
    return { label: asked, decode: columnDecoder(target ?? group.dataType) };
  } catch (cause) {
    if (!(cause instanceof ValueError)) throw cause;
    throw invalid(`feature group ${groupLabel}: ${cause.message}`, { cause });
  }
}

/**
 * Decodes all rows of an answer, whose rows and columns are known to be those of the plan.
 *
 * @throws {SchemaMismatchError} if a column does not have the width of its type
 */
export function decodeRows(plan: RetrievePlan, result: RetrieveResultView): RowValues[] {
  const { bytes } = result;
  const answer = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  return result.rowKeys.map((_, row) =>
    decodeRow(plan, result, answer, result.rowColumns[row] as number),
  );
}

function decodeRow(
  plan: RetrievePlan,
  result: RetrieveResultView,
  answer: AnswerBytes,
  firstColumn: number,
): RowValues {
  const row = emptyRecord<Record<string, DecodedFeature>>();
  let column = firstColumn;
  for (const { label: groupLabel, features } of plan.groups) {
    const values = emptyRecord<DecodedFeature>();
    for (const { label, decode } of features) {
      const start = result.columnStart[column] as number;
      const end = result.columnEnd[column] as number;
      try {
        values[label] = decode(answer, start, end);
      } catch (cause) {
        if (!(cause instanceof CodecError)) throw cause;
        const where = `entity ${plan.shape.entityLabel}, feature group ${groupLabel}, feature ${label}`;
        throw new SchemaMismatchError(`${where}: ${cause.message}`, { cause });
      }
      column += 1;
    }
    row[groupLabel] = values;
  }
  return row;
}

/** A record whose only names are those put in: labels are the registry's to choose, `__proto__` included. */
export function emptyRecord<T>(): Record<string, T> {
  return { __proto__: null } as unknown as Record<string, T>;
}
