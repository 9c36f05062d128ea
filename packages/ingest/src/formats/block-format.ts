import { type MessageWriter, type PreparedRow, UnwritableError } from "@ofs/engine";
import { FeatureStoreError } from "@ofs/platform";
import {
  decodePersistQuery,
  encodePersistHead,
  encodePersistQuery,
  encodePersistRow,
  type PersistRow,
} from "@ofs/proto";
import { MessageFault, type MessageWrites, type RecordFormat } from "../format.ts";
import { operationOf } from "../operation/record-operation.ts";
import type { SourceRecord } from "../record.ts";

/**
 * Records of the block dialect: the value is an encoded `persist.Query`, the key says nothing, and of the headers only
 * that which makes a delete of it.
 */
export function blockFormat(engine: MessageWriter): RecordFormat<PreparedRow> {
  return {
    name: "block",
    prepare: (record, writeTimeMicros) => prepareRecord(engine, record, writeTimeMicros),
    write: (batch, limits) => engine.write(batch, limits),
  };
}

/** @throws {MessageFault} */
function prepareRecord(
  engine: MessageWriter,
  record: SourceRecord,
  writeTimeMicros: number,
): MessageWrites<PreparedRow> {
  const { value } = record;
  const operation = operationOf(record);
  if (value === undefined) {
    const cause = new FeatureStoreError("INVALID_ARGUMENT", "the record has no value");
    throw new MessageFault("poison", cause, { field: "value" });
  }
  try {
    const { entityLabel, faults, rows } =
      operation === "delete"
        ? engine.prepareDelete(value, writeTimeMicros)
        : engine.prepare(value, writeTimeMicros);
    return {
      writes: rows,
      faults,
      subject: entityLabel,
      encodeRows: (indexes) => encodeRows(value, indexes),
    };
  } catch (cause) {
    if (!(cause instanceof UnwritableError)) throw cause;
    const { field, kind, missing } = cause;
    throw new MessageFault(kind, cause, { field, missing });
  }
}

/** Decoded anew: only messages with dead letters need it. */
function encodeRows(message: Uint8Array, indexes: readonly number[]): Uint8Array {
  const { data, entityLabel, featureGroups, keysSchema } = decodePersistQuery(message);
  const head = encodePersistHead(entityLabel, keysSchema, featureGroups);
  const rows = indexes.map((index) => {
    if (data[index] === undefined) {
      throw new RangeError(`row ${index} of a message with ${data.length} rows`);
    }
    return encodePersistRow(data[index] as PersistRow);
  });
  return encodePersistQuery(head, rows);
}
