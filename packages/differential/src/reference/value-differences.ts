import { type DataType, formatFeature } from "@ofs/codec";
import type { ColumnInfo } from "../compare.ts";
import type { Explanation, Seen } from "../explanations.ts";
import { columnIs } from "./seen.ts";

/** Bytes and texts of columns. */
export const VALUE_DIFFERENCES: readonly Explanation[] = [
  {
    id: "defaults-are-quantised",
    about: ["column", "text"],
    reason:
      "A default that is asked for in a narrower type comes back in the stored width from the reference. We convert " +
      "it like any value, so the width is always the one asked for.",
    explains: (seen) =>
      columnIs(seen, ({ isQuantised, group, feature, dataType }) => {
        if (!isQuantised) return false;
        if (typeof seen.theirValue === "string") return true;
        const elements = feature.defaultValue.length / group.dataType.unitSizeBytes;
        const ourSize = elements * dataType.unitSizeBytes;
        return seen.ourValue.length === ourSize && isDefault(seen.theirValue, feature.defaultValue);
      }),
  },
  {
    id: "every-occurrence-is-filled",
    about: ["column", "text"],
    reason:
      "Where a feature or a group is asked for twice, the reference fills the last occurrence only (with the type " +
      "asked for there); the ones before show the default. We fill each.",
    explains: (seen) => columnIs(seen, ({ isRepeatedLater }) => isRepeatedLater),
  },
  {
    id: "older-versions-keep-their-values",
    about: ["column", "text"],
    reason:
      "In a block of an older version that lacks a label, the reference answers the default for that label and for " +
      "all labels after it. We answer it for the missing label only.",
    explains: (seen) =>
      columnIs(seen, (column) => {
        const couldSpoil = column.group.otherVersions.some((labels) =>
          column.labelsBefore.some((label) => !labels.has(label)),
        );
        return couldSpoil && showsDefault(seen.theirValue, column);
      }),
  },
  {
    id: "one-form-of-defaults",
    about: ["column", "text"],
    reason:
      "The reference returns the bytes of a default as they are configured. Those of bools, vectors of bools and " +
      "vectors of texts are not in the form of values (true is 0x80 and shown as false). We return the value's form.",
    explains: (seen) =>
      columnIs(seen, (column) => {
        const { dataType } = column.group;
        const isAffected = dataType.kind === "bool" || isVectorOf(dataType, "string");
        return isAffected && showsDefault(seen.ourValue, column);
      }),
  },
  {
    id: "bool-vectors-are-stored",
    about: ["column", "text"],
    reason:
      "The reference cannot write vectors of bools, reports success and stores nothing. We store them.",
    explains: (seen) => columnIs(seen, ({ group }) => isVectorOf(group.dataType, "bool")),
  },
  {
    id: "text-vectors-have-their-length",
    about: ["text"],
    reason:
      "The reference takes the length of a text for the length of the vector, and drops elements when it shows them.",
    explains: (seen) => columnIs(seen, ({ group }) => isVectorOf(group.dataType, "string")),
  },
  {
    id: "texts-of-failed-stores",
    about: ["column", "text"],
    reason:
      "Where the reference answers in place of a failed store, numbers are defaults and texts are empty. Where we " +
      "answer at all, texts are defaults too.",
    explains: (seen) =>
      columnIs(
        seen,
        (column) =>
          column.group.dataType.kind === "string" &&
          seen.theirValue.length === 0 &&
          showsDefault(seen.ourValue, column),
      ),
  },
  {
    id: "partial-writes-fill-defaults",
    about: ["column", "text"],
    reason:
      "To fill features that a write leaves out, the reference decodes defaults of vectors and of narrow types in " +
      "the wrong width, and texts as Latin-1. We fill in the default itself.",
    explains: (seen) =>
      columnIs(seen, ({ rowTraits, group: { dataType } }) => {
        const isWide = [4, 8].includes(dataType.unitSizeBytes) && !dataType.isVector;
        return rowTraits.has("partial") && !isWide;
      }),
  },
  {
    id: "last-row-counts",
    about: ["column", "text"],
    reason:
      "Two rows of one key in one write have one write time in the reference: Cassandra keeps the larger bytes, " +
      "Redis the last record. With us the last row counts.",
    explains: (seen) => columnIs(seen, ({ rowTraits }) => rowTraits.has("repeated-key")),
  },
  {
    id: "stale-fills-after-writes",
    about: ["column", "text"],
    reason:
      "The reference fills its caches after the answer, so a read that began before a write may put the older value " +
      "back. We leave a tombstone that stops such fills.",
    explains: (seen) => columnIs(seen, ({ rowTraits }) => rowTraits.has("rewritten")),
  },
  {
    id: "nan-is-nan",
    about: ["column"],
    reason:
      "Signs and payloads of NaN carry no meaning; we write the one quiet NaN, the reference keeps the sign.",
    explains: (seen) => columnIs(seen, ({ dataType }) => isEqualButNan(seen, dataType)),
  },
  {
    id: "shortest-digits",
    about: ["text"],
    reason:
      "Where two shortest decimals stand for one float, versions of the reference's toolchain choose differently.",
    explains: (seen) =>
      columnIs(seen, ({ dataType }) => dataType.kind === "float" && isSameFloats(seen)),
  },
];

