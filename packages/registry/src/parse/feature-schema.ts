import { createFeatureLayout, type DataType, normalizeDefault, ValueError } from "@ofs/codec";
import type { FeatureSchema, RegistryFault } from "../model.ts";
import type { ConfigNode } from "../tree/config-node.ts";
import { addNote, attempt, NodeFault, type Notes } from "./faults.ts";
import { type Entry, Fields, joinPath, quote, readMembers } from "./fields.ts";

/** Largest schema version, sequence, string length and vector length: each is 16 bits in a block. */
export const UINT16_MAX = 65_535;

/** One version of a group's feature list, and what it was read from. */
export interface ParsedVersion {
  readonly node: ConfigNode;
  readonly dataType: DataType;
  /** undefined if the node is faulty and no earlier good form may stand in. */
  readonly schema: FeatureSchema | undefined;
  readonly faults: readonly RegistryFault[];
}

/** What one feature's meta says. */
interface FeatureMeta {
  readonly label: string;
  readonly sequence: number;
  readonly vectorLength: number;
  readonly stringLength: number;
  readonly defaultValue: Uint8Array | undefined;
  readonly path: string;
}

/**
 * Reads `features/<version>`. A faulty version stops nothing by itself: blocks of it cannot be read,
 * and a group whose active version it is does not serve.
 *
 * @param lastGood stands in for a faulty node
 */
export function parseVersion(
  entry: Entry,
  dataType: DataType,
  lastGood: FeatureSchema | undefined,
): ParsedVersion {
  const faults: Notes = [];
  const parsed = attempt(() => parseSchema(entry, dataType, faults));
  if (!(parsed instanceof NodeFault)) {
    return { node: entry.node, dataType, schema: parsed, faults };
  }
  const schema = lastGood?.layout.dataType === dataType ? lastGood : undefined;
  const effect = schema === undefined ? "blocks of this version cannot be read" : LAST_GOOD_KEPT;
  addNote(faults, parsed.path, `${parsed.message}; ${effect}`);
  return { node: entry.node, dataType, schema, faults };
}

/** How a reason ends when the earlier form of a faulty node serves on. */
export const LAST_GOOD_KEPT = "its last good form stays in use";

/** @returns the number of a version's name; undefined where blocks cannot carry it */
export function parseVersionName(name: string): number | undefined {
  if (!/^(0|[1-9]\d{0,4})$/.test(name)) return undefined;
  const version = Number(name);
  return version <= UINT16_MAX ? version : undefined;
}

function parseSchema(entry: Entry, dataType: DataType, notes: Notes): FeatureSchema {
  const version = parseVersionName(entry.name);
  if (version === undefined) {
    const reason = `${quote(entry.name)} is not a version: an integer from 0 to ${UINT16_MAX}`;
    throw new NodeFault(entry.path, reason);
  }
  if (entry.collidesWith !== undefined) {
    throw new NodeFault(entry.path, `is the same name as ${quote(entry.collidesWith)}`);
  }
  const metas = parseMetas(Fields.read(entry.node, entry.path, notes), notes);
  const labels = metas.map((meta) => meta.label);
  return {
    version,
    labels,
    sequences: new Map(labels.map((label, sequence) => [label, sequence])),
    layout: createLayout(entry.path, dataType, metas),
    defaults: metas.map((meta) => defaultOf(meta, dataType, notes)),
  };
}

/** @returns metas by sequence */
function parseMetas(fields: Fields, notes: Notes): readonly FeatureMeta[] {
  const labels = parseLabels(fields);
  const metaNode = fields.node("feature-meta");
  if (metaNode === undefined) throw fields.fault("feature-meta", "is missing");
  const metaPath = fields.pathOf("feature-meta");
  const members = readMembers(metaNode, metaPath);
  const metas: FeatureMeta[] = [];
  const missing: string[] = [];
  for (const label of labels) {
    const node = members.get(label);
    if (node === undefined) missing.push(label);
    else metas.push(parseMeta(label, Fields.read(node, joinPath(metaPath, label), notes), notes));
  }
  if (missing.length > 0) {
    const reason = `${missing.length} labels have no feature-meta and are left out, the first is ${quote(missing[0] ?? "")}`;
    addNote(notes, fields.pathOf("labels"), reason);
  }
  return bySequence(metas, metaPath);
}

