import { describe, expect, it } from "vitest";
import type { RowColumn } from "../../src/mapping/row-mapping.ts";
import { rowMessages } from "../../src/messages/row-messages.ts";
import { allRows, batchOf, field } from "../support/batches.ts";

const id = field("id", { kind: "long" });
const at = field("at", { kind: "long" });
const note = field("note", { kind: "string" });

function column(of: typeof id, more: Partial<RowColumn> = {}): RowColumn {
  const nameJson = JSON.stringify(of.name);
  const common = { field: of, name: of.name, nameJson, isKey: false, isTime: false };
  return { ...common, toJson: String, ...more };
}

const plan = rowMessages({
  columns: [
    column(id, { isKey: true }),
    column(at, { isTime: true }),
    column(note, { toJson: (value) => JSON.stringify(value) }),
  ],
});

function encode(count: number, text: string) {
  const numbers = Array.from({ length: count }, (_, index) => BigInt(index));
  const batch = batchOf([
    [id, [2n ** 60n, ...numbers]],
    [at, [1_700_000_000_999n, ...numbers.map(() => -1n)]],
    [note, [null, ...numbers.map(() => text)]],
  ]);
  return plan.encode(batch, [0, 1, 2], allRows(batch), { topic: "t", headers: [] });
}

describe("messages of the row dialect", () => {
  it("are one JSON object a row, without what is null, under the row's key", () => {
    const { records, rowCount } = encode(1, "x");
    expect(rowCount).toBe(2);
    expect(records.map(({ key, value }) => [String(key), String(value)])).toEqual([
      ["1152921504606846976", '{"id":1152921504606846976,"at":1700000000999}'],
      ["0", '{"id":0,"at":-1,"note":"x"}'],
    ]);
  });

  it("come with up to ten rows to show, in seconds, and none that are large", () => {
    const { samples } = encode(30, "x");
    expect(samples).toHaveLength(10);
    expect(samples?.slice(0, 2)).toEqual([
      '{"id":1152921504606846976,"at":1700000000}',
      '{"id":0,"at":-1,"note":"x"}',
    ]);
    expect(encode(30, "x".repeat(10_000)).samples).toHaveLength(1);
  });
});
