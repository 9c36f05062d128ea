import { type DataType, normalizeDefault, parseDefault, ValueError } from "@ofs/codec";
import { type Entry, quote } from "@ofs/registry";
import { formatDefault, splitDefaults } from "../../changes/default-text.ts";
import type { CatalogFeature, CatalogVersion } from "./model.ts";
import { FaultList, NodeFields } from "./node-fields.ts";

/** Features that are read of one version. */
const FEATURE_COUNT_MAX = 65_536;

/** As the formats hold. */
const LENGTH_MAX = 65_535;

/** Of all features of a version. The data plane refuses larger ones, and their defaults would fill the memory. */
const ELEMENT_COUNT_MAX = 4_194_304;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What a feature's meta says, as far as it can be read. */
interface Meta {
  readonly sequence: number;
  readonly stringLength: number;
  readonly vectorLength: number;
  readonly storedDefault: Uint8Array | undefined;
}

/** Reads `features/<version>`, whatever is wrong with it. Labels count; metas of others do not. */
export function readVersion(entry: Entry, dataType: DataType | undefined): CatalogVersion {
  const faults = new FaultList();
  const fields = new NodeFields(entry.node, entry.path, faults);
  const labels = uniqueLabels(fields);
  const metas = readMetas(fields, faults);
  const texts = splitDefaults(fields.text("default-values"), labels.length);
  let elementCount = 0;
  const features = labels.map((label, index) => {
    const meta = metas.get(label);
    elementCount += elementCountOf(meta);
    if (meta === undefined) {
      const reason = `${quote(label)} has no feature-meta`;
      faults.add({ path: fields.pathOf("labels"), reason });
    }
    const typeOfDefault = elementCount > ELEMENT_COUNT_MAX ? undefined : dataType;
    const text = texts?.[index];
    const feature = toFeature(label, index, meta, text, typeOfDefault);
    if (text !== undefined && text !== feature.defaultText) {
      const reason = `${quote(text)} is not the default of ${quote(label)} that is served: ${quote(feature.defaultText)}`;
      faults.add({ path: fields.pathOf("default-values"), reason });
    }
    return feature;
  });
  if (elementCount > ELEMENT_COUNT_MAX) {
    const reason = `vectors of ${elementCount} elements are more than ${ELEMENT_COUNT_MAX}`;
    faults.add({ path: fields.pathOf("feature-meta"), reason });
  }
  features.sort((a, b) => a.sequence - b.sequence);
  return { name: entry.name, features, faults: faults.toArray() };
}

function elementCountOf(meta: Meta | undefined): number {
  return Math.min(Math.max(meta?.vectorLength ?? 0, 0), LENGTH_MAX);
}

/** All labels may have been deleted: then the text is empty. */
function uniqueLabels(fields: NodeFields): readonly string[] {
  const labels = new Set(fields.list("labels").filter((label) => label !== ""));
  return [...labels].slice(0, FEATURE_COUNT_MAX);
}

function readMetas(fields: NodeFields, faults: FaultList): ReadonlyMap<string, Meta> {
  const metas = new Map<string, Meta>();
  for (const { name, node, path } of fields.entries("feature-meta")) {
    if (metas.size >= FEATURE_COUNT_MAX) break;
    const meta = new NodeFields(node, path, faults);
    metas.set(name, {
      sequence: meta.integer("sequence"),
      stringLength: meta.integer("string-length"),
      vectorLength: meta.integer("vector-length"),
      storedDefault: readBase64(meta, faults),
    });
  }
  return metas;
}

function readBase64(meta: NodeFields, faults: FaultList): Uint8Array | undefined {
  const text = meta.text("default-value");
  if (text === "") return undefined;
  if (BASE64.test(text)) return Buffer.from(text, "base64");
  faults.add({ path: meta.pathOf("default-value"), reason: `${quote(text)} is not base64` });
  return undefined;
}

function toFeature(
  label: string,
  index: number,
  meta: Meta | undefined,
  text: string | undefined,
  dataType: DataType | undefined,
): CatalogFeature {
  const { stringLength = 0, vectorLength = 0, storedDefault } = meta ?? {};
  const elementCount = elementCountOf(meta);
  const bytes =
    dataType === undefined
      ? undefined
      : normalizeDefault(dataType, storedDefault, elementCount, stringLength).bytes;
  return {
    label,
    sequence: meta?.sequence ?? index,
    stringLength,
    vectorLength,
    defaultText: defaultTextOf(dataType, text, bytes, elementCount),
    defaultBytes: bytes,
  };
}

/** The author's text, as long as it stands for the bytes: these are what is served. */
function defaultTextOf(
  dataType: DataType | undefined,
  text: string | undefined,
  bytes: Uint8Array | undefined,
  elementCount: number,
): string {
  if (dataType === undefined || bytes === undefined) return text ?? "";
  if (text !== undefined && standsFor(dataType, text, bytes)) return text;
  return formatDefault(dataType, bytes, elementCount);
}

function standsFor(dataType: DataType, text: string, bytes: Uint8Array): boolean {
  try {
    return Buffer.compare(parseDefault(dataType, text, {}), bytes) === 0;
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
}
