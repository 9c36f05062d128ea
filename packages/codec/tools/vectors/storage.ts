import { entityKeyString, joinColumns, splitBlock } from "../../src/index.ts";
import { assertBytes, assertEqual, assertRefused, CaseFailure, fromHex, toHex } from "./case.ts";

interface KeyCase {
  readonly op: "cache_key" | "redis_store_key";
  readonly entity: string;
  readonly keys: readonly string[];
  readonly keys_schema: readonly string[];
  readonly key_values: readonly string[];
  readonly pk_columns_by_sequence: readonly string[];
  readonly column_to_key_label: Readonly<Record<string, string>>;
  readonly expect: string;
}

export function runStorageKey(vector: KeyCase): void {
  switch (vector.op) {
    case "cache_key":
      assertEqual("key", entityKeyString(vector.entity, vector.keys), vector.expect);
      break;
    case "redis_store_key":
      assertEqual("key", entityKeyString(vector.entity, keysInSequence(vector)), vector.expect);
      break;
    default:
      throw new CaseFailure(`op ${String(vector.op)} is unknown`);
  }
}

/** The caller's key values in the order of the primary key's columns. */
function keysInSequence(vector: KeyCase): string[] {
  return vector.pk_columns_by_sequence.map((column) => {
    const label = vector.column_to_key_label[column] as string;
    return vector.key_values[vector.keys_schema.indexOf(label)] as string;
  });
}

interface SplitCase {
  readonly block_hex: string;
  readonly columns: readonly string[];
  readonly max_column_bytes: number;
  readonly expect: {
    readonly outcome: "ok" | "error";
    readonly columns?: Readonly<Record<string, string>>;
  };
}

export function runColumnSplit(vector: SplitCase): void {
  const block = fromHex(vector.block_hex);
  const columns = [...vector.columns].sort();
  const split = () => splitBlock(block, columns.length, vector.max_column_bytes);
  if (vector.expect.outcome === "error") {
    assertRefused("split", split);
    return;
  }
  const pieces = split();
  const expected = vector.expect.columns ?? {};
  assertEqual("columns", columns.join(), Object.keys(expected).sort().join());
  for (const [i, column] of columns.entries()) {
    assertBytes(column, pieces[i] as Uint8Array, expected[column] as string);
  }
  assertEqual("joined", toHex(joinColumns(pieces) ?? new Uint8Array(0)), vector.block_hex);
}
