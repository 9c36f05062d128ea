import type { persist, retrieve } from "@ofs/proto";
import type { SeededRandom } from "@ofs/testkit";
import {
  activeFeatures,
  type ModelEntity,
  type ModelGroup,
  type ModelRead,
  type ModelType,
  type ModelWrite,
  type RefusalCode,
} from "@ofs/testkit/model";

/** A request with one fault in it. */
export type Refusal = {
  readonly name: string;
  readonly code: RefusalCode;
} & (
  | { readonly method: "retrieve"; readonly base: ModelRead; readonly fault: ReadFault }
  | { readonly method: "persist"; readonly base: ModelWrite; readonly fault: WriteFault }
);

export type ReadFault = (query: retrieve.IQuery) => void;
export type WriteFault = (query: persist.IQuery) => void;

type Named<F> = readonly [name: string, code: RefusalCode, fault: F];

/** The last group of the request, the one that faults are put into. */
export interface FaultPlace {
  readonly entity: ModelEntity;
  readonly group: ModelGroup;
}

const UNKNOWN = "no-such-thing";

/** Faults that a read may have. */
export function randomReadFault(
  random: SeededRandom,
  { entity, group }: FaultPlace,
): Named<ReadFault> {
  const last = (query: retrieve.IQuery) =>
    query.featureGroups?.at(-1) as { featureLabels: string[] };
  const wrongType = random.pick([
    "DataTypeNope",
    "FP16",
    `DataType${group.type.name}`,
    "DataTypeInt8",
  ]);
  const label = activeFeatures(group)[0]?.label ?? "";
  const faults: Named<ReadFault>[] = [
    [
      "unknown entity",
      "NOT_FOUND",
      (q) => {
        q.entityLabel = UNKNOWN;
      },
    ],
    ["unknown group", "NOT_FOUND", (q) => void q.featureGroups?.push({ label: UNKNOWN })],
    ["unknown feature", "INVALID_ARGUMENT", (q) => void last(q).featureLabels.push(UNKNOWN)],
    [
      "unknown type",
      "INVALID_ARGUMENT",
      (q) => void last(q).featureLabels.push(`${label}@${wrongType}`),
    ],
    [
      "wrong key name",
      "INVALID_ARGUMENT",
      (q) => void (q.keysSchema as string[]).splice(0, 1, UNKNOWN),
    ],
    [
      "key name too many",
      "INVALID_ARGUMENT",
      (q) => void q.keysSchema?.push(entity.keys[0] as string),
    ],
    ["key value too many", "INVALID_ARGUMENT", (q) => void q.keys?.at(-1)?.cols?.push("x")],
    ["no key values", "INVALID_ARGUMENT", (q) => void q.keys?.push({ cols: [] })],
  ];
  if (entity.keys.length > 1) {
    faults.push([
      "ambiguous key",
      "INVALID_ARGUMENT",
      (q) => void q.keys?.push({ cols: ["a|b", "c"] }),
    ]);
  }
  return random.pick(faults);
}

