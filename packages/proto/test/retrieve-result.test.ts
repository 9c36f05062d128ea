import {
  encodeDecodedResult,
  encodeDecodedResultHead,
  encodeKeys,
  encodeResultHead,
  PERSIST_OK,
  PERSIST_OK_MESSAGE,
  persist,
  ROW_COLUMN_TAG,
  ROW_KEY_TAG,
  ROW_TAG,
  retrieve,
} from "@ofs/proto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENCODING_RUNS } from "./wire-arbitraries.ts";

const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.string({ minLength: 150 }));
const texts = fc.array(text, { maxLength: 5 });
const schemas = fc.array(
  fc.record({
    label: text,
    features: fc.array(fc.record({ label: text, columnIdx: fc.nat(0x7fff_ffff) }), {
      maxLength: 5,
    }),
  }),
  { maxLength: 3 },
);

function toMessage(groups: { label: string; features: { label: string; columnIdx: number }[] }[]) {
  return groups.map(({ label, features }) => ({ featureGroupLabel: label, features }));
}

describe("result writers", () => {
  test("encodeResultHead writes what protobufjs writes", () => {
    fc.assert(
      fc.property(text, texts, schemas, (entityLabel, keysSchema, groups) => {
        const message = { entityLabel, keysSchema, featureSchemas: toMessage(groups) };
        const expected = retrieve.Result.encode(message).finish();
        expect(Buffer.compare(encodeResultHead(entityLabel, keysSchema, groups), expected)).toBe(0);
      }),
      { numRuns: ENCODING_RUNS },
    );
  });

  test("encodeDecodedResult writes what protobufjs writes", () => {
    const rows = fc.array(fc.record({ keys: texts, columns: texts }), { maxLength: 6 });
    fc.assert(
      fc.property(texts, schemas, rows, (keysSchema, groups, decodedRows) => {
        const message = { keysSchema, featureSchemas: toMessage(groups), rows: decodedRows };
        const expected = retrieve.DecodedResult.encode(message).finish();
        const head = encodeDecodedResultHead(keysSchema, groups);
        expect(Buffer.compare(encodeDecodedResult(head, decodedRows), expected)).toBe(0);
      }),
      { numRuns: ENCODING_RUNS },
    );
  });

  test("encodeKeys writes what protobufjs writes", () => {
    fc.assert(
      fc.property(texts, (cols) => {
        const expected = retrieve.Keys.encode({ cols }).finish();
        expect(Buffer.compare(encodeKeys(cols), expected)).toBe(0);
      }),
      { numRuns: ENCODING_RUNS },
    );
  });

  test("the tags are those of the messages", () => {
    const row = { keys: ["k"], columns: [Buffer.from([7])] };
    const body = [ROW_KEY_TAG, 1, 0x6b, ROW_COLUMN_TAG, 1, 7];
    expect([...retrieve.Row.encode(row).finish()]).toEqual(body);
    expect([...retrieve.Result.encode({ rows: [row] }).finish()]).toEqual([ROW_TAG, 6, ...body]);
  });

  test("PERSIST_OK is the answer that clients know", () => {
    expect(persist.Result.decode(PERSIST_OK).message).toBe("Data Persisted Successfully");
    expect(PERSIST_OK_MESSAGE).toBe("Data Persisted Successfully");
  });
});
