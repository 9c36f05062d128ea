import type { CellValue, RowBatch, TableField } from "@ofs/delta";
import type { NewRecord } from "@ofs/ingest";
import { encodePersistHead, encodePersistQuery, encodePersistRow } from "@ofs/proto";
import { CellFault } from "../mapping/cell-fault.ts";
import type { MessageHead, Reject } from "./message-plan.ts";

/** Keys of one message of the block dialect. */
const MESSAGE_KEYS_MAX = 200;

/** Characters of a key's values; more is no key that a store takes. */
const KEY_LENGTH_MAX = 100_000;

/** One column of a key. */
export interface KeyPart {
  readonly field: TableField;
  readonly name: string;
  /** The value as messages have it. */
  readonly toText: (value: CellValue) => string | CellFault;
}

/** Takes the keys of rows out of batches. */
export class KeyPlan {
  /** Columns that it wants, in the order in which it expects them. */
  readonly fields: readonly TableField[];
  readonly #parts: readonly KeyPart[];

  constructor(parts: readonly KeyPart[]) {
    this.#parts = parts;
    this.fields = parts.map(({ field }) => field);
  }

  /**
   * @param columnOf position of each of `fields` in the batch
   * @returns the key's values as messages have them: keys of the same are the same key; undefined for a row that has none
   */
  keyOf(
    batch: RowBatch,
    columnOf: readonly number[],
    index: number,
  ): readonly string[] | Reject | undefined {
    const texts: string[] = [];
    let length = 0;
    for (const [position, { name, toText }] of this.#parts.entries()) {
      const value = batch.columns[columnOf[position] as number]?.valueAt(index) ?? null;
      const text = value === null ? "" : toText(value);
      if (text instanceof CellFault) {
        return { index, cause: `delete ${name}`, reason: `${name}: ${text.reason}` };
      }
      if (text === "") return undefined;
      length += text.length;
      texts.push(text);
    }
    if (length <= KEY_LENGTH_MAX) return texts;
    const reason = `a key of ${length} characters; ${KEY_LENGTH_MAX} at most`;
    return { index, cause: "delete too-large", reason };
  }
}

/** @returns records that take the keys away */
export type EncodeDeletes = (
  keys: readonly (readonly string[])[],
  head: MessageHead,
) => NewRecord[];

/** A `persist.Query` of keys and groups, without values. */
export function blockDeletes(
  entityLabel: string,
  keysSchema: readonly string[],
  groups: readonly string[],
): EncodeDeletes {
  const named = groups.map((label) => ({ label, featureLabels: [] }));
  const queryHead = encodePersistHead(entityLabel, keysSchema, named);
  return (keys, { topic, headers }) => {
    const records: NewRecord[] = [];
    for (let start = 0; start < keys.length; start += MESSAGE_KEYS_MAX) {
      const rows = keys
        .slice(start, start + MESSAGE_KEYS_MAX)
        .map((keyValues) => encodePersistRow({ keyValues, featureValues: [] }));
      records.push({ topic, key: undefined, value: encodePersistQuery(queryHead, rows), headers });
    }
    return records;
  };
}

/** One JSON object of the primary key a row; the record's key is that of writes. */
export function rowDeletes(names: readonly string[]): EncodeDeletes {
  const nameJsons = names.map((name) => JSON.stringify(name));
  return (keys, { topic, headers }) =>
    keys.map((texts) => {
      const members = texts.map((text, index) => `${nameJsons[index]}:${text}`);
      const value = Buffer.from(`{${members.join(",")}}`);
      return { topic, key: Buffer.from(texts.join(",")), value, headers };
    });
}
