import type { Values } from "@ofs/codec";
import Long from "long";
import { persist, retrieve } from "../gen/messages.js";
import type { PersistRow } from "./persist-query.ts";
import type { RetrieveGroup, RetrieveShape } from "./retrieve-query.ts";
import { fieldSize, writeFieldHead } from "./writer.ts";

/** Tag of `retrieve.Query.keys`. */
const KEYS_TAG = 0x22;
/** Tag of `persist.Query.data`. */
const DATA_TAG = 0x22;

/** Everything of a `retrieve.Query` but its keys. */
export function encodeRetrieveHead(shape: RetrieveShape): Uint8Array {
  return retrieve.Query.encode({
    entityLabel: shape.entityLabel,
    featureGroups: mutableGroups(shape.featureGroups),
    keysSchema: [...shape.keysSchema],
  }).finish();
}

/**
 * A whole `retrieve.Query`.
 *
 * @param head of `encodeRetrieveHead`
 * @param keys bodies of `Keys` messages, of `encodeKeys`
 */
export function encodeRetrieveQuery(head: Uint8Array, keys: readonly Uint8Array[]): Uint8Array {
  return appendMessages(head, KEYS_TAG, keys);
}

/** Everything of a `persist.Query` but its rows. */
export function encodePersistHead(
  entityLabel: string,
  keysSchema: readonly string[],
  groups: readonly RetrieveGroup[],
): Uint8Array {
  return persist.Query.encode({
    entityLabel,
    keysSchema: [...keysSchema],
    featureGroupSchema: mutableGroups(groups),
  }).finish();
}

/** One row of a `persist.Query`, without its tag and length. */
export function encodePersistRow(row: PersistRow): Uint8Array {
  return persist.Data.encode({
    keyValues: [...row.keyValues],
    featureValues: row.featureValues.map(wrapValues),
  }).finish();
}

/**
 * A whole `persist.Query`.
 *
 * @param head of `encodePersistHead`
 * @param rows of `encodePersistRow`
 */
export function encodePersistQuery(head: Uint8Array, rows: readonly Uint8Array[]): Uint8Array {
  return appendMessages(head, DATA_TAG, rows);
}

/** Size that a row of `encodePersistRow` adds to its query. */
export function persistRowSize(row: Uint8Array): number {
  return fieldSize(row.length);
}

function appendMessages(
  head: Uint8Array,
  tag: number,
  messages: readonly Uint8Array[],
): Uint8Array {
  const size = messages.reduce((sum, { length }) => sum + fieldSize(length), head.length);
  const out = Buffer.allocUnsafe(size);
  out.set(head);
  let at = head.length;
  for (const message of messages) {
    at = writeFieldHead(out, at, tag, message.length);
    out.set(message, at);
    at += message.length;
  }
  return out;
}

function mutableGroups(groups: readonly RetrieveGroup[]): RetrieveMessageGroup[] {
  return groups.map(({ label, featureLabels }) => ({ label, featureLabels: [...featureLabels] }));
}

interface RetrieveMessageGroup {
  label: string;
  featureLabels: string[];
}

function wrapValues(values: Values | undefined): { values?: persist.Values.$Properties } {
  return values === undefined ? {} : { values: valuesMessage(values) };
}

function valuesMessage(values: Values): persist.Values.$Properties {
  return {
    ...values,
    int64Values: values.int64Values.map(toLong),
    uint64Values: values.uint64Values.map(toLong),
    vector: values.vector.map(wrapValues),
  } as persist.Values.$Properties; // which takes only arrays that may be written to, but does not
}

/** The lowest 64 bits: what a varint carries, signed or not. */
function toLong(value: bigint): Long {
  return Long.fromBits(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
}
