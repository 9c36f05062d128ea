import { type DataType, normalizeDefault, parseDefault, ValueError } from "@ofs/codec";
import { attempt, type Entry, Fields, NodeFault, quote, readEntries } from "@ofs/registry";
import { formatDefault, splitDefaults } from "./default-text.ts";
import { UINT16_MAX } from "./limits.ts";

/** One feature of a schema version. */
export interface FeatureDefinition {
  readonly label: string;
  /** The default as text: vectors as `[a,b]`. */
  readonly defaultText: string;
  /** Exactly the bytes of a stored feature of that value. */
  readonly defaultBytes: Uint8Array;
  /** Bytes of UTF-8 of one string; 0 for other types. */
  readonly stringLength: number;
  /** Elements; 0 for scalars. */
  readonly vectorLength: number;
}

/** Whether both are written the same, the text of the default included. */
export function isSameDefinition(a: FeatureDefinition, b: FeatureDefinition): boolean {
  return (
    a.label === b.label &&
    a.defaultText === b.defaultText &&
    hasSameLengths(a, b) &&
    Buffer.compare(a.defaultBytes, b.defaultBytes) === 0
  );
}

/** Whether blocks of the one can be read as blocks of the other. */
export function hasSameLengths(a: FeatureDefinition, b: FeatureDefinition): boolean {
  return a.stringLength === b.stringLength && a.vectorLength === b.vectorLength;
}

/**
 * Reads `features/<version>`: labels and feature-meta are what counts, `default-values` only says how a default was
 * written. Defaults in the forms of other control planes come out in the one right form.
 *
 * @returns by sequence; none for a version without features
 */
export function readFeatureList(
  entry: Entry,
  dataType: DataType,
): readonly FeatureDefinition[] | NodeFault {
  return attempt(() => {
    const fields = Fields.read(entry.node, entry.path, []);
    const labels = (fields.list("labels") ?? []).filter((label) => label !== "");
    const texts = splitDefaults(defaultValuesOf(fields), labels.length);
    const metaPath = fields.pathOf("feature-meta");
    const metas = new Map(
      readEntries(fields.node("feature-meta"), metaPath).map((meta) => [meta.name, meta]),
    );
    const found = labels.flatMap((label, index) => {
      const meta = metas.get(label);
      return meta === undefined ? [] : [readFeature(meta, dataType, texts?.[index])];
    });
    return inSequence(found, metaPath);
  });
}

interface SequencedFeature extends FeatureDefinition {
  readonly sequence: number;
}

function readFeature(meta: Entry, dataType: DataType, text: string | undefined): SequencedFeature {
  const fields = Fields.read(meta.node, meta.path, []);
  const stringLength = fields.integer("string-length", 0, UINT16_MAX) ?? 0;
  const vectorLength = fields.integer("vector-length", 0, UINT16_MAX) ?? 0;
  const stored = fields.text("default-value");
  const { bytes } = normalizeDefault(
    dataType,
    stored === undefined ? undefined : Buffer.from(stored, "base64"),
    vectorLength,
    stringLength,
  );
  return {
    label: meta.name,
    sequence: fields.requiredInteger("sequence", 0, UINT16_MAX),
    defaultText: hasBytes(dataType, text, bytes)
      ? text
      : formatDefault(dataType, bytes, vectorLength),
    defaultBytes: bytes,
    stringLength: dataType.kind === "string" ? stringLength : 0,
    vectorLength: dataType.isVector ? vectorLength : 0,
  };
}

function inSequence(
  found: readonly SequencedFeature[],
  path: string,
): readonly FeatureDefinition[] {
  const sorted = found.toSorted((a, b) => a.sequence - b.sequence);
  return sorted.map(({ sequence, ...feature }, index) => {
    if (sequence === index) return feature;
    const reason = `sequences are not 0 to ${sorted.length - 1}: ${quote(feature.label)} has ${sequence}`;
    throw new NodeFault(path, reason);
  });
}

function defaultValuesOf(fields: Fields): string | undefined {
  const text = attempt(() => fields.text("default-values"));
  return text instanceof NodeFault ? undefined : text;
}

/** Whether the text stands for the bytes. */
function hasBytes(dataType: DataType, text: string | undefined, bytes: Uint8Array): text is string {
  if (text === undefined) return false;
  try {
    return Buffer.compare(parseDefault(dataType, text, {}), bytes) === 0;
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}

/** The three values of `features/<version>`. */
export interface FeatureListTexts {
  readonly labels: string;
  readonly defaultValues: string;
  readonly featureMeta: string;
}

/** As `readFeatureList` and every other reader of the tree read it. */
export function formatFeatureList(features: readonly FeatureDefinition[]): FeatureListTexts {
  // Joined by hand: an object would move labels that look like numbers to the front.
  const metas = features.map(
    (feature, sequence) =>
      `${JSON.stringify(feature.label)}:${JSON.stringify({
        sequence,
        "default-value": Buffer.from(feature.defaultBytes).toString("base64"),
        "string-length": feature.stringLength,
        "vector-length": feature.vectorLength,
      })}`,
  );
  return {
    labels: features.map(({ label }) => label).join(","),
    defaultValues: features.map(({ defaultText }) => defaultText).join(","),
    featureMeta: `{${metas.join(",")}}`,
  };
}