/** Faults that a write may have. */
export function randomWriteFault(
  random: SeededRandom,
  { entity, group }: FaultPlace,
): Named<WriteFault> {
  const lastRow = (query: persist.IQuery) => query.data?.at(-1) as persist.IData;
  const lastGroup = (query: persist.IQuery) =>
    query.featureGroupSchema?.at(-1) as { label: string; featureLabels: string[] };
  const setLast = (query: persist.IQuery, values: persist.IValues | undefined) => {
    lastRow(query).featureValues?.splice(-1, 1, values === undefined ? {} : { values });
  };
  const { type } = group;
  const first = activeFeatures(group)[0];
  const faults: Named<WriteFault>[] = [
    [
      "unknown entity",
      "NOT_FOUND",
      (q) => {
        q.entityLabel = UNKNOWN;
      },
    ],
    [
      "unknown group",
      "NOT_FOUND",
      (q) => {
        lastGroup(q).label = UNKNOWN;
      },
    ],
    [
      "unknown feature",
      "INVALID_ARGUMENT",
      (q) => {
        lastGroup(q).featureLabels[0] = UNKNOWN;
      },
    ],
    [
      "wrong key name",
      "INVALID_ARGUMENT",
      (q) => void (q.keysSchema as string[]).splice(0, 1, UNKNOWN),
    ],
    ["empty key", "INVALID_ARGUMENT", (q) => void lastRow(q).keyValues?.splice(0, 1, "")],
    ["key value too many", "INVALID_ARGUMENT", (q) => void lastRow(q).keyValues?.push("x")],
    ["group too few", "INVALID_ARGUMENT", (q) => void lastRow(q).featureValues?.pop()],
    ["no values", "INVALID_ARGUMENT", (q) => setLast(q, undefined)],
    ["wrong container", "INVALID_ARGUMENT", (q) => setLast(q, foreignValues(type))],
    ["two containers", "INVALID_ARGUMENT", (q) => setLast(q, twoForeignValues(type))],
    ["value too many", "INVALID_ARGUMENT", (q) => void lengthen(lastRow(q))],
    [
      "group twice",
      "INVALID_ARGUMENT",
      (q) => {
        q.featureGroupSchema?.push(q.featureGroupSchema.at(-1) as persist.IFeatureGroupSchema);
        for (const { featureValues } of q.data ?? [])
          featureValues?.push(featureValues.at(-1) as persist.IFeatureValues);
      },
    ],
  ];
  if (entity.keys.length > 1) {
    faults.push([
      "ambiguous key",
      "INVALID_ARGUMENT",
      (q) => void lastRow(q).keyValues?.splice(0, 1, "a|b"),
    ]);
  }
  const tooLarge = tooLargeValues(type, first?.stringLength ?? 0, first?.vectorLength ?? 0);
  if (tooLarge !== undefined && first !== undefined) {
    faults.push([
      "value too large",
      "INVALID_ARGUMENT",
      (q) => {
        lastGroup(q).featureLabels = [first.label];
        for (const row of q.data ?? []) row.featureValues?.splice(-1, 1, { values: tooLarge });
      },
    ]);
  }
  return random.pick(faults);
}

/** Values in a container that the type never takes. */
function foreignValues({ kind, isVector }: ModelType): persist.IValues {
  const values = kind === "string" ? { boolValues: [true] } : { stringValues: ["1"] };
  return isVector ? { vector: [{ values }] } : values;
}

function twoForeignValues({ kind }: ModelType): persist.IValues {
  const one = kind === "string" ? { int32Values: [1] } : { stringValues: ["1"] };
  const other = kind === "bool" ? { int32Values: [1] } : { boolValues: [true] };
  return { ...one, ...other };
}

function lengthen({ featureValues }: persist.IData): void {
  const values = featureValues?.at(-1)?.values ?? {};
  for (const list of Object.values(values) as unknown[][]) list.push(list[0]);
}

/** One value just out of the type's range or over the feature's length; undefined if the type has no end. */
function tooLargeValues(
  { element, isVector, width, kind }: ModelType,
  stringLength: number,
  vectorLength: number,
): persist.IValues | undefined {
  const repeat = <T>(value: T): T[] =>
    Array.from({ length: isVector ? vectorLength : 1 }, () => value);
  const wrap = (values: persist.IValues): persist.IValues =>
    isVector ? { vector: [{ values }] } : values;
  if (kind === "string") return wrap({ stringValues: repeat("x".repeat(stringLength + 1)) });
  if (kind !== "int" && kind !== "uint") return undefined;
  if (width > 2) return undefined;
  if (kind === "uint") return wrap({ uint32Values: repeat(2 ** (width * 8)) });
  return wrap({ int32Values: repeat(element === "Int8" ? -129 : 32_768) });
}
