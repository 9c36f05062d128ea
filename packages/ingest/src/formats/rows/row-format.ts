import { startRowSpan } from "@ofs/engine";
import { FeatureStoreError, type Span } from "@ofs/platform";
import type { ResolvedGroup } from "@ofs/rows";
import type { RowStore, RowUpsert } from "@ofs/store";
import {
  type BatchLimits,
  MessageFault,
  type MessageWrites,
  type PendingWrite,
  type RecordFormat,
  type WriteOutcome,
} from "../../format.ts";
import type { FormatRule } from "../../loop/format-table.ts";
import { operationFault, operationOf } from "../../operation/record-operation.ts";
import type { SourceRecord } from "../../record.ts";
import type { RowDestinations } from "./row-destinations.ts";
import { ROW_HEADERS } from "./row-headers.ts";
import { keyName } from "./row-key.ts";
import { decodeOlderRow, decodeRow, type RowMessage } from "./row-message.ts";
import type { BoundRow, RowShape, RowTarget } from "./row-shape.ts";
import { RowShapes } from "./row-shapes.ts";

/** A row on its way to the store of one tenant. */
export interface PendingRow extends PendingWrite {
  readonly target: RowTarget;
  /** Without values, if it is a delete. */
  readonly upsert: RowUpsert;
}

/**
 * Which records of the row dialect have which form, by their header `sdk-version`. A record with another version has none.
 *
 * @param topics default: all
 */
export function rowFormatRules(
  destinations: RowDestinations,
  topics?: FormatRule["topics"],
): FormatRule[] {
  const shapes = new RowShapes();
  const older = new RowFormat("row-v1", decodeOlderRow, destinations, shapes);
  const newer = new RowFormat("row-v2", decodeRow, destinations, shapes);
  const rule = (value: string | undefined, format: RecordFormat): FormatRule => ({
    ...(topics === undefined ? {} : { topics }),
    header: { name: ROW_HEADERS.sdkVersion, value },
    format,
  });
  return [rule("v2", newer), rule("v1", older), rule(undefined, older)];
}

const OLDER_DELETE = `"delete" needs header ${ROW_HEADERS.sdkVersion} "v2"`;

/** Records of one row each. */
class RowFormat implements RecordFormat<PendingRow> {
  readonly name: string;
  readonly #decode: (record: SourceRecord) => RowMessage;
  readonly #destinations: RowDestinations;
  readonly #shapes: RowShapes;

  constructor(
    name: string,
    decode: (record: SourceRecord) => RowMessage,
    destinations: RowDestinations,
    shapes: RowShapes,
  ) {
    this.name = name;
    this.#decode = decode;
    this.#destinations = destinations;
    this.#shapes = shapes;
  }

  prepare(record: SourceRecord, writeTimeMicros: number): MessageWrites<PendingRow> {
    const isDelete = operationOf(record) === "delete";
    const message = this.#decode(record);
    if (isDelete && message.isFolded) throw operationFault(OLDER_DELETE);
    const group = this.#groupOf(message);
    const shape = this.#shapes.shapeOf(group, message.values, message.isFolded, isDelete);
    const row = shape.bind(message.values);
    const { read, write } = group.metadata.tenant;
    const tenants = message.isReplicated && read !== write ? [write, read] : [write];
    return {
      writes: tenants.map((tenant) => this.#writeOf(shape, row, tenant, writeTimeMicros)),
      faults: [],
      subject: group.metadata.name,
      encodeRows: (rows) => encodeRows(record, rows),
    };
  }

  write(
    batch: readonly PendingRow[],
    { deadlineMs, signal, span: parent }: BatchLimits,
  ): Promise<readonly WriteOutcome[]> {
    const [first] = batch;
    if (first === undefined) return Promise.resolve([]);
    const { shape, tenant } = first.target;
    const store = this.#destinations.storeOf(tenant);
    if (store === undefined) return Promise.resolve(batch.map(() => unconnected(tenant)));
    const rows = batch.map(({ upsert }) => upsert);
    const { columns, group, isDelete } = shape;
    const span = parent && startRowSpan(parent, "write", group, tenant, rows.length);
    const about = { table: group.table, columns, isDelete };
    const written = store.write({ ...about, rows, deadlineMs, signal });
    return span === undefined ? written : endWith(span, written);
  }

  #writeOf(shape: RowShape, row: BoundRow, tenant: string, writeTimeMicros: number): PendingRow {
    const { table } = shape.group;
    const { key, sizeBytes, values } = row;
    const refusal = this.#storeOf(tenant).refuseKey(table, key);
    if (refusal !== undefined) {
      throw new MessageFault("poison", new FeatureStoreError("INVALID_ARGUMENT", refusal));
    }
    return {
      connection: tenant,
      target: shape.targetOf(tenant),
      key: keyName(table, key),
      writeTimeMicros,
      isDelete: shape.isDelete,
      sizeBytes,
      row: 0,
      upsert: { key, values, writeTimeMicros },
    };
  }

  #storeOf(tenant: string): RowStore {
    const store = this.#destinations.storeOf(tenant);
    if (store === undefined) throw new MessageFault("store", unconnected(tenant));
    return store;
  }

  #groupOf({ groupName, isFolded, version }: RowMessage): ResolvedGroup {
    const catalog = this.#destinations.catalog();
    const group = isFolded ? catalog?.groupFolded(groupName) : catalog?.group(groupName, version);
    const title = `feature group ${groupName} ${version ?? "(latest version)"}`;
    if (group === undefined) {
      const cause = new FeatureStoreError("NOT_FOUND", `${title} is not registered, or is faulty`);
      const field = isFolded ? "FeatureGroup" : ROW_HEADERS.groupName;
      throw new MessageFault("registry", cause, { missing: title, field });
    }
    if (group.metadata.state === "LIVE") return group;
    const cause = new FeatureStoreError("FAILED_PRECONDITION", `${title} is archived`);
    throw new MessageFault("poison", cause);
  }
}

async function endWith(
  span: Span,
  written: Promise<readonly WriteOutcome[]>,
): Promise<readonly WriteOutcome[]> {
  const outcomes = await written;
  span.end(outcomes.find((outcome) => outcome !== undefined));
  return outcomes;
}

function unconnected(tenant: string): FeatureStoreError {
  const reason = `tenant ${tenant} has no store that this process is connected to`;
  return new FeatureStoreError("FAILED_PRECONDITION", reason);
}

/** A record has one row, so what is left of it is the whole message. */
function encodeRows({ value }: SourceRecord, rows: readonly number[]): Uint8Array {
  if (value === undefined || rows.some((row) => row !== 0)) {
    throw new RangeError(`rows ${rows.join(", ")} of a message with one row`);
  }
  return value;
}