function isVectorOf(type: DataType, kind: DataType["kind"]): boolean {
  return type.isVector && type.kind === kind;
}

function isDefault(value: string | Uint8Array, defaultValue: Uint8Array): boolean {
  return typeof value !== "string" && Buffer.compare(value, defaultValue) === 0;
}

/** Whether bytes or text of a column are the default. */
function showsDefault(value: string | Uint8Array, { group, feature }: ColumnInfo): boolean {
  if (typeof value !== "string") return isDefault(value, feature.defaultValue);
  return value === formatFeature(group.dataType, feature.defaultValue, feature.vectorLength);
}

/** Largest exponent and mantissa masks of the float formats, by name. */
const NAN_TESTS: ReadonlyMap<string, (view: DataView, offset: number) => boolean> = new Map([
  ["DataTypeFP64", (view, offset) => Number.isNaN(view.getFloat64(offset, true))],
  ["DataTypeFP32", (view, offset) => Number.isNaN(view.getFloat32(offset, true))],
  ["DataTypeFP16", (view, offset) => (view.getUint16(offset, true) & 0x7fff) > 0x7c00],
  ["DataTypeFP8E5M2", (view, offset) => (view.getUint8(offset) & 0x7f) > 0x7c],
  ["DataTypeFP8E4M3", (view, offset) => (view.getUint8(offset) & 0x7f) === 0x7f],
]);

function isEqualButNan({ ourValue, theirValue }: Seen, type: DataType): boolean {
  const isNan = NAN_TESTS.get(type.element.name);
  if (isNan === undefined || typeof ourValue === "string" || typeof theirValue === "string") {
    return false;
  }
  if (ourValue.length !== theirValue.length || ourValue.length % type.unitSizeBytes !== 0) {
    return false;
  }
  const [a, b] = [viewOf(ourValue), viewOf(theirValue)];
  for (let offset = 0; offset < ourValue.length; offset += type.unitSizeBytes) {
    const end = offset + type.unitSizeBytes;
    const isSame = Buffer.compare(ourValue.subarray(offset, end), theirValue.subarray(offset, end));
    if (isSame !== 0 && !(isNan(a, offset) && isNan(b, offset))) return false;
  }
  return true;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isSameFloats({ ourValue, theirValue }: Seen): boolean {
  if (typeof ourValue !== "string" || typeof theirValue !== "string") return false;
  const [ours, theirs] = [ourValue, theirValue].map((text) =>
    text.split(":").map((each) => Math.fround(Number(each))),
  );
  return ours?.every((float, index) => Object.is(float, theirs?.[index])) === true;
}