function parseLabels(fields: Fields): readonly string[] {
  const labels = fields.list("labels");
  if (labels === undefined || labels.length === 0) throw fields.fault("labels", "is missing");
  const seen = new Set<string>();
  for (const label of labels) {
    if (label === "") throw fields.fault("labels", "holds an empty label");
    if (seen.has(label)) throw fields.fault("labels", `holds ${quote(label)} twice`);
    seen.add(label);
  }
  return labels;
}

function parseMeta(label: string, fields: Fields, notes: Notes): FeatureMeta {
  return {
    label,
    sequence: fields.requiredInteger("sequence", 0, UINT16_MAX),
    vectorLength: fields.integer("vector-length", 0, UINT16_MAX) ?? 0,
    stringLength: fields.integer("string-length", 0, UINT16_MAX) ?? 0,
    defaultValue: parseDefaultValue(fields, notes),
    path: fields.pathOf("default-value"),
  };
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function parseDefaultValue(fields: Fields, notes: Notes): Uint8Array | undefined {
  const text = fields.text("default-value");
  if (text === undefined) return undefined;
  if (BASE64.test(text)) return Buffer.from(text, "base64");
  addNote(notes, fields.pathOf("default-value"), `${quote(text)} is not base64; zero is used`);
  return undefined;
}

function bySequence(metas: readonly FeatureMeta[], path: string): readonly FeatureMeta[] {
  const sorted = metas.toSorted((a, b) => a.sequence - b.sequence);
  for (const [index, { label, sequence }] of sorted.entries()) {
    if (sequence === index) continue;
    const reason = `sequences are not 0 to ${sorted.length - 1}: ${quote(label)} has ${sequence}`;
    throw new NodeFault(path, reason);
  }
  if (sorted.length === 0) throw new NodeFault(path, "describes none of the labels");
  return sorted;
}

/** Larger blocks are not read, and a few short keys must not make the process fill its memory. */
const PAYLOAD_SIZE_BYTES_MAX = 64 * 1024 * 1024;

function createLayout(path: string, dataType: DataType, metas: readonly FeatureMeta[]) {
  const layout = createCheckedLayout(joinPath(path, "feature-meta"), dataType, metas);
  const sizeBytes = layout.elementCount * Math.max(dataType.unitSizeBytes, 1);
  if (sizeBytes <= PAYLOAD_SIZE_BYTES_MAX) return layout;
  const reason = `features of ${sizeBytes} bytes are more than ${PAYLOAD_SIZE_BYTES_MAX}`;
  throw new NodeFault(joinPath(path, "feature-meta"), reason);
}

function createCheckedLayout(path: string, dataType: DataType, metas: readonly FeatureMeta[]) {
  try {
    return createFeatureLayout(
      dataType,
      metas.length,
      dataType.isVector ? metas.map((meta) => meta.vectorLength) : undefined,
      dataType.kind === "string" ? metas.map((meta) => meta.stringLength) : undefined,
      metas.map((meta) => meta.label),
    );
  } catch (error) {
    if (error instanceof ValueError || error instanceof RangeError) {
      throw NodeFault.because(path, error.message, error);
    }
    throw error;
  }
}

function defaultOf(meta: FeatureMeta, dataType: DataType, notes: Notes): Uint8Array {
  const { bytes, fault } = normalizeDefault(
    dataType,
    meta.defaultValue,
    meta.vectorLength,
    meta.stringLength,
  );
  if (fault !== undefined) addNote(notes, meta.path, fault);
  return bytes;
}
